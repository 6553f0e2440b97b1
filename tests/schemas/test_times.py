"""Local times to GMT, judged by Python's own zone rules as an independent oracle."""

import datetime as dt
import random
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from schemas.times import is_repeated, is_skipped, to_gmt

ZONES = [
    "America/Chicago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/London",
    "Pacific/Apia",
    "UTC",
]

Judged = tuple[dt.datetime | None, bool, bool]


def judged(zone: str, moments: list[dt.datetime | None]) -> list[Judged]:
    """Return what each local time is in GMT, whether it was skipped, and whether it came twice."""
    frame = pl.DataFrame({"local": moments}, schema={"local": pl.Datetime("us")})
    local = pl.col("local")
    return frame.select(
        gmt=to_gmt(local, zone), skipped=is_skipped(local, zone), repeated=is_repeated(local, zone)
    ).rows()


def expected(zone: str, local: dt.datetime) -> Judged:
    """Return the same from PEP 495: of both a gap and a fold, `fold=0` takes the offset from before the change."""
    first = local.replace(tzinfo=ZoneInfo(zone))
    gmt = first.astimezone(dt.UTC)
    skipped = gmt.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local
    return gmt, skipped, not skipped and first.replace(fold=1).utcoffset() != first.utcoffset()


@pytest.mark.parametrize("zone", ZONES)
def test_thousands_of_local_times_agree_with_the_oracle(zone: str) -> None:
    """A night of an hour's error would be seen by nobody."""
    chosen = random.Random(zone)  # noqa: S311 # test data, not a secret
    first = dt.datetime(1970, 1, 1)  # noqa: DTZ001 # local times are naive
    moments: list[dt.datetime | None] = [
        first + dt.timedelta(minutes=chosen.randrange(54 * 365 * 24 * 60)) for _ in range(2000)
    ]
    assert judged(zone, moments) == [expected(zone, moment) for moment in moments if moment is not None]


@pytest.mark.parametrize(
    ("zone", "day", "gap"),
    [
        ("America/Chicago", "2024-03-10", ("02:00", "02:59")),
        ("Europe/London", "2024-03-31", ("01:00", "01:59")),
        ("Australia/Lord_Howe", "2024-10-06", ("02:00", "02:29")),
        ("Pacific/Apia", "2011-12-30", ("00:00", "23:59")),
        ("America/Sao_Paulo", "2018-11-04", ("00:00", "00:59")),
    ],
)
def test_every_minute_around_a_gap_agrees_with_the_oracle(zone: str, day: str, gap: tuple[str, str]) -> None:
    """Gaps of an hour, of half an hour, of a whole day and at midnight are read by the one stated rule."""
    moments = minutes_around(day)
    found = judged(zone, [*moments])
    assert found == [expected(zone, moment) for moment in moments]
    skipped = [moment for moment, (_, is_gap, _) in zip(moments, found, strict=True) if is_gap]
    assert (f"{skipped[0]:%Y-%m-%d %H:%M}", f"{skipped[-1]:%Y-%m-%d %H:%M}") == (f"{day} {gap[0]}", f"{day} {gap[1]}")


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("America/Chicago", "2024-11-03", 60),
        ("Europe/London", "2024-10-27", 60),
        ("Australia/Lord_Howe", "2024-04-07", 30),
        ("America/Sao_Paulo", "2018-02-17", 60),
    ],
)
def test_every_minute_around_a_fold_agrees_with_the_oracle(zone: str, day: str, minutes: int) -> None:
    """Of a time that came twice the first is taken, and the row says so."""
    moments = minutes_around(day)
    found = judged(zone, [*moments])
    assert found == [expected(zone, moment) for moment in moments]
    assert sum(twice for _, _, twice in found) == minutes


def test_the_rule_in_one_example_each() -> None:
    """The sentences that people read state this rule."""
    gap, fold = dt.datetime(2024, 3, 10, 2, 30), dt.datetime(2024, 11, 3, 1, 30)  # noqa: DTZ001 # local times are naive
    assert judged("America/Chicago", [gap, fold]) == [
        (dt.datetime(2024, 3, 10, 8, 30, tzinfo=dt.UTC), True, False),
        (dt.datetime(2024, 11, 3, 6, 30, tzinfo=dt.UTC), False, True),
    ]


@pytest.mark.parametrize("zone", ["UTC", "America/Chicago"])
def test_no_time_stays_no_time(zone: str) -> None:
    """An empty cell is neither skipped nor repeated."""
    assert judged(zone, [None]) == [(None, False, False)]


def minutes_around(day: str) -> list[dt.datetime]:
    """Return every minute from noon before a day to noon after it."""
    noon = dt.datetime.fromisoformat(f"{day}T12:00") - dt.timedelta(days=1)
    return [noon + dt.timedelta(minutes=minute) for minute in range(48 * 60)]
