"""Writes and reads versions of one small table."""

import datetime as dt
from pathlib import Path
from typing import Final

import polars as pl

from connectors.storage.tables import Table, Tables, TableWriter

DAY: Final = dt.date(2026, 11, 24)
ASSET: Final = "validated/crm"


def written(root: Path, *rows: int, version: int | None = None) -> Table:
    """Write a version that holds these rows."""
    with Tables(root).new_version(ASSET, DAY, version=version) as new:
        new.write(pl.DataFrame({"row": rows}, schema={"row": pl.Int64}))
    return new.table


def fill(tables: Tables, *slices: pl.DataFrame) -> None:
    """Write a version slice by slice."""
    with tables.new_version(ASSET, DAY) as new:
        for rows in slices:
            new.write(rows)


def fail_after(writer: TableWriter, row: int) -> None:
    """Write a row, then fail."""
    writer.write(pl.DataFrame({"row": [row]}))
    raise ZeroDivisionError


def held(table: Table | None) -> list[int]:
    """Return the rows of a version that must be there."""
    assert table is not None
    rows: list[int] = table.scan().collect()["row"].to_list()
    assert table.rows == len(rows)
    return rows


def folder(root: Path) -> Path:
    """Return where the versions lie."""
    return root / ASSET / DAY.isoformat()
