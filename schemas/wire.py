"""Typed values to the platform's own text: dates, datetimes in GMT, whole numbers and booleans.

In a contact's canonical record null means "leave the destination's value alone" and an empty text means "empty it".
"""

import datetime as dt
from functools import cache
from typing import Final

import polars as pl

from schemas.fields import FieldType
from schemas.times import GMT

CLEAR: Final = ""

_FIRST_DAY: Final = dt.date(1900, 1, 1)
_LAST_DAY: Final = dt.date(2100, 12, 31)
_MIDNIGHT: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY: Final = "%Y-%m-%d"
_TIME: Final = " %H:%M:%S"
_DAY_IN_SECONDS: Final = 86_400
_SECOND: Final = 1_000_000


def wire_text(value: pl.Expr, field_type: FieldType) -> pl.Expr:
    """Return typed values as the text that a payload holds.

    Datetimes always carry their time: the API does not convert a bare date from GMT.
    """
    match field_type:
        case FieldType.DATE:
            return value.map_batches(_days, return_dtype=pl.String)
        case FieldType.DATETIME:
            return value.map_batches(_moments, return_dtype=pl.String)
        case FieldType.INTEGER | FieldType.BOOLEAN:
            return value.cast(pl.String)
        case _:
            return value


def _days(days: pl.Series) -> pl.Series:
    """Look up each day among all that fields may have: to write one takes ten times as long."""
    if days.dtype != pl.Date() or not days.is_between(_FIRST_DAY, _LAST_DAY).all():
        return days.dt.strftime(_DAY)
    return _written_days().gather((days - _FIRST_DAY).dt.total_days())


def _moments(moments: pl.Series) -> pl.Series:
    """Look up a moment's day, and its time of day."""
    days = moments.dt.date()
    if moments.dtype != pl.Datetime("us", GMT) or not days.is_between(_FIRST_DAY, _LAST_DAY).all():
        return moments.dt.strftime(f"{_DAY}{_TIME}")
    return _days(days) + _written_times().gather(moments.to_physical() // _SECOND % _DAY_IN_SECONDS)


@cache
def _written_days() -> pl.Series:
    return pl.date_range(_FIRST_DAY, _LAST_DAY, eager=True).dt.strftime(_DAY)


@cache
def _written_times() -> pl.Series:
    midnights = _MIDNIGHT, _MIDNIGHT + dt.timedelta(days=1)
    return pl.datetime_range(*midnights, interval="1s", closed="left", eager=True).dt.strftime(_TIME)
