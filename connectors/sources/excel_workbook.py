"""What a workbook says about all its sheets: their names, the texts and formats that cells refer to."""

from dataclasses import dataclass, field
from typing import Final

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.excel_package import Package, plain_text
from connectors.sources.excel_values import is_date_format, leading_zeros
from connectors.sources.nearest import did_you_mean

_TRUE: Final = ("1", "true", "on")


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells: its name, its part, and whether people see it."""

    name: str
    part: str
    is_visible: bool


@dataclass
class Workbook:
    """A workbook.

    Attributes:
        package: Its parts.
        sheets: Its sheets of cells, in order.
        from_1904: Whether its dates count from 1904.
        texts: The texts that cells refer to by their number.
        dates: Per style of cells, whether it shows numbers as dates.
        zeros: Per style of cells, how many digits it fills up with zeros.
    """

    package: Package
    sheets: list[Sheet] = field(default_factory=list)
    from_1904: bool = False
    texts: list[str] = field(default_factory=list)
    dates: list[bool] = field(default_factory=list)
    zeros: list[int] = field(default_factory=list)

    def sheet(self, name: str | None) -> Sheet:
        """Return the sheet of a name, or the one that people see if there is one only.

        Raises:
            SourceSettingsWrong: There is no such sheet, or several could be meant.
        """
        if name is not None:
            found = next((one for one in self.sheets if one.name == name), None)
            if found is None:
                hint = did_you_mean(name, [one.name for one in self.sheets])
                raise SourceSettingsWrong(f'{self.package.name} has no sheet "{name}".{hint} It has {self._names()}.')
            return found
        visible = [one for one in self.sheets if one.is_visible]
        if len(visible) == 1:
            return visible[0]
        filled = [one for one in visible if self._has_cells(one)]
        if len(filled) != 1:
            raise SourceSettingsWrong(
                f"{self.package.name} has {self._names()}. Set sheet to the name of the one with the contacts; "
                "init --from takes it as --table."
            )
        return filled[0]

    def _names(self) -> str:
        names = ", ".join(f'"{one.name}"' for one in self.sheets)
        return f"the sheets {names}" if names else "no sheet of cells"

    def _has_cells(self, sheet: Sheet) -> bool:
        found: list[str] = []

        def start(element: str, _: dict[str, str]) -> None:
            if element in {"v", "is"}:
                found.append(element)

        return any(found for _ in self.package.walk(sheet.part, start))


def read_workbook(package: Package) -> Workbook:
    """Read what a workbook says about all its sheets.

    Args:
        package: Its parts.

    Raises:
        SourceBroken: It is damaged.
    """
    part = next((path for kind, path in package.related("").values() if kind == "officeDocument"), None)
    if part is None:
        raise package.damaged()
    related = package.related(part)
    workbook = Workbook(package)
    _read_sheets(workbook, part, related)
    for kind, path in related.values():
        if kind == "sharedStrings":
            _read_texts(workbook, path)
        if kind == "styles":
            _read_styles(workbook, path)
    return workbook


def _read_sheets(workbook: Workbook, part: str, related: dict[str, tuple[str, str]]) -> None:
    def start(element: str, given: dict[str, str]) -> None:
        if element == "workbookPr":
            workbook.from_1904 = given.get("date1904", "").lower() in _TRUE
        if element == "sheet":
            identity = next((value for name, value in given.items() if name.endswith(":id")), "")
            kind, path = related.get(identity, ("", ""))
            if kind == "worksheet":
                workbook.sheets.append(Sheet(given.get("name", ""), path, given.get("state", "visible") == "visible"))

    workbook.package.read(part, start)


def _read_texts(workbook: Workbook, part: str) -> None:
    pieces: list[str] = []
    within = {"t": 0, "rPh": 0}  # a text in `rPh` says how the one beside it is pronounced

    def start(element: str, _: dict[str, str]) -> None:
        if element in within:
            within[element] += 1

    def end(element: str) -> None:
        if element in within:
            within[element] -= 1
        elif element == "si":
            workbook.texts.append(plain_text("".join(pieces)))
            pieces.clear()

    def text(found: str) -> None:
        if within["t"] and not within["rPh"]:
            pieces.append(found)

    workbook.package.read(part, start, end, text)


def _read_styles(workbook: Workbook, part: str) -> None:
    codes: dict[int, str] = {}
    inside: list[str] = []

    def start(element: str, given: dict[str, str]) -> None:
        if element == "numFmt":
            codes[_number(given, "numFmtId")] = given.get("formatCode", "")
        if element == "xf" and inside[-1:] == ["cellXfs"]:
            number = _number(given, "numFmtId")
            workbook.dates.append(is_date_format(number, codes.get(number)))
            workbook.zeros.append(leading_zeros(codes.get(number)))
        inside.append(element)

    def end(_: str) -> None:
        inside.pop()

    workbook.package.read(part, start, end)


def _number(given: dict[str, str], name: str) -> int:
    text = given.get(name, "0")
    return int(text) if text.isdecimal() else 0
