"""Reads the cells of one row of a CSV; which text is a row is decided elsewhere."""

import csv
from io import StringIO

from connectors.sources.csv_layout import Dialect


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
