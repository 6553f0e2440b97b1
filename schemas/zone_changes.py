"""When the clocks of a time zone change, as the pinned `tzdata` package has it.

Neither the host's rules nor those that polars was built with: they may be older, and of a law that was made since then
they know nothing, so that every time after it would be an hour off.
"""

import datetime as dt
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

_MICROSECONDS: Final = 1_000_000
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST: Final = int((dt.datetime(1899, 12, 1, tzinfo=dt.UTC) - _EPOCH).total_seconds())
_LAST: Final = int((dt.datetime(2101, 2, 1, tzinfo=dt.UTC) - _EPOCH).total_seconds())

# The file format is RFC 9636's: a header of 44 bytes, of which the last 24 are six counts.
_HEADER: Final = 44
# Two changes by a yearly rule are further apart than this.
_STEP: Final = 8 * 86_400


@dataclass(frozen=True)
class ZoneChanges:
    """A zone's changes from 1900 to 2100, in order; all times in microseconds.

    Attributes:
        doubted_from: The local time from which on a change skips times, or lets them come twice.
        settled_from: The local time from which on it no longer does.
        skips: Whether it skips times.
        offsets: What local times are ahead of GMT: before the first change, then after each of them.
    """

    doubted_from: pl.Series
    settled_from: pl.Series
    skips: pl.Series
    offsets: pl.Series


@cache
def zone_changes(name: str) -> ZoneChanges:
    """Return a zone's changes by its IANA name."""
    data = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    zone = ZoneInfo.from_file(BytesIO(data), key=name)
    first, changes = _offset(zone, _FIRST), []
    before = first
    for when in _moments(data, zone):
        after = _offset(zone, when)
        if after != before:
            changes.append((when + min(before, after), when + max(before, after), after > before, after))
            before = after
    doubted, settled, skips, offsets = zip(*changes, strict=True) if changes else ((), (), (), ())
    return ZoneChanges(
        pl.Series(doubted, dtype=pl.Int64) * _MICROSECONDS,
        pl.Series(settled, dtype=pl.Int64) * _MICROSECONDS,
        pl.Series(skips, dtype=pl.Boolean),
        pl.Series([first, *offsets], dtype=pl.Int64) * _MICROSECONDS,
    )


def _moments(data: bytes, zone: ZoneInfo) -> Iterator[int]:
    """Yield the seconds since 1970 at which something changes, ascending: those of the file, then those of its rule."""
    listed = _listed(data)
    yield from (when for when in listed if _FIRST < when < _LAST)
    rule = data.rstrip(b"\n").rpartition(b"\n")[2]
    if b"," not in rule:  # no summer time for ever after
        return
    earlier = max(listed[-1] if listed else _FIRST, _FIRST)
    while earlier < _LAST:
        later = earlier + _STEP
        if _offset(zone, earlier) != _offset(zone, later):
            yield _between(zone, earlier, later)
        earlier = later


def _between(zone: ZoneInfo, earlier: int, later: int) -> int:
    """Return the first second of the later one's offset."""
    offset = _offset(zone, earlier)
    while later - earlier > 1:
        middle = (earlier + later) // 2
        earlier, later = (middle, later) if _offset(zone, middle) == offset else (earlier, middle)
    return later


def _listed(data: bytes) -> list[int]:
    """Return the moments in a zone's file: those of its second part, which has 64 bits for each."""
    local, standard, leaps, times, types, letters = struct.unpack(">6l", data[_HEADER - 24 : _HEADER])
    second = _HEADER + times * 5 + types * 6 + letters + leaps * 8 + standard + local
    count = struct.unpack(">l", data[second + _HEADER - 12 : second + _HEADER - 8])[0]
    return list(struct.unpack(f">{count}q", data[second + _HEADER : second + _HEADER + 8 * count]))


def _offset(zone: ZoneInfo, second: int) -> int:
    offset = (_EPOCH + dt.timedelta(seconds=second)).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())
