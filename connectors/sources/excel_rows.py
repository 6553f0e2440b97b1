"""The rows of a sheet, in order and as text; what a person sees beside the values is counted."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from connectors.sources.excel_merged import MergedCells, column_of, merged_areas
from connectors.sources.excel_package import plain_text
from connectors.sources.excel_values import moment_text, number_text
from connectors.sources.excel_workbook import Sheet, Workbook

_LETTERS: Final = re.compile(r"[A-Z]{1,3}")
_MOST_COLUMNS: Final = 16_384
_TRUE: Final = ("1", "true")
NO_VALUE: Final = "#NO VALUE"
"""What stands for a formula whose value the workbook does not hold."""


@dataclass
class SheetRow:
    """A row with cells.

    Attributes:
        number: Its number, as Excel shows it.
        cells: Its texts by column, from 0; without blank ones.
        faulty: The columns whose cells hold an error such as #N/A, or a formula without a value.
    """

    number: int
    cells: dict[int, str] = field(default_factory=dict)
    faulty: set[int] = field(default_factory=set)


class SheetReader:
    """Reads a sheet once, from top to bottom.

    Attributes:
        seen: How many there were of `hidden_rows`, `hidden_columns`, `filtered_columns`, `formulas`, `error_cells` and
            `merged_cells_filled`.
    """

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        """Read a sheet of a workbook."""
        self.seen: Counter[str] = Counter()
        self._workbook, self._sheet = workbook, sheet
        self._merged = MergedCells(merged_areas(workbook.package, sheet.part))
        self._rows: list[SheetRow] = []
        self._row = SheetRow(0)
        self._column = self._style = 0
        self._kind = "n"
        self._has_formula = False
        self._columns: dict[str, int] = {}
        self._pieces: list[str] = []
        self._collects = False
        self._spoken = 0

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows that have a cell which is not blank.

        Raises:
            SourceBroken: The sheet is damaged.
        """
        for _ in self._workbook.package.walk(self._sheet.part, self._start, self._end, self._text):
            yield from self._rows
            self._rows.clear()

    def _start(self, element: str, given: dict[str, str]) -> None:
        if element == "c":
            self._start_cell(given)
        elif element == "v":
            self._collects = True
        elif element == "t":
            self._collects = not self._spoken
        elif element == "f":
            self._has_formula = True
        elif element == "row":
            self._start_row(given)
        elif element == "rPh":
            self._spoken += 1
        elif element == "col":
            self.seen["hidden_columns"] += given.get("hidden") in _TRUE
        elif element == "filterColumn":
            self.seen["filtered_columns"] += 1

    def _start_row(self, given: dict[str, str]) -> None:
        number = int(given["r"]) if given.get("r", "").isdecimal() else self._row.number + 1
        if number <= self._row.number:
            raise self._workbook.package.damaged()
        self._row, self._column = SheetRow(number), -1
        self.seen["hidden_rows"] += given.get("hidden") in _TRUE

    def _start_cell(self, given: dict[str, str]) -> None:
        reference = given.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            self._column = self._columns[letters] if letters in self._columns else self._new_column(letters)
        style = given.get("s", "0")
        self._style = int(style) if style.isdecimal() else 0
        self._kind = given.get("t", "n")
        self._has_formula = False
        self._pieces.clear()

    def _new_column(self, letters: str) -> int:
        column = column_of(letters) if _LETTERS.fullmatch(letters) else _MOST_COLUMNS
        if column >= _MOST_COLUMNS:
            raise self._workbook.package.damaged()
        self._columns[letters] = column
        return column

    def _text(self, found: str) -> None:
        if self._collects:
            self._pieces.append(found)

    def _end(self, element: str) -> None:
        if element in ("v", "t"):
            self._collects = False
        elif element == "c":
            self._end_cell()
        elif element == "row":
            self._end_row()
        elif element == "rPh":
            self._spoken -= 1

    def _end_cell(self) -> None:
        raw = "".join(self._pieces)
        self.seen["formulas"] += self._has_formula
        if self._kind == "e" or (self._has_formula and not raw and self._kind != "str"):
            self.seen["error_cells"] += 1
            self._row.faulty.add(self._column)
            self._row.cells[self._column] = raw or NO_VALUE
        elif raw:
            self._row.cells[self._column] = self._value(raw)

    def _value(self, raw: str) -> str:
        workbook, kind = self._workbook, self._kind
        try:
            if kind == "s":
                return workbook.texts[int(raw)]
            if kind in ("str", "inlineStr"):
                return plain_text(raw)
            if kind == "b":
                return "true" if raw in _TRUE else "false"
            if kind == "d":
                return raw.replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00")
            if self._style < len(workbook.dates) and workbook.dates[self._style]:
                return moment_text(raw, from_1904=workbook.from_1904)
            return number_text(raw, workbook.zeros[self._style] if self._style < len(workbook.zeros) else 0)
        except (ValueError, IndexError, OverflowError):
            raise workbook.package.damaged() from None

    def _end_row(self) -> None:
        row = self._row
        self._merged.fill(row.number, row.cells, row.faulty, self.seen)
        if any(text.strip() for text in row.cells.values()):
            self._rows.append(row)
