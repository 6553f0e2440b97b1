"""Tables read slice by slice, so that memory does not grow with the number of rows."""

from collections.abc import Iterator
from typing import Final

import polars as pl
import pyarrow.parquet as pq

from connectors.storage.tables import Table

SLICE_ROWS: Final = 50_000
"""Rows held at a time: larger slices were no faster, and memory grows with them."""


def slices(table: Table, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
    """Yield a table's rows in order, at least one slice even of an empty table."""
    with pq.ParquetFile(table.path) as file:
        empty = True
        for batch in file.iter_batches(SLICE_ROWS, columns=columns):
            empty = False
            yield frame(batch)
        if empty:
            yield frame(file.schema_arrow.empty_table().select(columns or file.schema_arrow.names))


def frame(rows: object) -> pl.DataFrame:
    """Return Arrow rows as a polars frame."""
    made = pl.from_arrow(rows)
    if not isinstance(made, pl.DataFrame):
        message = f"expected rows, not {type(made).__name__}"
        raise TypeError(message)
    return made
