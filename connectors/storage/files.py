"""Files that are there whole or not at all, on disk before the call returns, readable by their owner alone."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


class StorageError(Exception):
    """Our own state cannot be read or written: make room, mend the permissions or the disk, and run again."""


def make_folder(path: Path) -> Path:
    """Make a folder, and those above it, that only their owner may enter; return it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    with explained(path):
        for folder in reversed(missing):
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return path


def create_file(path: Path, content: bytes) -> None:
    """Write a new file.

    Raises:
        FileExistsError: The file is there already; it is left as it was.
        StorageError: The disk is full or cannot be written.
    """
    with _written_beside(path, content) as written:
        os.link(written, path)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file, in place of one that may be there.

    Raises:
        StorageError: The disk is full or cannot be written.
    """
    with _written_beside(path, content) as written:
        written.replace(path)


def commit_file(written: Path, path: Path) -> None:
    """Put a finished file, written beside its place, where it belongs.

    Raises:
        StorageError: The disk is full or cannot be written.
    """
    with explained(path):
        with written.open("rb") as stream:
            os.fsync(stream.fileno())
        written.chmod(PRIVATE_FILE)
        written.replace(path)
        _sync_folder(path.parent)


def to_json(value: object) -> bytes:
    """Return a value as indented JSON, dates and the like as text."""
    return json.dumps(value, indent=1, default=str, ensure_ascii=False).encode()


def read_json(path: Path) -> Any:  # noqa: ANN401 - a JSON document may be anything
    """Return a JSON file's content.

    Raises:
        StorageError: The file is missing, damaged, or may not be read.
    """
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read ({type(error).__name__}): restore it from a backup."
        raise StorageError(message) from error


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the operating system's word about a file into ours, except that it exists already."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}. Make room or mend the permissions, and run again."
        raise StorageError(message) from error


@contextmanager
def _written_beside(path: Path, content: bytes) -> Iterator[Path]:
    make_folder(path.parent)
    with explained(path):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        written = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            yield written
            _sync_folder(path.parent)
        finally:
            written.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
