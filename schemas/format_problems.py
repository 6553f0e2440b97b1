"""Formats of dates that could not work, or could mean two things: found in the settings, before they cost a column.

The directives are those by which a day or a moment is read, and no more: a week's number or a zone's name reads as
nothing, and would be skipped without a word.
"""

import datetime as dt
import re
from typing import Final

import polars as pl

from schemas.date_formats import EPOCHS, EXCEL, day, moment
from schemas.fields import FieldType
from schemas.times import GMT

_DIRECTIVE: Final = re.compile(r"%[-_0]?(:{0,3}z|#z|\.?[369]?f|.|\Z)", re.DOTALL)

_DAY: Final = ("year", "month", "day")
_CLOCK: Final = ("hour", "minute", "second")
_PARTS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys("Yy", ("year",)),
    **dict.fromkeys("mbBh", ("month",)),
    **dict.fromkeys("de", ("day",)),
    "j": ("month", "day"),
    **dict.fromkeys("FDxv", _DAY),
    **dict.fromkeys("Hk", ("hour",)),
    **dict.fromkeys("Il", ("hour", "hour of twelve")),
    **dict.fromkeys("pP", ("half of the day",)),
    "M": ("minute",),
    "S": ("second",),
    "R": ("hour", "minute"),
    **dict.fromkeys("TX", _CLOCK),
    "r": (*_CLOCK, "hour of twelve", "half of the day"),
    **dict.fromkeys((".f", *(f"{dot}{digits}f" for dot in ("", ".") for digits in "369")), ("fraction",)),
    **dict.fromkeys(("z", ":z", "#z"), ("offset",)),
    **dict.fromkeys("s+", (*_DAY, *_CLOCK, "offset")),
    "c": (*_DAY, *_CLOCK),
    **dict.fromkeys("aAnt%", ()),  # a weekday is checked against its day
}
"""By directive, what a text is told by it."""

DIRECTIVES: Final = tuple(_PARTS)
"""All that a format may have after a percent sign; docs/rules.md shows them."""

_HINTS: Final = {
    "Z": " A zone's name would be skipped: write it into the format as it stands there, and set timezone.",
    "f": " Write %.f, which takes the point with it.",
}

_SAMPLES: Final = (dt.datetime(2024, 3, 14, 15, 26, 53), dt.datetime(1987, 11, 25, 4, 7, 9))  # noqa: DTZ001 # local


def format_problem(pattern: str, kind: FieldType) -> str | None:
    """Say why a format cannot be used for a date or a datetime; None where it can."""
    if pattern == EXCEL or pattern in EPOCHS:
        return None
    directives = _DIRECTIVE.findall(pattern)
    if not directives:
        return f"it has no %, and is none of {', '.join((EXCEL, *EPOCHS))}."
    for one in directives:
        if one not in _PARTS:
            return f"%{one} is no directive that a date is read by.{_HINTS.get(one, '')}"
    return _parts_problem([part for one in directives for part in _PARTS[one]], kind) or _reading_problem(pattern, kind)


def _parts_problem(parts: list[str], kind: FieldType) -> str | None:
    """Say which part stands there twice, or not at all."""
    repeated = [part for part in dict.fromkeys(parts) if parts.count(part) > 1]
    # A birthday may have no year, and is of 1900 then; a moment has one.
    needed = _DAY[1:] if kind is FieldType.DATE else _DAY
    missing = [part for part in needed if part not in parts]
    if repeated:
        return f"the {repeated[0]} stands there twice."
    if missing:
        return f"it has no {' and no '.join(missing)}."
    if ("hour of twelve" in parts) is not ("half of the day" in parts):
        return "%I and %p (AM or PM) need each other; hours of 24 are %H."
    if ("hour" in parts) is not ("minute" in parts) or ("second" in parts and "hour" not in parts):
        return "a time has an hour and a minute (%H:%M)."
    return "an offset needs a time before it." if "offset" in parts and "hour" not in parts else None


def _reading_problem(pattern: str, kind: FieldType) -> str | None:
    """Say whether what the format writes is not what it reads, for whatever reason is not named above."""
    try:
        written = pl.Series(_SAMPLES).dt.replace_time_zone(GMT).dt.strftime(pattern.replace("%#z", "%z"))
        text = written.alias("text").to_frame().lazy()
        read = day(pl.col("text"), pattern) if kind is FieldType.DATE else moment(pl.col("text"), pattern).dt.date()
        found = text.select(read).collect().to_series().to_list()
    except pl.exceptions.ComputeError:
        found = []
    told = "%m-%d" if kind is FieldType.DATE else "%Y-%m-%d"  # a birthday's year may be left out
    pairs = zip(found, _SAMPLES, strict=False)
    agrees = [one is not None and one.strftime(told) == meant.strftime(told) for one, meant in pairs]
    return None if agrees == [True] * len(_SAMPLES) else "what it writes cannot be read by it."
