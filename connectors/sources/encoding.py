"""Finds a text file's encoding and rewrites the file as UTF-8, strictly: no byte is replaced or dropped."""

import codecs
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator

from connectors.sources.delivery import Delivery
from connectors.sources.errors import SourceBroken, SourceSettingsWrong

_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # starts like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NEED_A_MARK = ("utf-16", "utf-32")
_START = 4096
_FALLBACK = "cp1252"
_BEYOND_ASCII: Final = re.compile("[^\x00-\x7f]")
_ESCAPED: Final = re.compile("[\udc80-\udcff]")  # a byte that is no UTF-8, as Python's `surrogateescape` writes it
_HARDLY_ANY: Final = 10


def _known(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        raise ValueError(
            f'"{name}" is not an encoding that Python knows; utf-8, cp1252 and utf-16 are usual.'
        ) from None
    return name


EncodingName = Annotated[str, AfterValidator(_known)]
"""The name of a text encoding."""


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes become text.

    Attributes:
        name: The codec's name, as Python knows it.
        origin: Where the name comes from: `settings`, `byte order mark`, `content` or `guessed`.
        skip: The length of the byte order mark, in bytes.
    """

    name: str
    origin: str
    skip: int = 0


def find_encoding(delivery: Delivery, stated: str | None) -> Encoding:
    """Tell a file's encoding: as stated, by its byte order mark, UTF-16 by its NUL bytes, UTF-8, else Windows-1252.

    In UTF-16 every other byte of an address is NUL; in no other text is one. Without a mark that tells it.
    Windows-1252 is a guess, because it decodes nearly every file; Excel writes it in western Europe and America. It is
    none for UTF-8 that was damaged or joined with another encoding: each of its letters beyond ASCII would be two.

    Args:
        delivery: The file.
        stated: The encoding that the settings name.

    Raises:
        SourceSettingsWrong: The byte order mark contradicts the settings, or is missing where they need one.
        SourceBroken: The file is in none of the encodings, or partly in UTF-8.
    """
    with delivery.copy.open("rb") as file:
        start = file.read(_START)
    marked = next((Encoding(name, "byte order mark", len(bom)) for bom, name in _BOMS if start.startswith(bom)), None)
    if stated is not None:
        return _stated(delivery, stated, marked)
    found = marked or _unmarked_utf_16(start)
    if found is not None:
        return found
    utf_8 = Encoding("utf-8", "content")
    offset = _undecodable(delivery.copy, utf_8)
    if offset is None:
        return utf_8
    if _undecodable(delivery.copy, Encoding(_FALLBACK, "guessed")) is not None:
        raise SourceBroken(f"{delivery.found} is neither UTF-8 nor Windows-1252. Set the source's encoding.")
    if _is_partly_utf_8(delivery.copy):
        line = _line_at(delivery.copy, utf_8, offset)
        raise SourceBroken(
            f"{delivery.found} is UTF-8 in part: the byte at offset {offset} (line {line}) is the first that is none. "
            "Mend the file; or set the source's encoding, if it is wholly in another one."
        )
    return Encoding(_FALLBACK, "guessed")


def _is_partly_utf_8(path: Path) -> bool:
    """Tell whether a file that is no UTF-8 has letters that are, and not hardly any beside the bytes that are none.

    In Windows-1252 two signs that make one letter of UTF-8 follow each other now and then, as in a quoted word that
    ends with one.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    beyond = escaped = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            beyond += len(_BEYOND_ASCII.findall(text))
            escaped += len(_ESCAPED.findall(text))
    return (beyond - escaped) * _HARDLY_ANY > escaped


def _unmarked_utf_16(start: bytes) -> Encoding | None:
    """Tell UTF-16 by NUL bytes in a quarter of the pairs, and its byte order by the half that they stand in.

    Where they stand in both halves alike, they are no text: a crash or a full disk has left zeros.
    """
    first, second = start[::2].count(0), start[1::2].count(0)
    if max(first, second) < max(len(start) / 8, 1) or min(first, second) > max(first, second) / 2:
        return None
    return Encoding("utf-16-le" if second > first else "utf-16-be", "content")


def _stated(delivery: Delivery, stated: str, marked: Encoding | None) -> Encoding:
    name = codecs.lookup(stated).name.removesuffix("-sig")
    if marked is None and name in _NEED_A_MARK:
        raise SourceSettingsWrong(
            f"{delivery.found} has no byte order mark, so {name} does not say which byte comes first. "
            f"Set the source's encoding to {name}-le or {name}-be."
        )
    if marked is None:
        return Encoding(name, "settings")
    if name not in (marked.name, marked.name.removesuffix("-le").removesuffix("-be")):
        raise SourceSettingsWrong(
            f"{delivery.found} starts with the byte order mark of {marked.name}, but the settings say {stated}. "
            "Leave encoding out."
        )
    return Encoding(marked.name, "settings", marked.skip)


def as_utf8(delivery: Delivery, encoding: Encoding, scratch: Path) -> tuple[Path, int]:
    """Return a UTF-8 file of the same text, and the offset in bytes at which its text starts.

    Args:
        delivery: The file.
        encoding: Its encoding.
        scratch: Where a rewritten file may lie.

    Raises:
        SourceBroken: A byte cannot be decoded; the message names its offset and line.
    """
    if encoding == Encoding("utf-8", "content"):
        return delivery.copy, 0
    try:
        if encoding.name == "utf-8":
            deque(_decoded(delivery.copy, encoding), maxlen=0)
            return delivery.copy, encoding.skip
        rewritten = scratch / "utf8"
        with rewritten.open("w", encoding="utf-8", newline="") as target:
            target.writelines(_decoded(delivery.copy, encoding))
    except _UndecodableError as error:
        line = _line_at(delivery.copy, encoding, error.offset)
        raise SourceBroken(
            f"{delivery.found}: the byte at offset {error.offset} (line {line}) "
            f"is not {encoding.name} ({encoding.origin}). Mend the file, or set the source's encoding."
        ) from None
    return rewritten, 0


class _UndecodableError(Exception):
    """A byte that the codec does not know. Python's own error is not used: it carries the file's text."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def _undecodable(path: Path, encoding: Encoding) -> int | None:
    """Return the offset of the first byte that an encoding does not know, None where it knows all."""
    try:
        deque(_decoded(path, encoding), maxlen=0)
    except _UndecodableError as error:
        return error.offset
    return None


def _decoded(path: Path, encoding: Encoding, until: int | None = None) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.name)("strict")
    with path.open("rb") as file:
        file.seek(encoding.skip)
        while chunk := file.read(_CHUNK if until is None else min(_CHUNK, until - file.tell())):
            yield _decode(decoder, chunk, file.tell())
        if until is None:
            yield _decode(decoder, b"", file.tell())


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, end: int) -> str:
    try:
        return decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        # The decoder speaks of the bytes that it holds, and these end where the chunk ends.
        raise _UndecodableError(end - len(error.object) + error.start) from None
    except UnicodeError:  # a codec for names in domains or the like, which does not say where
        raise _UndecodableError(end - len(chunk)) from None


def _line_at(path: Path, encoding: Encoding, offset: int) -> int:
    breaks, last = 0, ""
    # A codec that fails earlier on a text cut short has told the lines up to there.
    with suppress(_UndecodableError):
        for text in _decoded(path, encoding, until=offset):
            both = text.count("\r\n") + (last == "\r" and text.startswith("\n"))
            breaks += text.count("\n") + text.count("\r") - both
            last = text[-1:] or last
    return breaks + 1
