"""What a reading of changes goes on from, or why there is nothing: then the source is read whole."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from connectors.sources.database import DatabaseSettings
from connectors.sources.registry import AnySource
from connectors.sources.since import Mark, SinceSettings
from connectors.storage.files import StorageError
from connectors.storage.tables import Table
from pipelines.installation import Installation
from schemas.changes import tells_apart
from schemas.fields import EMAIL

MARK: Final = "high_water"
SETTINGS: Final = "since_settings"
READ_WHOLE: Final = "read_whole_on"


@dataclass(frozen=True)
class Whole:
    """That a source is to be read whole.

    Attributes:
        because: Why, for people; None for a source that always is.
    """

    because: str | None = None


@dataclass(frozen=True)
class Base:
    """What a reading goes on from.

    Attributes:
        table: The snapshot.
        mark: How far its reading got.
        read_whole: The day on which the source was last read whole.
    """

    table: Table
    mark: Mark
    read_whole: str


def since_of(source: AnySource) -> SinceSettings | None:
    """Return how a source gives what changed; None where it is always read whole."""
    return source.changes() if isinstance(source, DatabaseSettings) else None


def base_of(installation: Installation, source: AnySource, day: dt.date) -> Base | Whole:
    """Return what the day's reading goes on from.

    That is the snapshot of the last sync, up to this day, that came to its end: what a sync left pending is read again.
    A source is read whole wherever going on from there could leave somebody out, and every so many days, for changes
    that its column does not tell.

    Raises:
        StorageError: A plan is damaged.
    """
    since = since_of(source)
    if since is None:
        return Whole()
    try:
        table = _last_synced(installation, f"extracted/{source.name}", day)
    except SnapshotLostError:
        return Whole("the snapshot of the last sync is damaged or gone")
    if table is None or MARK not in table.facts:
        return Whole("no earlier sync that came to its end has a mark")
    because = _why_not_on(source, since, table, day)
    return Base(table, table.facts[MARK], table.facts[READ_WHOLE]) if because is None else Whole(because)


def _why_not_on(source: AnySource, since: SinceSettings, table: Table, day: dt.date) -> str | None:
    """Return why a reading does not go on from a snapshot; None where it does."""
    read_whole = table.facts[READ_WHOLE]
    if day - dt.date.fromisoformat(read_whole) >= dt.timedelta(days=since.full_every_days):
        return f"it was read whole last on {read_whole}"
    if table.facts[SETTINGS] != since_digest(source):
        return "its settings are others"
    key = key_of(source, since)
    if not tells_apart(table.scan(), key):
        return f"several rows have the same {', '.join(key)}; name the columns that tell them apart in since.key"
    return None


def key_of(source: AnySource, since: SinceSettings) -> tuple[str, ...]:
    """Return the columns that tell a source's rows apart."""
    return since.key or (source.fields[EMAIL].column or "",)


class SnapshotLostError(Exception):
    """The snapshot that a sync was made from is not there any more as it was."""


def _last_synced(installation: Installation, asset: str, day: dt.date) -> Table | None:
    plans = installation.plans
    for plan in map(plans.get, reversed(plans.all_ids())):
        if plan.day <= day and asset in plan.inputs and plan.was_folded() and not plan.unanswered():
            try:
                return installation.tables.version(asset, plan.day, plan.inputs[asset])
            except StorageError as error:
                raise SnapshotLostError from error
    return None


def since_digest(source: AnySource) -> str:
    """Return what marks the settings under which a mark means what it meant."""
    return source.model_dump_json(include={"query", "table", "since"})
