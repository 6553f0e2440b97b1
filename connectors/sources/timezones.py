"""The names of time zones, from the pinned `tzdata` package: a host's own list may differ from the next host's."""

from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator

from connectors.sources.nearest import did_you_mean


@cache
def timezone_names() -> frozenset[str]:
    """Return every IANA name that `tzdata` knows."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


def _known(name: str) -> str:
    if name not in timezone_names():
        hint = did_you_mean(name, timezone_names())
        raise ValueError(f'"{name}" is not a time zone.{hint} Use an IANA name such as America/Chicago.')
    return name


TimezoneName = Annotated[str, AfterValidator(_known)]
"""A string that is the IANA name of a time zone."""
