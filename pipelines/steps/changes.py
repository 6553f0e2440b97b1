"""Reading only what changed: the day's snapshot is the last one synced, with the changed rows in their places.

Every later step sees the source's whole state, so that who wins an e-mail does not depend on who changed tonight.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.sources.database import DatabaseSettings, open_deleted
from connectors.sources.reading import Reading, Request
from connectors.sources.registry import AnySource, no_rows
from connectors.sources.since import Mark, SinceSettings
from connectors.storage.files import StorageError, explained
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.slices import SLICE_ROWS, frame
from schemas.changes import merged, tells_apart
from schemas.fields import EMAIL

_MARK: Final = "high_water"
_SETTINGS: Final = "since_settings"
_READ_WHOLE: Final = "read_whole_on"

ASKED_FOR: Final = "it was asked for"
ANOTHER_PLACE: Final = "it is another database, or its columns are others"


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
    if table is None or _MARK not in table.facts:
        return Whole("no earlier sync that came to its end has a mark")
    because = _why_not_on(source, since, table, day)
    return Base(table, table.facts[_MARK], table.facts[_READ_WHOLE]) if because is None else Whole(because)


def _why_not_on(source: AnySource, since: SinceSettings, table: Table, day: dt.date) -> str | None:
    """Return why a reading does not go on from a snapshot; None where it does."""
    read_whole = table.facts[_READ_WHOLE]
    if day - dt.date.fromisoformat(read_whole) >= dt.timedelta(days=since.full_every_days):
        return f"it was read whole last on {read_whole}"
    if table.facts[_SETTINGS] != _digest(source):
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


def is_continued_by(base: Base, reading: Reading) -> bool:
    """Tell whether a reading is of the same place and columns as what it goes on from."""
    is_same_place = base.table.facts.get("database") == reading.facts.get("database")
    return is_same_place and base.table.scan().collect_schema() == frame(reading.schema.empty_table()).schema


def read_whole(source: AnySource, day: dt.date, reading: Reading, because: str | None) -> Reading:
    """Return a reading of a whole source, of which later readings find what they need to go on from it."""
    if since_of(source) is not None:
        reading.facts |= {_READ_WHOLE: day.isoformat(), _SETTINGS: _digest(source), "read": "whole"}
        reading.facts |= {} if because is None else {"read_whole_because": because}
    return reading


@contextmanager
def with_changes(source: AnySource, base: Base, reading: Reading, request: Request) -> Iterator[Reading]:
    """Give the source's whole state: a reading of what changed, merged into what it goes on from.

    Raises:
        SourceError: What changed, or what was deleted, cannot be read, or nobody is left.
        StorageError: The disk is full.
    """
    since = since_of(source)
    if since is None or not isinstance(source, DatabaseSettings):
        message = f"source {source.name} is always read whole"
        raise TypeError(message)
    changed, deleted = request.scratch / "changed.parquet", request.scratch / "deleted.parquet"
    _spill(changed, reading.schema, reading.batches)
    keys = pa.schema([reading.schema.field(name) for name in key_of(source, since)])
    with open_deleted(source, request, keys) as gone:
        _spill(deleted, keys, gone)
    state = request.scratch / "state.parquet"
    rows = merged(base.table.scan(), pl.scan_parquet(changed), pl.scan_parquet(deleted), keys.names)
    with explained(state):
        rows.sink_parquet(state)
    if not _rows(state):
        raise no_rows(source)
    facts: dict[str, Any] = {
        **reading.facts,
        _MARK: reading.facts.get(_MARK, base.mark),
        _SETTINGS: _digest(source),
        _READ_WHOLE: base.read_whole,
        "read": "changes",
        "went_on_from": f"{base.table.day} version {base.table.version}",
        "changed_rows": _rows(changed),
        "deleted_rows": _rows(deleted),
        "rows": _rows(state),
    }
    with pq.ParquetFile(state) as file:
        batches = (batch.cast(reading.schema) for batch in file.iter_batches(SLICE_ROWS))
        yield replace(reading, batches=batches, facts=facts)


def _spill(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    with explained(path), pq.ParquetWriter(path, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _rows(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def _digest(source: AnySource) -> str:
    """Return what marks the settings under which a mark means what it meant."""
    return source.model_dump_json(include={"query", "table", "since"})
