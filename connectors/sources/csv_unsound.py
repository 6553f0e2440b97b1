"""Reads the rows of a CSV with stray quotation marks or NUL bytes, one by one; what is in doubt comes as text."""

from collections.abc import Iterator
from contextlib import contextmanager
from csv import Error
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from typing import Final

import numpy as np
import pyarrow as pa

from connectors.sources.columns import TECHNICAL_FIELDS, with_technical
from connectors.sources.csv_layout import NUL, CsvText
from connectors.sources.csv_row import read_row
from connectors.sources.csv_stray_quotes import TextRow, rows_among_stray_quotes
from connectors.sources.errors import SourceBroken
from schemas.issues import IssueCode

_BATCH_ROWS: Final = 20_000
_LONGEST_LINE: Final = 1 << 20  # characters: a row by row reader holds a line several times over


@dataclass(frozen=True)
class _Cells:
    """A row that was looked at: its cells, or why it has none."""

    row: TextRow
    cells: list[str] | None
    fault: IssueCode | None


@contextmanager
def text_rows(csv: CsvText) -> Iterator[Iterator[TextRow]]:
    """Open the rows of an unsound CSV, the header first.

    Raises:
        SourceBroken: While the rows are read: a quotation mark may be open to the end of the file, or a line is too
            long to be one.
    """
    with csv.path.open("rb") as file, TextIOWrapper(file, encoding="utf-8", newline="") as text:
        file.seek(csv.start)
        yield rows_among_stray_quotes(_lines(text, csv), csv.dialect, csv.name, csv.line)


def _lines(text: TextIOWrapper, csv: CsvText) -> Iterator[str]:
    """Yield lines with their ends; a file of zeros or of one line would otherwise be held as a whole."""
    number = csv.line
    while line := text.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise SourceBroken(
                f"{csv.name}: line {number} has more than {_LONGEST_LINE:,} characters, and the file has stray "
                "quotation marks or NUL bytes, so that its end cannot be trusted. Mend the file, or export it again."
            )
        yield line
        number += 1


def unsound_batches(rows: Iterator[TextRow], csv: CsvText, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Turn the data rows of an unsound CSV into batches.

    Args:
        rows: The rows after the header.
        csv: The CSV that they are from.
        schema: The schema of the reading.

    Raises:
        SourceBroken: A quotation mark may be open to the end of the file, or a cell is longer than Python's csv reads.
    """
    width = len(schema) - len(TECHNICAL_FIELDS)
    first = 1
    while taken := [_cells(row, csv, width) for row in islice(rows, _BATCH_ROWS)]:
        yield _batch(taken, schema, width, first)
        first += len(taken)


def _cells(row: TextRow, csv: CsvText, width: int) -> _Cells:
    if NUL in row.text:
        return _Cells(row, None, IssueCode.NUL_BYTE)
    if not row.certain:
        return _Cells(row, None, IssueCode.STRAY_QUOTE)
    try:
        cells = read_row(row.text, csv.dialect)
    except Error:
        raise SourceBroken(f"{csv.name}: the row on line {row.line} has a cell too long to be read. Mend it.") from None
    return _Cells(row, cells, None) if len(cells) == width else _Cells(row, None, IssueCode.RAGGED_ROW)


def _batch(taken: list[_Cells], schema: pa.Schema, width: int, first: int) -> pa.RecordBatch:
    columns = [pa.array([one.cells and one.cells[place] for one in taken], pa.string()) for place in range(width)]
    lines = np.array([one.row.line for one in taken], dtype=np.int64)
    codes = [one.fault and one.fault.value for one in taken]
    texts = [one.row.text if one.fault else None for one in taken]
    return with_technical(schema, columns, first, lines, (pa.array(codes, pa.string()), pa.array(texts, pa.string())))
