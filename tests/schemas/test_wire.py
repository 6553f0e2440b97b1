"""Typed values as the platform's own text."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contact import column_type
from schemas.fields import FieldType
from schemas.wire import wire_text
from tests.schemas.strategies import EXAMPLES


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (FieldType.TEXT, "Ann", "Ann"),
        (FieldType.EMAIL, "a@b.co", "a@b.co"),
        (FieldType.DATE, dt.date(1900, 2, 1), "1900-02-01"),
        (FieldType.DATETIME, dt.datetime(2024, 3, 1, tzinfo=dt.UTC), "2024-03-01 00:00:00"),
        (FieldType.DATETIME, dt.datetime(2024, 3, 1, 9, 1, 12, 999999, dt.UTC), "2024-03-01 09:01:12"),
        (FieldType.INTEGER, -7, "-7"),
        (FieldType.BOOLEAN, True, "true"),
        (FieldType.BOOLEAN, False, "false"),
    ],
)
def test_each_type_has_one_text(kind: FieldType, value: object, text: str) -> None:
    """Dates are `yyyy-mm-dd`, times GMT with 24 hours and always there (API, Handling Dates/Times)."""
    frame = pl.DataFrame({"value": [value, None]}, schema={"value": column_type(kind)})
    assert frame.select(wire_text(pl.col("value"), kind))["value"].to_list() == [text, None]


@EXAMPLES
@given(st.lists(st.none() | st.datetimes(dt.datetime(1890, 1, 1), dt.datetime(2110, 1, 1)), max_size=4))  # noqa: DTZ001 - made GMT below
def test_days_and_moments_that_are_looked_up_are_written_like_all_others(times: list[dt.datetime | None]) -> None:
    """The texts are looked up where all lie in the years that fields may have, and are the same ones."""
    found = pl.Series("value", times, dtype=pl.Datetime("us")).dt.replace_time_zone("UTC").to_frame()
    days = found.select(pl.col("value").dt.date())
    moments = [time and f"{time:%Y-%m-%d %H:%M:%S}" for time in times]
    assert found.select(wire_text(pl.col("value"), FieldType.DATETIME))["value"].to_list() == moments
    assert days.select(wire_text(pl.col("value"), FieldType.DATE))["value"].to_list() == [
        time and f"{time:%Y-%m-%d}" for time in times
    ]
