"""Bulk exports (`exports/…`): streams the platform's zip to a file. What is inside is read elsewhere."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

import httpx

from connectors.emfluence.client import Client
from connectors.emfluence.errors import Facts, UnknownAnswer
from connectors.emfluence.exchange import ANSWER_BYTES, read_bounded
from connectors.emfluence.protocol import Call, decode, raise_for_status
from connectors.emfluence.transport import Deadline

DEADLINE_SECONDS: Final = 900.0
MOST_BYTES: Final = 4 * 1024**3
_OK: Final = 200
_ZIP: Final = b"PK"


def export(
    client: Client,
    kind: str,
    path: Path,
    parameters: Mapping[str, object] | None = None,
    *,
    most_bytes: int = MOST_BYTES,
) -> int:
    """Write an export to a file, whole or not at all; a file that is there is replaced only by a whole one.

    Args:
        client: Where to ask.
        kind: The method: `emailBounces`, `emailClicks`, `emailComplaints`, `emailForwards`, `emailRecipients`,
            `emailShares`, `emailUnsubscribes`, `emailViews` or `emailWebViews`.
        path: The file to write.
        parameters: The platform's names: the e-mail's id, `fields`.
        most_bytes: The most that the file may hold.

    Returns:
        The file's size in bytes.

    Raises:
        UnknownAnswer: No zip came, or a damaged one.
        OSError: The file cannot be written.
        Failure: Any other of `errors`.
    """
    partial = path.with_name(f".{path.name}.{uuid4().hex}.partial")
    try:
        size = client.exchange(
            "exports", kind, parameters or {}, _reader(partial, most_bytes), deadline=DEADLINE_SECONDS
        )
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return size


def _reader(path: Path, most_bytes: int) -> Callable[[Call, httpx.Response, Deadline], int]:
    def read(call: Call, response: httpx.Response, deadline: Deadline) -> int:
        if response.status_code != _OK:
            raise_for_status(call, response.status_code, response.headers)
        parts = read_bounded(response, most_bytes, deadline)
        start = _start(parts)
        if not start.startswith(_ZIP):
            # Failures come as JSON here too, whatever the header calls them.
            body = _rest(start, parts)
            decode(call, response.status_code, response.headers, body)
            raise UnknownAnswer("The platform answered without a file.", Facts(call.endpoint, _OK))
        with path.open("wb") as file:
            size = _written(file, start, parts)
        if not zipfile.is_zipfile(path):
            raise UnknownAnswer("The file that came is cut off or damaged.", Facts(call.endpoint, _OK))
        return size

    return read


def _start(parts: Iterator[bytes]) -> bytes:
    start = b""
    for part in parts:
        start += part
        if len(start) >= len(_ZIP):
            break
    return start


def _rest(start: bytes, parts: Iterator[bytes]) -> bytes:
    body = bytearray(start)
    for part in parts:
        body += part
        if len(body) > ANSWER_BYTES:
            break
    return bytes(body)


def _written(file: BinaryIO, start: bytes, parts: Iterator[bytes]) -> int:
    size = file.write(start)
    for part in parts:
        size += file.write(part)
    return size
