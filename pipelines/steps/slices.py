"""Tables read slice by slice, so that memory does not grow with the number of rows."""

from collections.abc import Iterator
from typing import Final

import polars as pl
import pyarrow.parquet as pq

from connectors.storage.tables import Table

SLICE_ROWS: Final = 100_000
"""Rows held at a time: smaller slices take longer, larger ones were no faster, and memory grows with them."""

_SLICE_BYTES: Final = 64 << 20
"""About how much a slice of all columns may hold: rows may be wide."""


def slices(table: Table, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
    """Yield a table's rows in order, at least one slice even of an empty table."""
    rows = table.scan() if columns is None else table.scan().select(columns)
    count = _rows_at_a_time(table)
    for start in range(0, max(table.rows, 1), count):
        yield rows.slice(start, count).collect()


def _rows_at_a_time(table: Table) -> int:
    file = pq.read_metadata(table.path)
    size: int = sum(file.row_group(group).total_byte_size for group in range(file.num_row_groups))
    return max(1, min(SLICE_ROWS, table.rows * _SLICE_BYTES // max(size, 1)))


def copied(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows that hold their own texts alone: those taken out of others keep all the others' texts in memory."""
    return frame(rows.to_arrow())


def frame(rows: object) -> pl.DataFrame:
    """Return Arrow rows as a polars frame."""
    made = pl.from_arrow(rows)
    if not isinstance(made, pl.DataFrame):
        message = f"expected rows, not {type(made).__name__}"
        raise TypeError(message)
    return made
