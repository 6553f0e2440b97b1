"""Typed values as the platform's own text."""

import datetime as dt

import polars as pl
import pytest

from schemas.contact import column_type
from schemas.fields import FieldType
from schemas.wire import wire_text


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
