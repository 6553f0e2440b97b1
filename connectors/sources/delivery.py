"""Takes a private copy of a delivered file, so that nobody changes it while it is read; knows no format."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.sources.errors import SourceBroken, SourceEmpty
from connectors.sources.file_stores import ConnectionLost, FileStore
from connectors.sources.finding_files import FoundFile
from connectors.sources.reading import Request

_PAUSES: Final = (1.0, 5.0)
"""How long is waited before a file is fetched anew whose connection broke, in seconds."""


@dataclass(frozen=True)
class Delivery:
    """A delivered file and our copy of it.

    Attributes:
        found: The file as delivered, for messages.
        copy: Our own copy.
        sha256: The digest of the content, in hexadecimal.
        size: The size in bytes.
        added: The columns that every row gets from the file's place: no file has to hold them.
    """

    found: str
    copy: Path
    sha256: str
    size: int
    added: frozenset[str] = frozenset()

    def facts(self) -> dict[str, str | int]:
        """Return what a person may like to know about the file."""
        return {"path": self.found, "bytes": self.size, "sha256": self.sha256}


def take(file: FoundFile, store: FileStore, request: Request) -> Delivery:
    """Copy a delivered file into the scratch folder; a copy that broke off is never used.

    Args:
        file: The file, as it was found.
        store: Where it lies.
        request: The reading that the file is for.

    Raises:
        SourceMissing: The file is not there or may not be read.
        SourceEmpty: The file holds not one byte.
        SourceBroken: The file is not the one that was found, changed while it was copied, or could not be fetched.
    """
    for pause in _PAUSES:
        try:
            return _copied(file, store, request)
        except ConnectionLost:
            request.sleep(pause)
    return _copied(file, store, request)


def _copied(file: FoundFile, store: FileStore, request: Request) -> Delivery:
    copy = request.scratch / "delivered"
    digest, size = hashlib.sha256(), 0
    with copy.open("wb") as target:
        for chunk in store.read(file.path):
            digest.update(chunk)
            size += target.write(chunk)
    if not size:
        raise SourceEmpty(f"{file.name} is empty. Deliver the file again.")
    if store.look(file.path) != file.seen or file.seen.size not in (None, size):
        raise SourceBroken(f"{file.name} changed while it was read. Run the sync again once it is written completely.")
    return Delivery(file.name, copy, digest.hexdigest(), size)
