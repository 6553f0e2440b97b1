"""Files on this machine's disks and on what is mounted there."""

import os
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import IO, Final

from connectors.sources.errors import SourceBroken, SourceMissing
from connectors.sources.file_stores import Entry, Seen

_CHUNK: Final = 1 << 20


class LocalStore:
    """Files of this machine; relative paths start from one folder."""

    def __init__(self, folder: Path) -> None:
        """Start relative paths from `folder`."""
        self._folder = folder

    def name(self, path: str) -> str:
        """Return the whole path."""
        return str(self._folder / path)

    def look(self, path: str) -> Seen | None:
        """Return what is known of a file, None where there is none."""
        found = self._folder / path
        try:
            stat = found.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(found, error) from error
        return Seen(stat.st_size, "-".join(map(str, _state(stat))), stat.st_mtime)

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder."""
        return (self._folder / path).is_dir()

    def within(self, folder: str) -> list[Entry]:
        """Return what lies in a folder."""
        try:
            with os.scandir(self._folder / folder) as entries:
                return [Entry(os.path.join(folder, one.name), one.is_dir()) for one in entries]  # noqa: PTH118 - stays relative
        except OSError as error:
            raise _unreadable(self._folder / folder, error) from error

    def matching(self, pattern: str) -> list[Entry]:
        """Return what fits a pattern."""
        return [Entry(one, self.is_folder(one)) for one in glob(pattern, root_dir=self._folder, recursive=True)]  # noqa: PTH207 - keeps relative paths relative

    def read(self, path: str) -> Iterator[bytes]:
        """Yield a file's content; a file that is changed or replaced meanwhile is refused."""
        found = self._folder / path
        try:
            with found.open("rb") as source:
                before = os.fstat(source.fileno())
                yield from _chunks(source)
                after, named = os.fstat(source.fileno()), found.stat()
        except OSError as error:
            raise _unreadable(found, error) from error
        if not _state(before) == _state(after) == _state(named):
            raise SourceBroken(f"{found} changed while it was read. Run the sync again once it is written completely.")


def _unreadable(found: Path, error: OSError) -> SourceMissing:
    return SourceMissing(f"{found} cannot be read: {error.strerror}. Deliver it, or grant access.")


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _state(stat: os.stat_result) -> tuple[int, int, int, int]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
