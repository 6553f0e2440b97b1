"""Which of several files is the newest: by the date in their names if they have one, else by when they were changed."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, NamedTuple

from connectors.sources.errors import NotDelivered, SourceBroken

# Year, month, day, and the time after it, with whatever marks between them; longer runs of digits are no dates.
_DATE: Final = re.compile(
    r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"(?:[-_.T ]?([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:m]?([0-5]\d))?)?(?!\d)"
)


class Dated(NamedTuple):
    """A file that may be the newest: its path, what messages call it, and when it was changed."""

    path: str
    name: str
    modified: float | None


class Newest(NamedTuple):
    """The newest file, and how that is known: `name` or `modified`."""

    path: str
    origin: str


def newest(files: Sequence[Dated], day: date, wanted: str) -> Newest:
    """Return the newest of some files.

    Where every name holds one date, that decides, and files of days after the sync's are passed over, so that a
    backfill reads what was there on its day. Where no name does, the time of the last change decides.

    Args:
        files: The files; at least one.
        day: The day of the sync.
        wanted: What messages call the path in the settings.

    Raises:
        NotDelivered: All files are of later days.
        SourceBroken: Two files are equally new, or only some of the names hold a date.
    """
    times = [_time_in(one.path.rpartition("/")[2]) for one in files]
    dated = [(one, time) for one, time in zip(files, times, strict=True) if time is not None]
    if dated and len(dated) < len(files):
        without = next(one for one, time in zip(files, times, strict=True) if time is None)
        raise SourceBroken(
            f"{wanted}: the name of {dated[0][0].name} holds a date, that of {without.name} holds none or several, so "
            "that the newest file cannot be told. Name all alike, or narrow the path."
        )
    if not dated:
        return Newest(_latest(files, _changed, wanted), "modified")
    until = f"{day:%Y%m%d}"
    past = {one: time for one, time in dated if time[:8] <= until}
    if not past:
        raise NotDelivered(f"{wanted}: every file is of a day after {day}. Deliver that day's file.")
    return Newest(_latest(list(past), past.__getitem__, wanted), "name")


def _time_in(name: str) -> str | None:
    """Return the one date in a name as digits, which sort as times do."""
    found = _DATE.findall(name)
    return "".join(part for place, part in enumerate(found[0]) if place != 1) if len(found) == 1 else None


def _changed(one: Dated) -> float:
    if one.modified is None:
        raise SourceBroken(f"{one.name}: it is not known when it was changed, so the newest file cannot be told.")
    return one.modified


def _latest(files: Sequence[Dated], when: Callable[[Dated], str | float], wanted: str) -> str:
    latest = max(map(when, files))
    first, *others = [one for one in files if when(one) == latest]
    if others:
        raise SourceBroken(
            f"{wanted}: {first.name} and {others[0].name} are equally new. Take one away, or narrow the path."
        )
    return first.path
