"""A source's own values as text, and its columns by name."""

import datetime as dt

import polars as pl
import pytest

from schemas.found import found_column, found_text


@pytest.mark.parametrize("name", ["plain", "*", "^.*$", "^a", "with space", "\u540d\u524d", "", "a.b", 'q"q'])
def test_a_column_is_found_by_its_exact_name(name: str) -> None:
    """Some names polars takes for patterns, and would read other columns as well."""
    frame = pl.DataFrame({name: [1], "other": [2]})
    assert frame.select(found_column(name)).to_dict(as_series=False) == {name: [1]}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (pl.Series(["as it is "]), ["as it is "]),
        (pl.Series([dt.date(1, 1, 1), dt.date(9999, 12, 31)]), ["0001-01-01", "9999-12-31"]),
        (pl.Series([2**31 - 1], dtype=pl.Int32).cast(pl.Date), [None]),
        (pl.Series([2**63 - 1]).cast(pl.Datetime("ms", "UTC")), [None]),
        (pl.Series([float("nan"), 2.0, 2.5]), [None, "2", "2.5"]),
        (pl.Series([b"\xff", b"abc"]), [None, None]),
        (pl.Series([[1, 2]]), [None]),
        (pl.Series([{"a": 1}]), [None]),
        (pl.Series([None]), [None]),
    ],
)
def test_every_value_has_one_text_or_none(cells: pl.Series, expected: list[str | None]) -> None:
    """Rows are set aside with what stood in them, whatever its type, and without a panic."""
    frame = cells.alias("cell").to_frame()
    assert frame.with_columns(found_text(pl.col("cell"), cells.dtype).alias("cell"))["cell"].to_list() == expected
