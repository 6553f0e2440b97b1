"""The zip that an Excel workbook is: its parts, read within bounds and as XML that defines nothing of its own."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple
from xml.parsers import expat

from connectors.sources.delivery import Delivery
from connectors.sources.errors import SourceBroken

_CHUNK: Final = 1 << 18
_PROPERTY: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_OLD: Final = b"\xd0\xcf\x11\xe0"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError)

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class PackageCaps(NamedTuple):
    """How much a workbook may become when it is unpacked.

    Attributes:
        parts: The most files in the zip.
        size: The most bytes of one of them.
        ratio: The most bytes per compressed byte, once `free` bytes are passed.
        free: The bytes up to which the ratio does not matter.
    """

    parts: int = 10_000
    size: int = 8 << 30
    ratio: int = 200
    free: int = 64 << 20


class Package:
    """The parts of a workbook."""

    def __init__(self, archive: zipfile.ZipFile, name: str, caps: PackageCaps) -> None:
        """Read from an open zip that messages call `name`."""
        self.name = name
        self._archive, self._caps = archive, caps
        self.parts = frozenset(archive.namelist())

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield a part's content.

        Raises:
            SourceBroken: It is not there or damaged, or becomes larger than any list is.
        """
        size = 0
        try:
            info = self._archive.getinfo(part)
            with self._archive.open(info) as member:
                while chunk := member.read(_CHUNK):
                    size += len(chunk)
                    if size > self._caps.size or size > max(self._caps.free, self._caps.ratio * info.compress_size):
                        raise SourceBroken(
                            f"{self.name} becomes more than {self._caps.size >> 30} GiB, or more than "
                            f"{self._caps.ratio} times as large, when it is unpacked: no list does. Save it as CSV."
                        )
                    yield chunk
        except (KeyError, *_DAMAGE):
            raise self.damaged() from None

    def walk(self, part: str, start: Start, end: End | None = None, text: Text | None = None) -> Iterator[None]:
        """Read a part as XML piece by piece, handing its elements on by their plain names; stop after each piece.

        Raises:
            SourceBroken: It is not XML, or defines entities, as no workbook does.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def first(name: str, attributes: dict[str, str]) -> None:
            """Choose how names are read by the first one: nearly no workbook writes prefixes, and they cost time."""
            prefixed = ":" in name
            parser.StartElementHandler = _without_prefix(start) if prefixed else start
            parser.EndElementHandler = _without_prefix(end) if prefixed and end is not None else end
            parser.StartElementHandler(name, attributes)

        parser.StartElementHandler = first
        if text is not None:
            parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            for chunk in self.chunks(part):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise self.damaged() from None
        yield

    def read(self, part: str, start: Start, end: End | None = None, text: Text | None = None) -> None:
        """Read a part as XML to its end."""
        for _ in self.walk(part, start, end, text):
            pass

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the parts that a part refers to, by id: the last word of the relation's type, and the part."""
        folder, name = posixpath.split(part)
        relations: dict[str, tuple[str, str]] = {}

        def start(element: str, given: dict[str, str]) -> None:
            if element == "Relationship":
                target = given.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                relations[given.get("Id", "")] = given.get("Type", "").rpartition("/")[2], path.lstrip("/")

        self.read(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return relations

    def damaged(self) -> SourceBroken:
        """Return what is said of a workbook that cannot be read."""
        return SourceBroken(f"{self.name} is a workbook that is damaged or locked. Save it again in Excel.")

    def _refuse_doctype(self, *_: object) -> None:
        raise self.damaged()


def _without_prefix(handler: Callable[..., None]) -> Callable[..., None]:
    return lambda name, *more: handler(name.rpartition(":")[2], *more)


@contextmanager
def opened_package(delivery: Delivery, caps: PackageCaps = PackageCaps()) -> Iterator[Package]:  # noqa: B008 - immutable
    """Open an `.xlsx` or `.xlsm`.

    Args:
        delivery: The file.
        caps: How much it may become.

    Raises:
        SourceBroken: It is no such workbook; what it is instead is said where that can be told.
    """
    name = delivery.found
    with delivery.copy.open("rb") as file:
        start = file.read(4)
        if start == _OLD:
            locked = _LOCKED in start + file.read()
            what = "is a workbook with a password" if locked else "is a workbook of an old Excel (.xls)"
            raise SourceBroken(f"{name} {what}. Save it as .xlsx{' without one' if locked else ''}.")
    try:
        archive = zipfile.ZipFile(delivery.copy)
    except _DAMAGE:
        hint = " or is truncated. Save it again" if start[:2] == b"PK" else ". If it is text, set kind: csv"
        raise SourceBroken(f"{name} is no Excel workbook{hint}.") from None
    with archive:
        names = archive.namelist()
        if len(names) > caps.parts or len(set(names)) < len(names):
            raise SourceBroken(f"{name} is a zip of too many files, or of two of one name: no workbook is.")
        package = Package(archive, name, caps)
        _refuse_other_kinds(package)
        yield package


def _refuse_other_kinds(package: Package) -> None:
    parts = package.parts
    if "xl/workbook.bin" in parts:
        raise SourceBroken(f"{package.name} is a binary workbook (.xlsb). Save it as .xlsx.")
    if "mimetype" in parts and "content.xml" in parts:
        raise SourceBroken(f"{package.name} is an OpenDocument sheet (.ods). Save it as .xlsx.")
    if "_rels/.rels" not in parts:
        raise SourceBroken(f"{package.name} is a zip and no Excel workbook. If it holds a CSV, set kind: csv.")


def plain_text(text: str) -> str:
    """Return a text with the characters that Excel writes as `_x000D_` put back."""
    return _PROPERTY.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
