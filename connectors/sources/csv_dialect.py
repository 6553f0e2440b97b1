"""Finds the separator and the quotation mark of a CSV; guesses only among what exports really use."""

import csv
import re
from collections.abc import Sequence
from io import StringIO
from itertools import chain, islice
from typing import Final

from connectors.sources.csv_header import find_header
from connectors.sources.csv_layout import Dialect
from connectors.sources.errors import SourceSettingsWrong
from schemas.mapping import header_problems

SEPARATORS: Final = (",", ";", "\t", "|")
QUOTES: Final = ('"', "'")
SAMPLE_BYTES: Final = 100_000  # less than the longest cell that Python's csv reads
_SAMPLE_ROWS = 50


def find_dialect(sample: str, separator: str | None, quote: str | None, columns: Sequence[str], name: str) -> Dialect:
    """Tell how a file is written: so that the mapped columns are found, and most rows fit the header.

    A comma and double quotation marks are taken where others would do no better, as in a file of one column.

    Args:
        sample: The start of the file, cut anywhere.
        separator: The separator where the settings name it.
        quote: The quotation mark where the settings name it; double marks or apostrophes are found.
        columns: The mapped columns.
        name: What messages call the file.

    Raises:
        SourceSettingsWrong: The rows fit better with apostrophes as marks, and double marks stand around cells, too.
    """
    separators = SEPARATORS if separator is None else (separator,)
    dialects = [Dialect(one, quote or QUOTES[0]) for one in separators]
    if quote is None:
        guesses = [Dialect(one, QUOTES[1]) for one in separators if one != QUOTES[1]]
        dialects += [guess for guess in guesses if _quotes_cells(sample, guess, columns)]
    best = max(dialects, key=lambda dialect: _score(_table(sample, dialect, columns), columns))  # the first of equals
    cells = chain.from_iterable(_table(sample, best, columns))
    if quote is None and best.quote != QUOTES[0] and any(cell.startswith(QUOTES[0]) for cell in cells):
        raise SourceSettingsWrong(
            f"{name}: cells stand in apostrophes and in double quotation marks. Set the source's quote."
        )
    return best


def _quotes_cells(sample: str, dialect: Dialect, columns: Sequence[str]) -> bool:
    """Tell whether a mark opens cells and stands nowhere that it may not."""
    before = re.escape(dialect.separator)
    if re.search(rf"(?:\A|[\r\n{before}]){dialect.quote}", sample) is None:
        return False
    try:
        _table(sample, dialect, columns, strict=True)
    except csv.Error:
        return False
    return True


def _score(rows: list[list[str]], columns: Sequence[str]) -> tuple[int, float, int]:
    if not rows:
        return 0, 0.0, 0
    # The last row of a sample that was cut is cut, too; the header and one row to compare are always kept.
    header, data = rows[0], rows[1:-1] or rows[1:]
    found = len(columns) - len(header_problems(columns, header))
    fitting = sum(len(row) == len(header) > 1 for row in data) / max(len(data), 1)
    return found, fitting, len(header)


def _table(sample: str, dialect: Dialect, columns: Sequence[str], *, strict: bool = False) -> list[list[str]]:
    below = sample[find_header(sample, dialect, columns).start :]
    reader = csv.reader(
        StringIO(below, newline=""), delimiter=dialect.separator, quotechar=dialect.quote, strict=strict
    )
    return [row for row in islice(reader, _SAMPLE_ROWS) if row]
