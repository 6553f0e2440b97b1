"""Local times to GMT, and the stated rule for the local times that do not exist or come twice.

Rule: a time that the clocks skipped is read as if they had not been put forward yet; of a time that came twice
the first one is taken. Both leave a warning. The zones' rules are those of `schemas.zone_changes` and not polars' own,
which are older; looked up among a zone's few hundred changes, they also cost a third.
"""

from collections.abc import Callable
from typing import Final

import polars as pl

from schemas.zone_changes import ZoneChanges, zone_changes

GMT: Final = "UTC"


def to_gmt(local: pl.Expr, zone: str) -> pl.Expr:
    """Return naive local datetimes as GMT ones, by the module's rule.

    Args:
        local: Naive datetimes of the years that fields may have.
        zone: The IANA name of their time zone.
    """
    if zone == GMT:
        return local.dt.replace_time_zone(GMT)
    return _looked_up(local, zone, _in_gmt, pl.Datetime("us", GMT))


def to_local(moments: pl.Expr, zone: str) -> pl.Expr:
    """Return moments of GMT as the naive local datetimes that the clocks of a zone showed.

    Args:
        moments: Datetimes in GMT, of the years that fields may have.
        zone: The IANA name of the time zone.
    """
    return _looked_up(moments, zone, _on_clocks, pl.Datetime("us"))


def is_skipped(local: pl.Expr, zone: str) -> pl.Expr:
    """Tell which naive local times never came, because the clocks were put forward over them."""
    return _looked_up(local, zone, lambda times, changes: _doubted(times, changes, skipped=True), pl.Boolean())


def is_repeated(local: pl.Expr, zone: str) -> pl.Expr:
    """Tell which naive local times came twice, because the clocks were put back over them."""
    return _looked_up(local, zone, lambda times, changes: _doubted(times, changes, skipped=False), pl.Boolean())


def _looked_up(
    local: pl.Expr, zone: str, answer: Callable[[pl.Series, ZoneChanges], pl.Series], dtype: pl.DataType
) -> pl.Expr:
    return local.map_batches(
        lambda times: answer(times.cast(pl.Datetime("us")).to_physical(), zone_changes(zone)), return_dtype=dtype
    )


def _in_gmt(times: pl.Series, changes: ZoneChanges) -> pl.Series:
    """Take the offset from before a change for as long as the change leaves doubt: that is the rule for both kinds."""
    settled = _count(changes.settled_from, times)
    return (times - changes.offsets.gather(settled)).cast(pl.Datetime("us", GMT))


def _on_clocks(times: pl.Series, changes: ZoneChanges) -> pl.Series:
    lowest = pl.select(pl.min_horizontal(changes.offsets.head(-1), changes.offsets.tail(-1))).to_series()
    passed = _count(changes.doubted_from - lowest, times)  # a change leaves doubt from its moment on by the lower clock
    return (times + changes.offsets.gather(passed)).cast(pl.Datetime("us"))


def _doubted(times: pl.Series, changes: ZoneChanges, *, skipped: bool) -> pl.Series:
    """Tell which times lie in a change that skips times, or in one that does not."""
    settled, begun = _count(changes.settled_from, times), _count(changes.doubted_from, times)
    kinds = changes.skips.extend_constant(None, 1).gather(settled)
    return ((settled < begun) & (kinds == skipped) & times.is_not_null()).fill_null(value=False)


def _count(moments: pl.Series, times: pl.Series) -> pl.Series:
    """Return how many of some moments have passed at each time."""
    return moments.search_sorted(times.fill_null(0), side="right")
