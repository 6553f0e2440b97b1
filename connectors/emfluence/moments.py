"""Moments as the API writes them: GMT, 24 hours, always with the time. API: "Handling Dates/Times"."""

from datetime import UTC, date, datetime
from typing import Final

from connectors.emfluence.errors import WrongSettings

_FORMAT: Final = "%Y-%m-%d %H:%M:%S"


def gmt_text(value: object) -> str:
    """Write a moment or a date.

    A moment always has its time: the platform does not convert a bare date from GMT, "which can produce
    unexpected results".

    Raises:
        WrongSettings: A moment without a zone, which could be any; or something else altogether.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise WrongSettings("A datetime parameter needs a time zone.")
        return value.astimezone(UTC).strftime(_FORMAT)
    if isinstance(value, date):
        return value.isoformat()
    raise WrongSettings(f"A parameter of type {type(value).__name__} cannot be written as JSON.")


def read_moment(value: object) -> datetime | None:
    """Read a moment; None for what is none in this form."""
    try:
        return datetime.strptime(str(value), _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
