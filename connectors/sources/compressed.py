"""Unpacks a compressed delivery, told by its first bytes and never by its name; knows nothing of the text within."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Final, NamedTuple

import pyarrow as pa

from connectors.sources.delivery import Delivery
from connectors.sources.errors import SourceBroken

_CHUNK: Final = 1 << 20
_STREAMS: Final = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd"}
_ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06")  # with members, without
_REFUSED: Final = {
    b"\xfd7zXZ\x00": "an xz file",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x04\x22\x4d\x18": "an LZ4 file",
    b"\x1f\x9d": "a file of Unix compress",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
}
_ENCRYPTED: Final = 1  # bit 0 of a member's flags (APPNOTE 4.4.4)
_BOOKKEEPING: Final = "__MACOSX/"  # what the Mac's Finder puts beside the file
_DAMAGE: Final = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


class Caps(NamedTuple):
    """How much a compressed file may become.

    Attributes:
        size: The most bytes.
        ratio: The most bytes per compressed byte, once `free` bytes are passed: exports shrink by 3 to 30.
        free: The bytes up to which the ratio does not matter.
    """

    size: int = 64 << 30
    ratio: int = 200
    free: int = 64 << 20


def unpacked(delivery: Delivery, scratch: Path, caps: Caps = Caps()) -> tuple[Delivery, str]:  # noqa: B008 - immutable
    """Return a delivery with its copy unpacked, and how it was compressed: `none`, `gzip`, `bz2`, `zstd` or `zip`.

    Several streams one after the other are one file, as gzip has it (RFC 1952, 2.2). A zip holds one file. What is
    unpacked lies in `scratch`; the digest and the size stay those of the file as delivered.

    Args:
        delivery: The file.
        scratch: Where the unpacked file may lie.
        caps: How much it may become.

    Raises:
        SourceBroken: The archive is truncated or damaged, locked, of another kind, a bomb, or a zip of several files.
    """
    with delivery.copy.open("rb") as file:
        start = file.read(6)
    refused = next((what for magic, what in _REFUSED.items() if start.startswith(magic)), None)
    if refused is not None:
        raise SourceBroken(f"{delivery.found} is {refused}. Deliver it as CSV, plain or in gzip, zip, zstd or bz2.")
    kind = next((name for magic, name in _STREAMS.items() if start.startswith(magic)), None)
    if kind is None and not start.startswith(_ZIPS):
        return delivery, "none"
    target = scratch / "unpacked"
    with target.open("wb") as into:
        _write(_content(delivery, kind), into, delivery, caps)
    return replace(delivery, copy=target), kind or "zip"


def _content(delivery: Delivery, kind: str | None) -> Iterator[bytes]:
    try:
        yield from _member(delivery) if kind is None else _stream(delivery.copy, kind)
    except _DAMAGE:
        raise SourceBroken(
            f"{delivery.found} is a compressed file that is truncated, damaged or locked. Deliver it again."
        ) from None


def _stream(path: Path, kind: str) -> Iterator[bytes]:
    # pyarrow, because Python's bz2 passes over whatever follows the first stream if that cannot be read.
    with pa.CompressedInputStream(pa.OSFile(str(path)), kind) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _member(delivery: Delivery) -> Iterator[bytes]:
    with zipfile.ZipFile(delivery.copy) as archive:
        files = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith(_BOOKKEEPING)]
        if any(one.filename == "[Content_Types].xml" for one in files):
            raise SourceBroken(f"{delivery.found} is an Excel workbook. Set kind: excel.")
        if len(files) != 1:
            raise SourceBroken(f"{delivery.found} is a zip of {len(files)} files. Deliver a zip of one file.")
        if files[0].flag_bits & _ENCRYPTED:
            raise SourceBroken(f"{delivery.found} is a zip with a password. Deliver it without one.")
        with archive.open(files[0]) as member:
            while chunk := member.read(_CHUNK):
                yield chunk


def _write(chunks: Iterator[bytes], into: IO[bytes], delivery: Delivery, caps: Caps) -> None:
    size = 0
    for chunk in chunks:
        size += into.write(chunk)
        if size > caps.size or size > max(caps.free, caps.ratio * delivery.size):
            raise SourceBroken(
                f"{delivery.found} becomes more than {caps.size >> 30} GiB, or more than {caps.ratio} times as large, "
                "when it is unpacked: no export does. Deliver it uncompressed."
            )
