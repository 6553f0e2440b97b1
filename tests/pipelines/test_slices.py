"""Tables read slice by slice: every row once, in order, with the types that it was written with."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from connectors.storage.tables import Table, Tables
from pipelines.steps.slices import SLICE_ROWS, copied, slices

DAY = dt.date(2026, 11, 24)


def table_of(root: Path, *parts: pl.DataFrame) -> Table:
    """Write a table, part by part."""
    with Tables(root).new_version("extracted/crm", DAY) as new:
        for part in parts:
            new.write(part)
    return new.table


def test_every_row_comes_once_and_in_order(tmp_path: Path) -> None:
    """However a table was written, slices cover it without a gap or an overlap, and hold no more than they may."""
    rows = pl.DataFrame({"row": range(2 * SLICE_ROWS + 5)}).with_columns(half=pl.col("row") // 2)
    found = list(slices(table_of(tmp_path, rows[:7], rows[7:150_000], rows[150_000:])))
    assert [len(part) for part in found] == [SLICE_ROWS, SLICE_ROWS, 5]
    assert pl.concat(found).equals(rows)
    assert [part.columns for part in slices(table_of(tmp_path, rows), ["half"])] == [["half"]] * 3


def test_slices_of_wide_rows_have_fewer_of_them(tmp_path: Path) -> None:
    """Notes of some thousand letters would otherwise take gigabytes, while everybody's names take little."""
    wide = pl.DataFrame({"row": range(30_000), "notes": ["x" * 4_096] * 30_000})
    found = list(slices(table_of(tmp_path, wide)))
    assert max(part.estimated_size("mb") for part in found) < 70
    assert pl.concat(found).equals(wide)


def test_rows_are_copied_with_their_own_texts_alone() -> None:
    """A few rows that are kept would otherwise keep all texts of the slice that they were found in."""
    few = pl.DataFrame({"row": range(1000), "text": ["a text of some length"] * 1000, "groups": [[7]] * 1000})[::100]
    assert_frame_equal(copied(few), few)
    assert copied(few).to_arrow().nbytes < 1000


def test_an_empty_table_has_one_slice(tmp_path: Path) -> None:
    """Its columns are known, so that the tables made from it have theirs."""
    rows = pl.DataFrame(schema={"row": pl.Int64, "text": pl.String})
    (found,) = slices(table_of(tmp_path, rows))
    assert_frame_equal(found, rows)


def test_a_sources_own_types_survive(tmp_path: Path) -> None:
    """Databases and Parquet files have more types than text: a snapshot gives each back as it was found."""
    moment = dt.datetime(2024, 2, 29, 12, 30, 1, 5)  # noqa: DTZ001 - some columns have no zone
    rows = pl.DataFrame(
        {
            "day": [dt.date(1900, 1, 1), None],
            "naive": pl.Series([moment, None], dtype=pl.Datetime("ns")),
            "zoned": pl.Series([moment, None], dtype=pl.Datetime("us")).dt.replace_time_zone("America/Chicago"),
            "time": [dt.time(1, 2, 3), None],
            "lasting": pl.Series([dt.timedelta(days=1, microseconds=3), None], dtype=pl.Duration("us")),
            "price": pl.Series([Decimal("12.340"), None], dtype=pl.Decimal(10, 3)),
            "kind": pl.Series(["a", None], dtype=pl.Categorical()),
            "bytes": [b"\x00\xff", None],
            "list": [["a", None], None],
            "struct": [{"a": 1, "b": "x"}, {"a": None, "b": None}],
            "small": pl.Series([1, None], dtype=pl.UInt8()),
            "single": pl.Series([1.5, None], dtype=pl.Float32()),
        }
    )
    (found,) = slices(table_of(tmp_path, rows))
    assert_frame_equal(found, rows)
