"""Reading only what changed: the day's snapshot is the last one synced, with the changed rows in their places.

Every later step sees the source's whole state, so that who wins an e-mail does not depend on who changed tonight.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import Any, Final

import polars as pl
import pyarrow as pa

from connectors.sources.database import DatabaseSettings, open_deleted
from connectors.sources.reading import Reading, Request, counted
from connectors.sources.registry import AnySource, no_rows
from pipelines.steps.since_base import MARK, READ_WHOLE, SETTINGS, Base, key_of, since_digest, since_of
from pipelines.steps.slices import frame, slices
from schemas.changes import merged

ASKED_FOR: Final = "it was asked for"
_BATCH_ROWS: Final = 10_000
_MOST_CHANGED: Final = 500_000
"""How many changed rows are merged: they are held in memory, and more of them are as quickly read with all others."""


class ReadWholeError(Exception):
    """A reading cannot go on from what it was to go on from; the message says why."""


def read_whole(source: AnySource, day: dt.date, reading: Reading, because: str | None) -> Reading:
    """Return a reading of a whole source, of which later readings find what they need to go on from it."""
    if since_of(source) is not None:
        reading.facts |= {READ_WHOLE: day.isoformat(), SETTINGS: since_digest(source), "read": "whole"}
        reading.facts |= {} if because is None else {"read_whole_because": because}
        reading.batches = evenly(reading.batches, reading.schema)
    return reading


@contextmanager
def with_changes(
    source: AnySource, base: Base, reading: Reading, request: Request, *, most_changed: int = _MOST_CHANGED
) -> Iterator[Reading]:
    """Give the source's whole state: a reading of what changed, merged into what it goes on from.

    Raises:
        ReadWholeError: The reading is of another database or other columns, or too much has changed.
        SourceError: What changed, or what was deleted, cannot be read, or nobody is left.
    """
    since = since_of(source)
    if since is None or not isinstance(source, DatabaseSettings):
        message = f"source {source.name} is always read whole"
        raise TypeError(message)
    if not _is_continued_by(base, reading):
        raise ReadWholeError("it is another database, or its columns are others")
    changed = frame(pa.Table.from_batches(_at_most(most_changed, reading.batches), reading.schema))
    keys = pa.schema([reading.schema.field(name) for name in key_of(source, since)])
    with open_deleted(source, request, keys) as gone:
        deleted = frame(pa.Table.from_batches(gone, keys))
    facts: dict[str, Any] = {
        **reading.facts,
        MARK: reading.facts.get(MARK, base.mark),
        SETTINGS: since_digest(source),
        READ_WHOLE: base.read_whole,
        "read": "changes",
        "went_on_from": f"{base.table.day} version {base.table.version}",
        "changed_rows": changed.height,
        "deleted_rows": deleted.height,
    }
    state = merged(slices(base.table), changed, deleted, keys.names)
    batches = counted(_batches(state, reading.schema), facts)
    first = next(batches, None)
    if first is None:
        raise no_rows(source)
    yield replace(reading, batches=evenly(chain([first], batches), reading.schema), facts=facts)


def _batches(frames: Iterable[pl.DataFrame], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for rows in frames:
        yield from rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema).to_batches()


def evenly(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield rows in batches of one size, so that the same rows give the same file, whole or merged."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        rows = sum(one.num_rows for one in waiting)
        if rows >= _BATCH_ROWS:
            together = pa.Table.from_batches(waiting, schema)
            full = rows - rows % _BATCH_ROWS
            for start in range(0, full, _BATCH_ROWS):
                yield _batch(together.slice(start, _BATCH_ROWS))
            waiting = together.slice(full).to_batches()
    if sum(one.num_rows for one in waiting):
        yield _batch(pa.Table.from_batches(waiting, schema))


def _batch(rows: pa.Table) -> pa.RecordBatch:
    return rows.combine_chunks().to_batches()[0]


def _is_continued_by(base: Base, reading: Reading) -> bool:
    is_same_place = base.table.facts.get("database") == reading.facts.get("database")
    return is_same_place and base.table.scan().collect_schema() == frame(reading.schema.empty_table()).schema


def _at_most(most: int, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        if rows > most:
            message = f"more than {most:,} rows have changed"
            raise ReadWholeError(message)
        yield batch
