"""What a cell's number means under its format: a number, a number with its zeros, or a moment; as text, exactly."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

_DATES: Final = frozenset((*range(14, 23), 45, 47, *range(27, 37), *range(50, 59)))
"""The numbers of Excel's own formats for dates and times (ECMA-376, 18.8.30); 46 is a duration."""

_NO_DATE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTER: Final = re.compile(r"[dmyhs]", re.IGNORECASE)
_DURATION: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_LAST_SERIAL: Final = 2_958_466  # the day after 9999-12-31
_LEAP_BUG: Final = 60  # 1900-02-29, which never was
_DAY_MS: Final = 86_400_000
_WHOLE: Final = 10**21


def is_date_format(number: int, code: str | None) -> bool:
    """Tell whether a format shows a number as a date or a time of day.

    Args:
        number: The format's number.
        code: Its text, None for one of Excel's own.
    """
    if code is None:
        return number in _DATES
    shown = _NO_DATE.sub("", code.partition(";")[0])
    return _DURATION.search(shown) is None and _DATE_LETTER.search(shown) is not None


def leading_zeros(code: str | None) -> int:
    """Return how many digits a format fills up with zeros, as `00000` does for postal codes; 0 for others."""
    return len(code) if code is not None and code.strip("0") == "" else 0


def number_text(value: str, zeros: int = 0) -> str:
    """Return a number as Excel counts it, with 15 digits, and without `.0` or an exponent.

    Args:
        value: The number as the workbook has it.
        zeros: How many digits it is filled up to.

    Raises:
        ValueError: It is none.
    """
    number = float(value)
    if number.is_integer() and abs(number) < _WHOLE:
        return str(int(number)).zfill(zeros)
    return format(Decimal(format(number, ".15g")), "f")


def moment_text(value: str, *, from_1904: bool) -> str:
    """Return a date as `2026-11-24`, with its time where it is not midnight, or a time of day as `14:30:00`.

    Args:
        value: The days since the workbook's first, as it has them.
        from_1904: Whether that is in 1904, as in old workbooks of the Mac.

    Raises:
        ValueError: It is no number.
    """
    serial = float(value)
    if not 0 <= serial < _LAST_SERIAL:
        return number_text(value)
    days, milliseconds = divmod(round(serial * _DAY_MS), _DAY_MS)
    if days == 0 and not from_1904:
        return _clock(datetime(1900, 1, 1) + timedelta(milliseconds=milliseconds))  # noqa: DTZ001 - a cell has no zone
    if days == _LEAP_BUG and not from_1904:
        return "1900-02-29"
    first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if days < _LEAP_BUG else 30)  # noqa: DTZ001 - as above
    moment = first + timedelta(days=days, milliseconds=milliseconds)
    return f"{moment:%Y-%m-%d}".zfill(10) + (f" {_clock(moment)}" if milliseconds else "")


def _clock(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="milliseconds" if moment.microsecond else "seconds")[11:]
