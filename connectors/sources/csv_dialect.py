"""Finds the separator and the quotation mark of a CSV; guesses only among what exports really use."""

import csv
import re
from collections.abc import Sequence
from io import StringIO
from itertools import chain, islice, product
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
    quotes = [mark for mark in QUOTES if mark == QUOTES[0] or _opens_cells(mark, sample)] if quote is None else [quote]
    dialects = [Dialect(one, mark) for mark, one in product(quotes, separators) if one != mark]
    best = max(dialects, key=lambda dialect: _score(_table(sample, dialect, columns), columns))  # the first of equals
    cells = chain.from_iterable(_table(sample, best, columns))
    if quote is None and best.quote != QUOTES[0] and any(cell.startswith(QUOTES[0]) for cell in cells):
        raise SourceSettingsWrong(
            f"{name}: cells stand in apostrophes and in double quotation marks. Set the source's quote."
        )
    return best


def _opens_cells(quote: str, sample: str) -> bool:
    return re.search(rf"(?:\A|[\r\n{re.escape(''.join(SEPARATORS))}]){quote}", sample) is not None


def _score(rows: list[list[str]], columns: Sequence[str]) -> tuple[int, float, int]:
    if not rows:
        return 0, 0.0, 0
    # The last row of a sample that was cut is cut, too; the header and one row to compare are always kept.
    header, data = rows[0], rows[1:-1] or rows[1:]
    found = len(columns) - len(header_problems(columns, header))
    fitting = sum(len(row) == len(header) > 1 for row in data) / max(len(data), 1)
    return found, fitting, len(header)


def _table(sample: str, dialect: Dialect, columns: Sequence[str]) -> list[list[str]]:
    below = sample[find_header(sample, dialect, columns).start :]
    reader = csv.reader(StringIO(below, newline=""), delimiter=dialect.separator, quotechar=dialect.quote)
    return [row for row in islice(reader, _SAMPLE_ROWS) if row]
