"""Files that are there whole or not at all, on disk before the call returns, readable by their owner alone."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from polars.exceptions import ComputeError

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600

_POLARS_OS_ERROR: Final = re.compile(r"\(os error (\d+)\)")


class StorageError(Exception):
    """Our own state cannot be read or written: make room, mend the permissions or the disk, and run again."""


def make_folder(path: Path) -> Path:
    """Make a folder, and those above it, that only their owner may enter; return it.

    Raises:
        StorageError: It cannot be made.
    """
    with explained(path):
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            _sync_folder(folder.parent)
    return path


def names(folder: Path) -> list[str]:
    """Return the names in a folder, in their order; none where there is no such folder.

    Raises:
        StorageError: It may not be read, which is never taken for an empty folder.
    """
    with intact(folder):
        try:
            return sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:
            return []


def numbered(folder: Path) -> list[int]:
    """Return the numbers that name a folder's JSON files, ascending.

    Raises:
        StorageError: The folder may not be read.
    """
    stems = [name.removesuffix(".json") for name in names(folder) if name.endswith(".json")]
    return sorted(int(stem) for stem in stems if stem.isdecimal())


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
        seal_file(written)
        written.replace(path)
        _sync_folder(path.parent)


def move_folder(folder: Path, place: Path) -> None:
    """Put a folder where there is none, on the same disk.

    Raises:
        StorageError: The disk cannot be written.
    """
    with explained(place):
        folder.rename(place)
        _sync_folder(place.parent)


def seal_file(path: Path) -> None:
    """Make sure that a finished file is on disk, and for its owner alone.

    Raises:
        StorageError: It is not there, or the disk cannot be written.
    """
    with explained(path):
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        path.chmod(PRIVATE_FILE)


def sha256(path: Path) -> str:
    """Return the digest of a file's content, in hexadecimal.

    Raises:
        StorageError: It is missing or may not be read.
    """
    with intact(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def to_json(value: object) -> bytes:
    """Return a value as indented JSON, dates and the like as text."""
    return json.dumps(value, indent=1, default=str, ensure_ascii=False).encode()


def read_json(path: Path) -> Any:  # noqa: ANN401 - a JSON document may be anything
    """Return a JSON file's content.

    Raises:
        StorageError: The file is missing, damaged, or may not be read.
    """
    with intact(path):
        return json.loads(path.read_bytes())


@contextmanager
def intact(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file of ours is read and understood into our word for it."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} cannot be read ({type(error).__name__}): mend its permissions, or restore it from a backup."
        raise StorageError(message) from error


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the operating system's word about writing a file into ours, except that it exists already or is locked."""
    try:
        yield
    except (FileExistsError, BlockingIOError):
        raise
    except (OSError, ComputeError) as error:
        number = _os_error(error)
        if number is None:  # polars' word about something else than the disk
            raise
        message = f"{path} cannot be written: {os.strerror(number)}. Make room or mend the permissions, and run again."
        raise StorageError(message) from error


def _os_error(error: OSError | ComputeError) -> int | None:
    """Return the operating system's number for an error; polars has it in its text alone."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = _POLARS_OS_ERROR.search(str(error))
    return int(found[1]) if found else None


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
