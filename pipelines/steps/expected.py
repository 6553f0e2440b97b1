"""What a range of days will ask of the platform at most, known before it starts."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.sources.registry import AnySource
from pipelines.installation import Installation


@dataclass(frozen=True)
class Expected:
    """What syncing some days takes at most, as far as that is known.

    Attributes:
        days: The days.
        rows: The rows that all of them are taken to hold.
        requests: The requests that these take, if every row is sent, in batches that are full.
        seconds: What those take at the platform's pace.
        unknown: The sources of which no day was ever read, so that their rows are not among these.
        same: The sources that say the same whichever day they are asked for.
    """

    days: tuple[dt.date, ...]
    rows: int
    requests: int
    seconds: int
    unknown: tuple[str, ...]
    same: tuple[str, ...]

    def to_document(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        numbers = {"days": len(self.days), "rows": self.rows, "requests": self.requests, "seconds": self.seconds}
        return {**numbers, "unknown_sources": list(self.unknown), "same_every_day": list(self.same)}


def expected(installation: Installation, days: Sequence[dt.date]) -> Expected:
    """Return what the days take at most.

    A day that was never read is taken to hold as many rows as the nearest day that was.

    Raises:
        StorageError: A snapshot's manifest is damaged.
    """
    destination = installation.settings.destination
    rows, requests, unknown = 0, 0, []
    for source in installation.settings.sources:
        known = _known_rows(installation, source)
        if not known:
            unknown.append(source.name)
            continue
        for day in days:
            of_day = known[min(known, key=lambda one: (abs(one - day), one))]
            rows += of_day
            requests += math.ceil(of_day / destination.batch_contacts)
    if any(source.groups for source in installation.settings.sources):
        requests += len(days)  # each sync asks about its groups before it sends
    return Expected(
        tuple(days),
        rows,
        requests,
        math.ceil(requests / destination.requests_per_second),
        tuple(unknown),
        tuple(one.name for one in installation.settings.sources if not names_a_day(one)),
    )


def names_a_day(source: AnySource) -> bool:
    """Tell whether a source gives another answer for another day: its settings name the day."""
    settings = source.model_dump_json()
    return "{date" in settings or ":date" in settings


def _known_rows(installation: Installation, source: AnySource) -> dict[dt.date, int]:
    tables, asset = installation.tables, f"extracted/{source.name}"
    stated = (tables.stated(asset, day) for day in tables.days(asset))
    return {table.day: table.rows for table in stated if table is not None}
