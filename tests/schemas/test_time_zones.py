"""Every change of every clock from 1970 to 2025, and the rules of the years to come, judged by Python's own reading.

Both sides read the pinned `tzdata`; the host's rules and those that polars was built with may be older.
"""

import datetime as dt
from functools import cache
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from schemas.times import is_repeated, is_skipped, to_gmt
from schemas.zone_changes import zone_changes

SECOND = dt.timedelta(seconds=1)
FIRST, LAST = dt.datetime(1970, 1, 1), dt.datetime(2026, 1, 1)  # noqa: DTZ001 # local times are naive

# Noons, three weeks apart: a change that was overlooked is wrong for longer than that.
NOONS = [dt.datetime(1969, 1, 1, 12) + dt.timedelta(weeks=3 * step) for step in range(75 * 17)]  # noqa: DTZ001 # local

# Greenland gave up its summer time and took it up again in the years of the file's last entry: there Python already
# goes by the rule for the years after it, for one hour too many.
PYTHON_IS_WRONG = {("America/Godthab", "2023-10-28 23:00:01"), ("America/Nuuk", "2023-10-28 23:00:01")}

Judged = tuple[dt.datetime, bool, bool]


@cache
def zones() -> dict[str, ZoneInfo]:
    """Return the zones of the package by name; of those that are one by several names, one."""
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    data = {name: files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes() for name in names}
    distinct = {content: name for name, content in data.items()}
    return {name: ZoneInfo.from_file(BytesIO(content), key=name) for content, name in distinct.items()}


def around_changes(name: str) -> list[dt.datetime]:
    """Return the local times on both edges of each gap and fold, beside them, and in its middle."""
    changes = zone_changes(name)
    table = pl.DataFrame({"begin": changes.doubted_from, "end": changes.settled_from})
    edges = table.select(pl.all().cast(pl.Datetime("us"))).filter(pl.col("end").is_between(FIRST, LAST)).rows()
    near = {edge + step * SECOND for pair in edges for edge in pair for step in (-1, 0, 1)}
    return sorted(near | {begin + (end - begin) / 2 for begin, end in edges})


def expected(zone: ZoneInfo, local: dt.datetime) -> Judged:
    """Return a local time's GMT, whether it was skipped and whether it came twice (PEP 495: `fold=0` is before)."""
    first = local.replace(tzinfo=zone)
    gmt = first.astimezone(dt.UTC)
    skipped = gmt.astimezone(zone).replace(tzinfo=None) != local
    return gmt, skipped, not skipped and first.replace(fold=1).utcoffset() != first.utcoffset()


def judged(name: str, moments: list[dt.datetime]) -> list[Judged]:
    """Return the same as we read it."""
    local = pl.col("local")
    frame = pl.DataFrame({"local": moments}, schema={"local": pl.Datetime("us")})
    return frame.select(
        gmt=to_gmt(local, name), skipped=is_skipped(local, name), repeated=is_repeated(local, name)
    ).rows()


def test_every_change_of_every_clock_agrees_with_the_oracle() -> None:
    """An hour's error in one zone of six hundred would be seen by nobody."""
    moments = {name: around_changes(name) for name in zones()}
    wrong = {
        (name, str(local))
        for name, zone in zones().items()
        for local, ours in zip(moments[name], judged(name, moments[name]), strict=True)
        if ours != expected(zone, local)
    }
    assert wrong <= PYTHON_IS_WRONG
    assert sum(map(len, moments.values())) > 50_000


def test_no_change_is_overlooked() -> None:
    """The edges above are those that we know of; a change that we miss shows in the weeks after it, also after 2025."""
    for name, zone in zones().items():
        ours = pl.DataFrame({"local": NOONS}).select(to_gmt(pl.col("local"), name)).to_series().to_list()
        assert ours == [noon.replace(tzinfo=zone).astimezone(dt.UTC) for noon in NOONS], name


@pytest.mark.parametrize("year", [1900, 2038, 2100])
def test_a_zone_s_rule_goes_on_to_the_last_year(year: int) -> None:
    """Its file lists the changes of some decades only."""
    days = [dt.datetime(year, 1, 1, 12) + dt.timedelta(days=day) for day in range(365)]  # noqa: DTZ001 # local
    for name in ("America/Chicago", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "Etc/GMT+5"):
        assert [gmt for gmt, _, _ in judged(name, days)] == [expected(ZoneInfo(name), day)[0] for day in days], name


def test_a_law_of_this_year_is_known() -> None:
    """The package is pinned and renewed for this: what other libraries were built with lags behind by months."""
    assert judged("America/Vancouver", [dt.datetime(2026, 11, 24, 10)]) == [  # noqa: DTZ001 # local
        (dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC), False, False)
    ]
