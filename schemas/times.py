"""Local times to GMT, and the stated rule for the local times that do not exist or come twice.

Rule: a time that the clocks skipped is read as if they had not been put forward yet; of a time that came twice
the first one is taken. Both leave a warning. Zone rules are those compiled into polars, so they do not depend on
the host.
"""

from typing import Final, Literal

import polars as pl

GMT: Final = "UTC"


def to_gmt(local: pl.Expr, zone: str) -> pl.Expr:
    """Return naive local datetimes as GMT ones, by the module's rule.

    Args:
        local: Naive datetimes.
        zone: The IANA name of their time zone.
    """
    if zone == GMT:
        return local.dt.replace_time_zone(GMT)
    zoned = _zoned(local, zone)
    before = _zoned(local.dt.offset_by("-24h"), zone)
    offset_before = before.dt.base_utc_offset() + before.dt.dst_offset()
    return zoned.dt.convert_time_zone(GMT).fill_null((local - offset_before).dt.replace_time_zone(GMT))


def is_skipped(local: pl.Expr, zone: str) -> pl.Expr:
    """Tell which naive local times never came, because the clocks were put forward over them."""
    return local.is_not_null() & _zoned(local, zone).is_null()


def is_repeated(local: pl.Expr, zone: str) -> pl.Expr:
    """Tell which naive local times came twice, because the clocks were put back over them."""
    return (_zoned(local, zone) != _zoned(local, zone, ambiguous="latest")).fill_null(value=False)


def _zoned(local: pl.Expr, zone: str, ambiguous: Literal["earliest", "latest"] = "earliest") -> pl.Expr:
    return local.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")
