"""How long a source has said the same: an export that stopped being written looks like a quiet night otherwise."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from connectors.sources.registry import AnySource
from pipelines.installation import Installation


@dataclass(frozen=True)
class Freshness:
    """How fresh a source is on a day.

    Attributes:
        source: The source's name.
        day: The day that is asked about.
        read: The last day up to it on which the source was read.
        changed: The first of the days up to that one on which it said what it says still.
        stale_after_days: For how many days it may say the same; None for any number.
    """

    source: str
    day: dt.date
    read: dt.date
    changed: dt.date
    stale_after_days: int | None

    @property
    def age_days(self) -> int:
        """For how many days it has not been seen to change."""
        return (self.day - self.changed).days

    @property
    def stale(self) -> str | None:
        """What a person reads where it has said the same for too long, or None."""
        if self.stale_after_days is None or self.age_days <= self.stale_after_days:
            return None
        return (
            f"Source {self.source} says the same as on {self.changed}, {self.age_days} days ago, and was last read on "
            f"{self.read}; stale_after_days allows {self.stale_after_days}. See whether its export still runs."
        )

    def to_document(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        return {
            "read": self.read.isoformat(),
            "changed": self.changed.isoformat(),
            "age_days": self.age_days,
            "stale": self.stale,
        }


def freshness(installation: Installation, source: AnySource, day: dt.date) -> Freshness | None:
    """Return how fresh a source is on a day; None where it was never read up to then.

    Two snapshots say the same where their files are equal to the byte.

    Raises:
        StorageError: A snapshot's manifest is damaged.
    """
    asset = f"extracted/{source.name}"
    read = next((one for one in installation.tables.days(asset) if one <= day), None)
    changed = None if read is None else unchanged_since(installation, asset, read)
    if read is None or changed is None:
        return None
    return Freshness(source.name, day, read, changed, source.stale_after_days)


def unchanged_since(installation: Installation, asset: str, day: dt.date) -> dt.date | None:
    """Return the first of the days up to one on which a source said what it says on that day; None if it said nothing.

    Raises:
        StorageError: A snapshot's manifest is damaged.
    """
    tables = installation.tables
    stated = (tables.stated(asset, one) for one in tables.days(asset) if one <= day)
    read = (table for table in stated if table is not None)
    last = changed = next(read, None)
    for table in read:
        if last is None or table.facts.get("sha256") != last.facts.get("sha256"):
            break
        changed = table
    return None if changed is None else changed.day


def freshness_document(installation: Installation, day: dt.date) -> dict[str, dict[str, Any]]:
    """Return, as `--json` prints it, how fresh every source is that was read, in the order of the settings."""
    found = [freshness(installation, source, day) for source in installation.settings.sources]
    return {one.source: one.to_document() for one in found if one is not None}
