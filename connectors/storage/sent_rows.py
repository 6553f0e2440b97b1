"""A plan's contacts on disk, in sending order: their columns, and one batch's rows, proved to be what was planned."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet as pq

from connectors.storage.files import StorageError, intact
from schemas.batches import batch_id

SENT: Final = pl.Schema(
    {
        "batch": pl.String,
        "position": pl.Int64,
        "email_key": pl.String,
        "payload_hash": pl.String,
        "payload": pl.String,
    }
)
"""A plan's contacts in sending order; a row group of the file holds whole batches."""


def row_group(path: Path, number: int) -> pl.DataFrame:
    """Return one row group's contacts, as `SENT`.

    Raises:
        StorageError: The file is missing or damaged.
    """
    with intact(path), pq.ParquetFile(path) as file:
        if number >= file.num_row_groups:
            message = f"{path} has no row group {number}: restore it from a backup."
            raise StorageError(message)
        frame = pl.from_arrow(file.read_row_group(number))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - from_arrow gives a frame for a table; this tells mypy
    return frame


def batch_rows(rows: pl.DataFrame, batch: str, group_ids: Sequence[int], path: Path) -> pl.DataFrame:
    """Return a batch's contacts out of its row group's.

    A batch that lost a contact on disk would be sent without it and yet be answered for: its id, the hash of its
    content, tells.

    Raises:
        StorageError: They are not what was planned.
    """
    found = rows.filter(pl.col("batch") == batch)
    if batch_id("\n".join(found["payload"]), group_ids) != batch:
        message = f"{path} does not hold batch {batch} as it was planned: restore it from a backup."
        raise StorageError(message)
    return found
