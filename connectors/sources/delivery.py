"""Takes a private copy of a delivered file, so that nobody changes it while it is read; knows no format."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated

from pydantic import AfterValidator

from connectors.sources.errors import SourceBroken, SourceEmpty, SourceMissing
from connectors.sources.reading import Request

_CHUNK = 1 << 20


def _date_only(path: str) -> str:
    if set("{}") & set(path.replace("{date}", "")):
        raise ValueError("A path may hold {date} and no other braces.")
    return path


DeliveryPath = Annotated[str, AfterValidator(_date_only)]
"""A file's path in the settings; `{date}` stands for the day of the sync as YYYY-MM-DD."""


@dataclass(frozen=True)
class Delivery:
    """A delivered file and our copy of it.

    Attributes:
        found: The file as delivered, for messages.
        copy: Our own copy.
        sha256: The digest of the content, in hexadecimal.
        size: The size in bytes.
    """

    found: Path
    copy: Path
    sha256: str
    size: int

    def facts(self) -> dict[str, str | int]:
        """Return what a person may like to know about the file."""
        return {"path": str(self.found), "bytes": self.size, "sha256": self.sha256}


def take(path: str, request: Request) -> Delivery:
    """Copy a delivered file into the scratch folder.

    Args:
        path: The file, relative to the request's folder; `{date}` stands for the request's day as YYYY-MM-DD.
        request: The reading that the file is for.

    Raises:
        SourceMissing: The file is not there or may not be read.
        SourceEmpty: The file holds not one byte.
        SourceBroken: The file changed while it was copied.
    """
    found = request.folder / path.replace("{date}", request.day.isoformat())
    copy = request.scratch / "delivered"
    digest, size = hashlib.sha256(), 0
    with copy.open("wb") as target:
        for chunk in _read(found):
            digest.update(chunk)
            size += target.write(chunk)
    if not size:
        raise SourceEmpty(f"{found} is empty. Deliver the file again.")
    return Delivery(found, copy, digest.hexdigest(), size)


def _read(found: Path) -> Iterator[bytes]:
    try:
        with found.open("rb") as source:
            before = os.fstat(source.fileno())
            yield from _chunks(source)
            after, named = os.fstat(source.fileno()), found.stat()
    except OSError as error:
        raise SourceMissing(f"{found} cannot be read: {error.strerror}. Deliver it, or grant access.") from error
    if not _state(before) == _state(after) == _state(named):
        raise SourceBroken(f"{found} changed while it was read. Run the sync again once it is written completely.")


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _state(stat: os.stat_result) -> tuple[int, int, int, int]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
