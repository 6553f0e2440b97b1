"""Quality: what validation found of a source's day, measured once, compared with the days before, and guarded."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

from connectors.storage.files import StorageError
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.guards import GuardStopError
from pipelines.steps.slices import slices
from schemas.quality import Quality, is_over, jumps, measure

GUARD: Final = "rejected_share"

COMPARED_DAYS: Final = 7
"""A day is compared with so many days of the source before it: the last week of a nightly sync."""

_OLDEST: Final = 31
"""Days that lie further back say nothing of what is usual."""

_FACTS: Final = {"worst", *(one.name for one in fields(Quality))}

_NAMED_REASONS: Final = 3


@dataclass(frozen=True)
class Standing:
    """A source's quality on one day, beside what its settings allow and what is usual.

    Attributes:
        source: The source's name.
        day: The day.
        quality: The day's numbers.
        before: By day, those of the days that it is compared with, the last one first.
        limit: The share of rejected rows that stops a sync.
    """

    source: str
    day: dt.date
    quality: Quality
    before: dict[dt.date, Quality]
    limit: float

    @property
    def over_limit(self) -> str | None:
        """What a person reads where too many rows were rejected, or None."""
        quality = self.quality
        if not is_over(quality, self.limit):
            return None
        reasons = ", ".join(f"{code} {rows:,}" for code, rows in list(quality.reasons.items())[:_NAMED_REASONS])
        return (
            f"Of {quality.people:,} rows of source {self.source}, {quality.rejected:,} were rejected "
            f"({quality.share(quality.rejected):.1%}), and at most {self.limit:.1%} may be. Most frequent: {reasons}. "
            f"The rows are in rejected/{self.source}: mend the source or its mapping, then run again. If they are "
            f"right to be rejected, allow more: `guards: {{sources: {{{self.source}: {{rejected_share: "
            f"{_above(quality.share(quality.rejected))}}}}}}}`."
        )

    @property
    def jumps(self) -> list[str]:
        """What a person reads of each share that is unlike the days before."""
        return [
            f"Source {self.source}: {jump.share:.1%} of {self.quality.people:,} rows {_happened(jump.what)}; usual are "
            f"{jump.usual:.1%}, the median of {len(self.before)} days since {min(self.before)}."
            for jump in jumps(self.quality, list(self.before.values()))
        ]

    def to_document(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        quality = self.quality
        shares = {f"{name}_share": round(quality.share(rows), 6) for name, rows in quality.counts().items()}
        return {"people": quality.people, **shares, "over_limit": self.over_limit, "jumps": self.jumps}


def measured(installation: Installation, source: str, day: dt.date, version: int) -> Table:
    """Return the numbers of one version of a source's validated day; they are written where they are not there yet.

    The table `quality/<source>` has a row per code and severity; its facts hold the counts and the worst rows' numbers.

    Raises:
        StorageError: A table of that version is missing or damaged, or the numbers cannot be written.
    """
    tables, asset = installation.tables, f"quality/{source}"
    issues = tables.version(f"issues/{source}", day, version)
    inputs = {issues.asset: issues.version}
    known = _intact(installation, asset, day)
    if known is not None and known.inputs == inputs:
        return known
    read = sum(tables.version(f"{kind}/{source}", day, version).rows for kind in ("validated", "rejected"))
    found = measure(slices(issues, ["row", "field", "code", "severity"]), read)
    quality = found.quality
    with tables.new_version(asset, day, inputs) as new:
        new.write(found.findings)
        new.facts |= {"people": quality.people, **quality.counts()}
        new.facts |= {"codes": dict(quality.codes), "reasons": dict(quality.reasons)}
        new.facts["worst"] = found.worst.drop("badness").to_dicts()
    return new.table


def standing(installation: Installation, table: Table) -> Standing:
    """Return how a source's day stands.

    Args:
        installation: The installation.
        table: The day's `quality/<source>`.
    """
    source = table.asset.removeprefix("quality/")
    before = dict(_before(installation, table))
    return Standing(source, table.day, _quality(table), before, installation.settings.guards.rejected_share_of(source))


def quality_document(installation: Installation, day: dt.date) -> dict[str, dict[str, Any]]:
    """Return, as `--json` prints it, how every source's day stands that was measured, in the order of the settings."""
    found = [_intact(installation, f"quality/{source.name}", day) for source in installation.settings.sources]
    standings = [standing(installation, table) for table in found if table is not None]
    return {one.source: one.to_document() for one in standings}


def refuse_rejected_share(installation: Installation, contacts: Table) -> None:
    """Stop where too large a share of a source was rejected: a column was renamed, or an export went wrong.

    Raises:
        GuardStopError: It was, of one source or more.
        StorageError: A table is missing or damaged.
    """
    problems = []
    for asset, version in contacts.inputs.items():
        table = measured(installation, asset.removeprefix("validated/"), contacts.day, version)
        problems.append(standing(installation, table).over_limit)
    if said := [f"Nothing was sent. {problem}" for problem in problems if problem]:
        raise GuardStopError(GUARD, "\n".join(said))


def _before(installation: Installation, table: Table) -> Iterator[tuple[dt.date, Quality]]:
    """Yield the numbers of the last days before a table's own, the latest first; a backfill looks back from its day.

    A day whose numbers are damaged is passed over: it can no longer say what is usual, and stops nothing.
    """
    found = 0
    for back in range(1, _OLDEST + 1):
        day = table.day - dt.timedelta(days=back)
        earlier = _intact(installation, table.asset, day)
        if earlier is not None and found < COMPARED_DAYS:
            found += 1
            yield day, _quality(earlier)


def _intact(installation: Installation, asset: str, day: dt.date) -> Table | None:
    """Return a day's numbers; none where they are damaged, or of a version of this program that measured others."""
    try:
        table = installation.tables.current(asset, day)
    except StorageError:
        return None
    return table if table is not None and table.facts.keys() >= _FACTS else None


def _quality(table: Table) -> Quality:
    facts = table.facts
    return Quality(
        facts["people"], facts["rejected"], facts["blanked"], facts["warned"], facts["codes"], facts["reasons"]
    )


def _happened(what: str) -> str:
    """Return what happened to the rows behind a share: `rejected`, `blanked`, `warned`, or a code that they have."""
    return {
        "rejected": "were rejected",
        "blanked": "lost a field or more",
        "warned": "were sent with a warning",
    }.get(what, f"have {what}")


def _above(share: float) -> float:
    """Return the next share above one, in steps of 0.05, for a setting that would allow it."""
    return min(1.0, (math.floor(share * 20) + 1) / 20)
