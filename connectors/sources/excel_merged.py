"""Merged cells: a workbook holds the value in the first one only, while people see it beside every row of the area."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from connectors.sources.excel_package import Package

_AREA: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_MARKS: Final = (b"mergeCell", "mergeCell".encode("utf-16-le"), "mergeCell".encode("utf-16-be"))

Areas = dict[int, list[tuple[int, int]]]
"""By column, from 0: the first and the last row of each area of several rows that starts there, from the top."""


def column_of(letters: str) -> int:
    """Return the number of a column, from 0, by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def merged_areas(package: Package, part: str) -> Areas:
    """Return a sheet's merged areas of several rows. They stand at the end of the sheet, so that it is read for them.

    Args:
        package: The workbook's parts.
        part: The sheet.

    Raises:
        SourceBroken: The sheet is damaged.
    """
    areas: Areas = {}
    if not _mentions(package, part):
        return areas

    def start(element: str, given: dict[str, str]) -> None:
        found = _AREA.fullmatch(given.get("ref", "")) if element == "mergeCell" else None
        if found is not None and found[2] != found[4]:
            areas.setdefault(column_of(found[1]), []).append((int(found[2]), int(found[4])))

    package.read(part, start)
    return {column: sorted(found) for column, found in areas.items()}


def _mentions(package: Package, part: str) -> bool:
    """Tell whether a sheet may have merged cells, at the speed of unpacking."""
    before = b""
    for chunk in package.chunks(part):
        if any(mark in before + chunk for mark in _MARKS):
            return True
        before = chunk[-32:]
    return False


@dataclass
class MergedCells:
    """Fills the cells of merged areas while rows pass from top to bottom.

    Attributes:
        areas: The areas that are still to come.
    """

    areas: Areas
    _values: dict[int, tuple[str | None, bool]] = field(default_factory=dict)

    def fill(self, number: int, cells: dict[int, str], faulty: set[int], seen: Counter[str]) -> None:
        """Give a row the values of the areas that reach into it; a row that has nothing else stays as it is.

        Args:
            number: The row's number.
            cells: Its texts by column.
            faulty: Its columns without a value that can be used.
            seen: Where `merged_cells_filled` is counted.
        """
        has_own = bool(cells)
        for column, areas in self.areas.items():
            while areas and areas[0][1] < number:
                areas.pop(0)
            if not areas or areas[0][0] > number:
                continue
            if areas[0][0] == number:
                self._values[column] = cells.get(column), column in faulty
            elif has_own and column not in cells:
                self._fill(column, cells, faulty, seen)

    def _fill(self, column: int, cells: dict[int, str], faulty: set[int], seen: Counter[str]) -> None:
        text, is_faulty = self._values.get(column, (None, False))
        if text is not None:
            cells[column] = text
            seen["merged_cells_filled"] += 1
        if is_faulty:
            faulty.add(column)
