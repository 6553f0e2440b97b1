"""One format's reading of text as a day or a moment; which of several formats is right is decided elsewhere.

A format is a strftime pattern, or a word: `excel` for the serial numbers of spreadsheets, `epoch` and `epoch_ms` for
seconds and milliseconds since 1970.
"""

import datetime as dt
import re
from typing import Final

import polars as pl

from schemas.times import GMT

EXCEL: Final = "excel"
EPOCHS: Final = {"epoch": 1_000_000, "epoch_ms": 1_000}
"""By format, how many microseconds its unit has."""

# Later years are typing errors; earlier ones as well, and 1900 means "no year" (API: dateOfBirth).
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100

_NUMBER: Final = r"\A-?[0-9]{1,15}(?:\.[0-9]{1,20})?\z"

# Excel counts from 1900-01-01 as day 1, and counts a 29 February 1900 that never was as day 60.
_EXCEL_DAY_0: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 # a spreadsheet's time is local
_EXCEL_FALSE_DAY: Final = 60
_DAY_IN_SECONDS: Final = 86_400

# An offset, seconds since 1970, or a literal Z at the end: the text itself says what its GMT is. A zone's name (%Z)
# does not: names are ambiguous, and the parser skips them.
_TELLS_GMT: Final = re.compile(r"%:*#?z|%\+|%s|(?<!%)Z\Z")
# Days that are read sooner than they are found among those read before. Moments are: few come twice.
_QUICK: Final = re.compile(r"(?:%[Ymd]|[^%])*")
_TELLS_YEAR: Final = re.compile(r"%[-_0]?[YyDFxcsv+]")

# The parser takes a year of two digits for one of 1970 to 2069: people would be born in 2055.
_TELLS_TWO_DIGITS: Final = re.compile(r"%[-_0]?[yDx]")
_LAST_BIRTH_YEAR: Final = 2029

# Numbers with nothing or mere space between them: the parser would read 2024112 as one day, and it can be two.
_DIGITS: Final = "%[-_0]?[YymdejHMS]"
_LOOSE: Final = re.compile(rf"{_DIGITS}(?:(?:\s+(?=%[-_0]?[Yymdej]))?{_DIGITS})+")
_WIDTHS: Final = {"Y": 4, "j": 3}


def tells_gmt(pattern: str) -> bool:
    """Tell whether what a format reads says by itself which moment of GMT it is."""
    return pattern in EPOCHS or _TELLS_GMT.search(pattern) is not None


def day(text: pl.Expr, pattern: str) -> pl.Expr:
    """Return texts read as days by one format, null where it does not fit. A day without a year is one of 1900."""
    if pattern == EXCEL or pattern in EPOCHS:
        return moment(text, pattern).dt.date()
    text = _told_apart(text, pattern)
    if _TELLS_YEAR.search(pattern) is None:
        text, pattern = text + f" {FIRST_YEAR}", f"{pattern} %Y"
    return in_range(text.str.to_date(pattern, strict=False, exact=True, cache=_QUICK.fullmatch(pattern) is None))


def birthday(text: pl.Expr, pattern: str) -> pl.Expr:
    """Return texts read as days of birth: nobody was born in the years to come, where a year has two digits."""
    born = day(text, pattern)
    if _TELLS_TWO_DIGITS.search(pattern) is None:
        return born
    return pl.when(born.dt.year() > _LAST_BIRTH_YEAR).then(born.dt.offset_by("-100y")).otherwise(born)


def moment(text: pl.Expr, pattern: str) -> pl.Expr:
    """Return texts read as datetimes by one format, null where it does not fit; in GMT where the format tells it."""
    if pattern == EXCEL:
        return in_range(_excel(_number(text)))
    if pattern in EPOCHS:
        return in_range(_microseconds(_number(text) * EPOCHS[pattern]).dt.replace_time_zone(GMT))
    zone, text = GMT if tells_gmt(pattern) else None, _told_apart(text, pattern)
    return in_range(
        text.str.to_datetime(pattern, time_unit="us", time_zone=zone, strict=False, exact=True, cache=False)
    )


def _told_apart(text: pl.Expr, pattern: str) -> pl.Expr:
    """Return texts with null where numbers that nothing parts have too few digits to be told apart."""
    runs = [_digits(run) for run in _LOOSE.findall(pattern)]
    return pl.when(*(text.str.contains(run) for run in runs)).then(text) if runs else text


def _digits(run: str) -> str:
    """Return the pattern of a run of numbers: one that touches another has all its digits."""
    numbers = re.findall(r"(\s*)%[-_0]?(.)", run)
    spaces = [space for space, _ in numbers] + [" "]
    written = ""
    for place, (space, word) in enumerate(numbers):
        touches = (place > 0 and not space) or not spaces[place + 1]
        written += (r"\s+" if space else "") + f"[0-9]{{{'' if touches else '1,'}{_WIDTHS.get(word, 2)}}}"
    return rf"(?:\A|[^0-9]){written}(?:[^0-9]|\z)"


def in_range(when: pl.Expr) -> pl.Expr:
    """Return days or datetimes with null where their year is a typing error."""
    return pl.when(when.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(when)


def _number(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_NUMBER)).then(text).cast(pl.Float64)


def _excel(serial: pl.Expr) -> pl.Expr:
    """Return the moment of a serial number, to the second: its fraction of a day is no exact one."""
    days = serial.floor()
    shifted = days + (days < _EXCEL_FALSE_DAY).cast(pl.Int64)
    seconds = shifted * _DAY_IN_SECONDS + ((serial - days) * _DAY_IN_SECONDS).round()
    moments = pl.lit(_EXCEL_DAY_0, pl.Datetime("us")) + _duration(seconds * EPOCHS["epoch"])
    return pl.when(days != _EXCEL_FALSE_DAY).then(moments)


def _duration(microseconds: pl.Expr) -> pl.Expr:
    return microseconds.cast(pl.Int64, strict=False).cast(pl.Duration("us"))


def _microseconds(count: pl.Expr) -> pl.Expr:
    return count.round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
