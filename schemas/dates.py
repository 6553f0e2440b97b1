"""Columns read as days and as moments in GMT: which format is right, which zone holds, and what is doubtful."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from schemas.date_formats import birthday, day, in_range, moment, tells_gmt
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping
from schemas.readings import Normalised, checked, step_name
from schemas.texts import trimmed
from schemas.times import GMT, is_repeated, is_skipped, to_gmt, to_local

_BIRTHDAY: Final = "dateOfBirth"
_GMT_NAMES: Final = (GMT, "Etc/UTC", "GMT", "Etc/GMT")
_MIDNIGHT: Final = dt.time(0)
_ISO_DATE: Final = "%Y-%m-%d"
# A space in a format stands for any white space; the letter T is made one.
_ISO_DATETIMES: Final = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z")


def read_date(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    """Read a column as days."""
    if isinstance(dtype, pl.Datetime) and dtype.time_zone in _GMT_NAMES and mapping.timezone != GMT:
        return _day_of_moment(mapping, column)
    if isinstance(dtype, pl.Date | pl.Datetime):
        return checked(in_range(column.dt.date()), column.is_null(), IssueCode.DATE_INVALID)
    text, parsed = step_name(mapping, "text"), step_name(mapping, "parsed")
    one_day = birthday if mapping.field == _BIRTHDAY else day
    days, steps = _readings(mapping, "day", [one_day(pl.col(text), one) for one in mapping.formats or (_ISO_DATE,)])
    read = checked(
        pl.col(parsed),
        pl.col(text).is_null(),
        IssueCode.DATE_INVALID,
        (trimmed(column, dtype, mapping.blank_words).alias(text), *steps, pl.coalesce(days).alias(parsed)),
    )
    return _never_guessed(read, days)


def read_datetime(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    """Read a column as moments in GMT; those that carry no offset are of the mapping's zone."""
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return checked(in_range(column.dt.convert_time_zone(GMT)), column.is_null(), IssueCode.DATETIME_INVALID)
    if isinstance(dtype, pl.Date | pl.Datetime):
        local = step_name(mapping, "local")
        native = in_range(column).cast(pl.Datetime("us")).alias(local)
        read = _zoned(mapping, pl.col(local), None, column.is_null(), (native,))
        return _without_time(read, pl.col(local).is_not_null()) if isinstance(dtype, pl.Date) else read
    text = step_name(mapping, "text")
    found = trimmed(column, dtype, mapping.blank_words)
    if not mapping.formats:
        return _iso_datetime(mapping, text, found)
    naive, naive_steps = _readings(mapping, "naive", _moments(text, mapping.formats, gmt=False))
    aware, aware_steps = _readings(mapping, "aware", _moments(text, mapping.formats, gmt=True))
    local = step_name(mapping, "local")
    steps = (found.alias(text), *naive_steps, *aware_steps, _first(naive, None).alias(local))
    read = _zoned(mapping, pl.col(local), _first(aware, GMT), pl.col(text).is_null(), steps)
    return _never_guessed(read, [one.dt.replace_time_zone(None) for one in (*naive, *aware)])


def _day_of_moment(mapping: FieldMapping, column: pl.Expr) -> Normalised:
    """Read moments of GMT as the day that they are of in the mapping's zone.

    Midnight in GMT is how some programs write a day without a zone: where it is another day in the zone, both are meant
    by somebody.
    """
    local = step_name(mapping, "local")
    moments = in_range(column).cast(pl.Datetime("us", GMT))
    day = pl.col(local).dt.date()
    read = checked(
        in_range(day), column.is_null(), IssueCode.DATE_INVALID, (to_local(moments, mapping.timezone).alias(local),)
    )
    midnight = pl.when(column.dt.time() == _MIDNIGHT).then(column.dt.date())
    return _never_guessed(read, [day, midnight])


def _iso_datetime(mapping: FieldMapping, text: str, found: pl.Expr) -> Normalised:
    """Read ISO 8601; a day without a time is its own start, and said to be."""
    timed, aware, bare, local = (step_name(mapping, word) for word in ("timed", "aware", "bare", "local"))
    steps = (
        found.str.to_uppercase().str.replace("T", " ", literal=True).alias(text),  # RFC 3339, 5.6: small letters too
        _first(_moments(text, _ISO_DATETIMES, gmt=False), None).alias(timed),
        _first(_moments(text, _ISO_DATETIMES, gmt=True), GMT).alias(aware),
        day(pl.col(text), _ISO_DATE).cast(pl.Datetime("us")).alias(bare),
        pl.coalesce(timed, bare).alias(local),
    )
    read = _zoned(mapping, pl.col(local), pl.col(aware), pl.col(text).is_null(), steps)
    return _without_time(read, pl.col(bare).is_not_null())


def _zoned(
    mapping: FieldMapping, local: pl.Expr, aware: pl.Expr | None, blank: pl.Expr, steps: tuple[pl.Expr, ...]
) -> Normalised:
    """Bring local times to GMT. Their range is checked before: polars panics on zones of the year 200,000."""
    zone, gmt = mapping.timezone, step_name(mapping, "gmt")
    when = to_gmt(local, zone) if aware is None else pl.coalesce(aware, to_gmt(local, zone))
    read = checked(in_range(pl.col(gmt)), blank, IssueCode.DATETIME_INVALID, (*steps, when.alias(gmt)))
    if zone == GMT:
        return read
    unstable = {
        IssueCode.TIME_SKIPPED: is_skipped(local, zone),
        IssueCode.TIME_REPEATED: is_repeated(local, zone),
    }
    return replace(read, findings=read.findings | unstable)


def _without_time(read: Normalised, bare: pl.Expr) -> Normalised:
    return replace(read, findings=read.findings | {IssueCode.TIME_MISSING: bare})


def _never_guessed(read: Normalised, readings: Sequence[pl.Expr]) -> Normalised:
    """Leave out what two formats read as different things: 03/04 is in March for one half of the world."""
    if len(readings) == 1:
        return read
    ambiguous = (pl.min_horizontal(readings) != pl.max_horizontal(readings)).fill_null(value=False)
    return replace(
        read,
        value=pl.when(~ambiguous).then(read.value),
        findings=read.findings | {IssueCode.DATE_AMBIGUOUS: ambiguous},
    )


def _readings(
    mapping: FieldMapping, word: str, attempts: Sequence[pl.Expr]
) -> tuple[list[pl.Expr], tuple[pl.Expr, ...]]:
    """Return each format's reading as a column, and the step that makes it."""
    names = [step_name(mapping, f"{word} {number}") for number in range(len(attempts))]
    steps = tuple(attempt.alias(name) for attempt, name in zip(attempts, names, strict=True))
    return [pl.col(name) for name in names], steps


def _moments(text: str, patterns: Sequence[str], *, gmt: bool) -> list[pl.Expr]:
    return [moment(pl.col(text), pattern) for pattern in patterns if tells_gmt(pattern) is gmt]


def _first(readings: Sequence[pl.Expr], zone: str | None) -> pl.Expr:
    return pl.coalesce(readings) if readings else pl.lit(None, pl.Datetime("us", zone))
