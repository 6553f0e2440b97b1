"""Finds the separator of a CSV and reads its header; guesses only among what exports really use."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Final

from connectors.sources.csv_layout import Dialect
from schemas.mapping import header_problems

SEPARATORS: Final = (",", ";", "\t", "|")
SAMPLE_BYTES: Final = 100_000  # less than the longest cell that Python's csv reads
_SAMPLE_ROWS = 50


def find_separator(sample: str, quote: str, columns: Sequence[str]) -> str:
    """Tell the separator: the one under which the mapped columns are found, and most rows fit the header.

    Args:
        sample: The start of the file, cut anywhere.
        quote: The quotation mark.
        columns: The mapped columns.

    Returns:
        The separator; a comma where the file has one column only.
    """
    scored = {separator: _score(sample, Dialect(separator, quote), columns) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: scored[separator])


def _score(sample: str, dialect: Dialect, columns: Sequence[str]) -> tuple[int, float, int]:
    rows = _rows(sample, dialect)
    if not rows:
        return 0, 0.0, 0
    header, data = rows[0], rows[1:]
    found = len(columns) - len(header_problems(columns, header))
    fitting = sum(len(row) == len(header) > 1 for row in data) / max(len(data), 1)
    return found, fitting, len(header)


def _rows(sample: str, dialect: Dialect) -> list[list[str]]:
    reader = csv.reader(StringIO(sample, newline=""), delimiter=dialect.separator, quotechar=dialect.quote)
    rows = [row for row, _ in zip(reader, range(_SAMPLE_ROWS), strict=False) if row]
    # The last row of a sample that was cut is cut, too.
    return rows[:-1] if len(rows) > 2 else rows  # noqa: PLR2004 - the header and one row to compare are always kept


def read_row(text: str, dialect: Dialect) -> list[str]:
    """Return the cells of one row.

    Args:
        text: The row, its line end included or not.
        dialect: How it is written.

    Raises:
        csv.Error: The row's quotation marks do not stand where they may, or a cell is longer than Python reads.
    """
    reader = csv.reader(StringIO(text, newline=""), delimiter=dialect.separator, quotechar=dialect.quote, strict=True)
    return next(reader)
