"""The kind `excel`: a sheet of an `.xlsx` or `.xlsm` workbook; every cell becomes text that says what people see."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import PositiveInt

from connectors.sources.columns import reading_schema, with_technical
from connectors.sources.csv_layout import Dialect
from connectors.sources.delivery import Delivery
from connectors.sources.errors import SourceBroken, SourceEmpty, SourceSettingsWrong
from connectors.sources.excel_package import opened_package
from connectors.sources.excel_rows import SheetReader, SheetRow
from connectors.sources.excel_workbook import read_workbook
from connectors.sources.file_settings import FileSettings
from connectors.sources.reading import Reading, Request
from connectors.sources.repeated_header import repeated_headers_set_aside
from connectors.sources.several_files import open_files
from connectors.sources.total_line import total_line_set_aside
from schemas.fields import EMAIL
from schemas.issues import IssueCode

_ENDINGS: Final = (".xlsx", ".xlsm")
_BATCH_ROWS: Final = 1 << 12
_MOST_PREAMBLE: Final = 100
_FEWEST: Final = 3
"""Rows that must fill a column before its missing name is taken for a mistake."""
_TEXT: Final = Dialect("\t", '"')
"""How the text of a row that is set aside is written."""


class ExcelSettings(FileSettings):
    """A workbook, or several with the same columns.

    Attributes:
        sheet: The sheet's name; it can be left out where only one is visible and filled.
        header_row: The row of the header, as Excel numbers it; found out if left out.
    """

    kind: Literal["excel"]
    sheet: str | None = None
    header_row: PositiveInt | None = None


class _Header(NamedTuple):
    """The header: its row, its names by place, and where its row is known from."""

    row: int
    names: tuple[str, ...]
    origin: str


@contextmanager
def open_excel(settings: ExcelSettings, request: Request) -> Iterator[Reading]:
    """Open workbooks.

    The header is found as in a CSV: the first of the first 100 rows with every mapped column, else the first that is
    not blank. Formulas count as the value that was saved with them. Hidden rows are rows. A row whose mapped cell holds
    an error, or a formula without a value, is set aside as `error_cell`, a total at the end as `total_line`.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceMissing: A file is not there or may not be read.
        SourceEmpty: The sheet holds nothing.
        SourceBroken: A file is damaged, locked or no such workbook, or a contact may stand above the header.
        SourceSettingsWrong: The sheet or the header's row is not there, or has to be set.
    """
    with open_files(settings, _ENDINGS, request, _open_one) as reading:
        yield reading


@contextmanager
def _open_one(settings: ExcelSettings, delivery: Delivery, _: Request) -> Iterator[Reading]:
    with opened_package(delivery) as package:
        workbook = read_workbook(package)
        sheet = workbook.sheet(settings.sheet)
        reader = SheetReader(workbook, sheet)
        rows = reader.rows()
        wanted = [name for name in settings.mapping().columns if name not in delivery.added]
        above = list(islice(rows, _MOST_PREAMBLE))
        name = f'{delivery.found}, sheet "{sheet.name}"'
        header, rest = _find_header(settings, wanted, above, name)
        schema = reading_schema(header.names, [pa.string()] * len(header.names))
        facts = delivery.facts() | {"sheet": sheet.name, "header_line": header.row, "header_from": header.origin}
        mapped = frozenset(place for place, column in enumerate(header.names) if column in wanted)
        batches = _Table(schema, len(header.names), mapped, reader, facts).batches(chain(rest, rows))
        email = settings.fields[EMAIL].column
        place = header.names.index(email) if email in header.names else len(header.names)
        told = repeated_headers_set_aside(total_line_set_aside(batches, _TEXT, place, name), header.names)
        yield Reading(header.names, schema, told, facts, (sheet.name,))


def _find_header(
    settings: ExcelSettings, wanted: Sequence[str], rows: list[SheetRow], name: str
) -> tuple[_Header, list[SheetRow]]:
    """Return the header, and the rows below it among the first ones."""
    if not rows:
        raise SourceEmpty(f"{name} is empty. Deliver its rows, then sync again.")
    if settings.header_row is not None:
        place = next((place for place, row in enumerate(rows) if row.number == settings.header_row), None)
        if place is None:
            raise SourceSettingsWrong(
                f"{name}: header_row is {settings.header_row}, and that row is blank, not there, or too far down."
            )
        return _header(rows, place, "settings", name), rows[place + 1 :]
    for place, row in enumerate(rows):
        if set(wanted) <= set(row.cells.values()):
            _refuse_contacts_above(rows[:place], row, settings.fields[EMAIL].column, name)
            return _header(rows, place, "content" if place else "first row", name), rows[place + 1 :]
    return _header(rows, 0, "first row", name), rows[1:]


def _header(rows: list[SheetRow], place: int, origin: str, name: str) -> _Header:
    """Return a row as the header, with the columns that it does not name and the first rows below it fill.

    Raises:
        SourceBroken: It holds an error.
        SourceSettingsWrong: A column that most rows below fill has no name: it may be a title, and what is in that
            column, an opt-out perhaps, would be left out without a word.
    """
    row, below = rows[place], rows[place + 1 :]
    if row.faulty:
        raise SourceBroken(f"{name}: the header, in row {row.number}, holds an error or a formula without a value.")
    named = {column for column, text in row.cells.items() if text.strip()}
    filled = Counter(column for one in below for column, text in one.cells.items() if text.strip())
    nameless = [
        column for column, count in filled.items() if column not in named and count >= max(_FEWEST, len(below) / 2)
    ]
    if nameless and origin != "settings":
        raise SourceSettingsWrong(
            f"{name}: row {row.number} is taken for the header, and column {_letters(min(nameless))}, which the rows "
            "below fill, has no name there. Name it, or set header_row to the row of the header."
        )
    width = max(named | filled.keys()) + 1
    return _Header(row.number, tuple(row.cells.get(column, "") for column in range(width)), origin)


def _letters(column: int) -> str:
    """Return a column's letters as Excel shows them."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _refuse_contacts_above(above: list[SheetRow], header: SheetRow, email: str | None, name: str) -> None:
    column = next((column for column, text in header.cells.items() if text == email), -1)
    for row in above:
        if "@" in row.cells.get(column, ""):
            raise SourceBroken(
                f"{name}: the mapped columns are found in row {header.number}, but row {row.number} above looks like a "
                "contact. Set header_row to the row of the header, or take out what stands above it."
            )


@dataclass(frozen=True)
class _Table:
    """The rows below the header.

    Attributes:
        schema: The schema of the reading.
        width: How many columns the header has.
        mapped: The places of the mapped columns.
        reader: What reads them.
        facts: Where what was seen is said after the last row.
    """

    schema: pa.Schema
    width: int
    mapped: frozenset[int]
    reader: SheetReader
    facts: dict[str, str | int]

    def batches(self, rows: Iterator[SheetRow]) -> Iterator[pa.RecordBatch]:
        """Yield the rows, numbered on."""
        first = 1
        while found := list(islice(rows, _BATCH_ROWS)):
            yield self._batch(found, first)
            first += len(found)
        self.facts.update({name: count for name, count in self.reader.seen.items() if count})

    def _batch(self, rows: list[SheetRow], first: int) -> pa.RecordBatch:
        columns = [pa.array([_text(row, column) for row in rows], pa.string()) for column in range(self.width)]
        lines = np.array([row.number for row in rows], dtype=np.int64)
        texts = ["\t".join(row.cells.values()) if row.faulty & self.mapped else None for row in rows]
        codes = [None if text is None else IssueCode.ERROR_CELL.value for text in texts]
        beside = sum(column >= self.width for row in rows for column in row.cells)
        self.reader.seen["cells_without_header"] += beside
        faults = pa.array(codes, pa.string()), pa.array(texts, pa.string())
        return with_technical(self.schema, columns, first, lines, faults)


def _text(row: SheetRow, column: int) -> str:
    return "" if column in row.faulty else row.cells.get(column, "")
