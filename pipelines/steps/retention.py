"""What of our own state is older than the settings keep it, and needed by nothing any more."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from connectors.storage.files import names
from connectors.storage.plan import Plan
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.freshness import unchanged_since

SNAPSHOTS: Final = ("extracted", "validated", "issues", "contacts", "duplicates")
REJECTED: Final = ("rejected",)
OUTCOMES: Final = ("row_outcomes", "row_warnings")

_SCRATCH: Final = "*.tmp"


@dataclass(frozen=True)
class Removable:
    """Something that nobody needs any more.

    Attributes:
        kind: What it is, for people: an asset, `plans`, or `scratch`.
        path: The folder or file.
        table: The newest version of a day's table, which goes with those before it; None for everything else.
    """

    kind: str
    path: Path
    table: Table | None = None


def removable(installation: Installation) -> Iterator[Removable]:
    """Yield what may be removed now. The caller holds the storage's lock.

    What stays, however old: the newest day of every table, the tables of a sync that may be resumed, the snapshots
    that the next readings of changes go on from and that tell since when a source says the same, the quality of every
    day, and every plan that was sent, with its receipts.

    Raises:
        StorageError: A plan or a manifest is damaged.
    """
    plans = [installation.plans.get(plan) for plan in installation.plans.all_ids()]
    unsettled = _unsettled_days(installation, plans)
    needed = _needed_snapshots(installation, plans)
    keep = installation.settings.retention
    kept = ((SNAPSHOTS, keep.snapshots_days), (REJECTED, keep.rejected_days), (OUTCOMES, keep.outcomes_days))
    for kinds, days in kept:
        for table in _old_tables(installation, kinds, days):
            if table.day not in unsettled and (table.asset, table.day) not in needed:
                yield Removable(table.asset, table.path.parent, table)
    yield from _old_plans(installation, plans)
    yield from _scratch(installation)


def _old_tables(installation: Installation, kinds: tuple[str, ...], days: int) -> Iterator[Table]:
    """Yield the newest version of every day whose tables are old, but for the newest day of each asset."""
    tables, until = installation.tables, _until(installation, days)
    for asset in (asset for kind in kinds for asset in tables.assets(kind)):
        for day in tables.days(asset)[1:]:
            table = tables.stated(asset, day)
            if table is not None and _is_old(day, tables.written_at(table), until):
                yield table


def _unsettled_days(installation: Installation, plans: list[Plan]) -> set[dt.date]:
    """Return the days whose last plan is not sent to its end, or not accounted for row by row."""
    latest = {plan.day: plan for plan in plans}
    outcomes = {day: installation.tables.stated("row_outcomes", day) for day in latest}
    settled = {day: None if table is None else table.facts.get("plan") for day, table in outcomes.items()}
    return {day for day, plan in latest.items() if plan.unanswered() or settled[day] != plan.id}


def _is_old(day: dt.date, written: dt.datetime, until: dt.datetime) -> bool:
    """Tell whether something is old: its day, and also the moment of its writing, so that a backfill keeps its own."""
    return max(day, written.date()) < until.date()


def _until(installation: Installation, days: int) -> dt.datetime:
    return installation.now() - dt.timedelta(days=days)


def _needed_snapshots(installation: Installation, plans: list[Plan]) -> set[tuple[str, dt.date]]:
    """Return the snapshots that later nights look at: per source the last that was synced, and since when it is so."""
    until = _until(installation, installation.settings.retention.snapshots_days).date()
    synced = [plan for plan in plans if plan.was_folded() and not plan.unanswered()]
    needed = set()
    for asset in installation.tables.assets("extracted"):
        own = [plan.day for plan in synced if asset in plan.inputs]
        bases = [own[-1:], [day for day in own if day < until][-1:]]
        needed |= {(asset, day) for days in bases for day in days}
        old = {
            table.day for table in _old_tables(installation, (asset,), installation.settings.retention.snapshots_days)
        }
        days = installation.tables.days(asset)
        seams = [day for day, before in pairwise(days) if day not in old and before in old]
        firsts = (unchanged_since(installation, asset, day) for day in seams)
        needed |= {(asset, first) for first in firsts if first is not None}
    return needed


def _old_plans(installation: Installation, plans: list[Plan]) -> Iterator[Removable]:
    """Yield the plans that were never sent and that a later one of their day has replaced, and unfinished ones."""
    until = _until(installation, installation.settings.retention.snapshots_days)
    latest = {plan.day: plan.id for plan in plans}
    for plan in plans:
        written = _written(plan.folder / "plan.json")
        is_sent = plan.is_begun() or plan.was_folded()
        if not is_sent and latest[plan.day] != plan.id and _is_old(plan.day, written, until):
            yield Removable("plans", plan.folder)
    until = _until(installation, installation.settings.retention.scratch_days)
    folder, finished = installation.storage / "plans", {plan.id for plan in plans}
    for name in names(folder):
        if name not in finished and (folder / name).is_dir() and _written(folder / name) < until:
            yield Removable("scratch", folder / name)


def _scratch(installation: Installation) -> Iterator[Removable]:
    """Yield the files that were being written as their process died."""
    until = _until(installation, installation.settings.retention.scratch_days)
    for name in names(installation.storage):
        if name != "dagster" and (installation.storage / name).is_dir():
            for path in (installation.storage / name).rglob(_SCRATCH):
                if path.is_file() and _written(path) < until:
                    yield Removable("scratch", path)


def _written(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
