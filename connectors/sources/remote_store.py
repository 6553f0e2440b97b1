"""Files of object stores and SFTP servers, through fsspec; which one it is, whoever opens it says."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.file_path import shown
from connectors.sources.file_stores import ConnectionLost, Entry, Seen

MOST_BYTES: Final = 64 << 30
"""The most bytes that are fetched as one file."""

MOST_SECONDS: Final = 4 * 3600
"""The most time that is taken for one file: a connection that only drips would fill the night."""

_CHUNK: Final = 4 << 20
_STAMPS: Final = ("ETag", "etag", "generation", "LastModified", "last_modified", "mtime", "updated", "VersionId")
_DENIED: Final = ("Credential", "PermissionDenied", "Forbidden", "Unauthorized", "Authentication", "TokenRetrieval")


class RemoteStore:
    """The files that one of fsspec's file systems holds."""

    def __init__(
        self,
        files: Any,  # noqa: ANN401 - fsspec has no types
        place: str,
        most_seconds: float = MOST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read from `files`, whose paths follow `place` in a URL, and take at most so many seconds for one of them."""
        self._files = files
        self._place = place
        self._most_seconds, self._clock = most_seconds, clock

    def name(self, path: str) -> str:
        """Return the URL without a user."""
        return shown(path)

    def look(self, path: str) -> Seen | None:
        """Return what is known of a file, None where there is none."""
        with explained(self.name(path)):
            try:
                return _seen(self._files.info(self._inner(path)))
            except FileNotFoundError:
                return None

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder, or a prefix that names have in common."""
        with explained(self.name(path)):
            try:
                return bool(self._files.info(self._inner(path))["type"] == "directory")
            except FileNotFoundError:
                return False

    def within(self, folder: str) -> list[Entry]:
        """Return what lies in a folder."""
        inner = self._inner(folder)
        with explained(self.name(folder)):
            found = self._files.ls(inner, detail=True)
        return [self._entry(one) for one in found if one["name"].rstrip("/") != inner.rstrip("/")]

    def matching(self, pattern: str) -> list[Entry]:
        """Return what fits a pattern."""
        with explained(self.name(pattern)):
            found = self._files.glob(self._inner(pattern), detail=True)
        return [self._entry(one) for one in found.values()]

    def read(self, path: str) -> Iterator[bytes]:
        """Yield a file's content."""
        size, until = 0, self._clock() + self._most_seconds
        name = self.name(path)
        with explained(name), self._files.open(self._inner(path), "rb") as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > MOST_BYTES:
                    raise SourceBroken(f"{name} is larger than {MOST_BYTES >> 30} GiB: no export is.")
                if self._clock() > until:
                    raise SourceBroken(f"{name} takes longer than {self._most_seconds:,.0f} seconds: no export does.")
                yield chunk

    def _inner(self, path: str) -> str:
        return str(self._files._strip_protocol(path))  # noqa: SLF001 - fsspec's own way for file systems outside it

    def _entry(self, found: dict[str, Any]) -> Entry:
        return Entry(self._place + found["name"], found["type"] == "directory")


def _seen(found: dict[str, Any]) -> Seen:
    changed = [found[name] for name in _STAMPS if found.get(name) is not None]
    times = [one.timestamp() for one in changed if isinstance(one, datetime)]
    return Seen(found.get("size"), " ".join(map(str, changed)), times[0] if times else None)


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what fsspec and the programs below it raise into our own errors, without texts that may hold secrets.

    Args:
        name: What messages call the file.

    Raises:
        SourceError: What was raised, told apart by what the reader can do about it.
    """
    try:
        yield
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001 - each of these programs has errors of its own
        raise _told(name, error) from None


def _told(name: str, error: Exception) -> SourceError:
    kind = type(error).__name__
    if isinstance(error, FileNotFoundError):
        return SourceMissing(f"{name} cannot be read: No such file or directory. Deliver it, or grant access.")
    if kind == "HostKeyNotVerifiable":
        return SourceSettingsWrong(
            f"{name}: the server is not the one that is known, or is not known yet. Put its key into known_hosts, "
            "once somebody who runs it has confirmed the key."
        )
    if isinstance(error, PermissionError) or any(word in kind for word in _DENIED):
        return SourceMissing(
            f"{name}: access is denied ({kind}). Check its credentials, in storage_options or in the environment."
        )
    return ConnectionLost(f"{name} cannot be read: the connection failed ({kind}). Run the sync again.")
