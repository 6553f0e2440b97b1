"""What it costs that pandera makes the checks, beside the very same checks as bare polars expressions."""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

import polars as pl
from pandera.errors import SchemaErrors

from benchmarks.file_to_contacts import DAY, FAILING, opened, write_source
from benchmarks.measuring import measure
from pipelines.steps.extract import extract
from pipelines.steps.slices import slices
from schemas.contact import column_type, contact_schema, passing
from schemas.fields import EMAIL
from schemas.mapping import SourceMapping
from schemas.normalise import normalise
from schemas.readings import prepare
from schemas.rows import FAULT, ROW

_Made = TypeVar("_Made")

TARGET: Final = "target: normalising and checking with pandera at most 1.3 times the same without"


def run(rows: int, failing: Sequence[float] = FAILING) -> None:
    """Print, for each share of failing rows, the CPU that normalising and both ways of checking take."""
    for share in failing:
        with tempfile.TemporaryDirectory() as name:
            write_source(name, rows, share)
            extract(*opened(name), DAY)
            said = measure("pandera_share", "shares", name).said
        normalising, pandera, bare = said["normalising"], said["pandera"], said["bare"]
        print(f"pandera's share, {rows:,} rows, {share:.0%} of them failing; seconds of CPU, medians of 3")
        print(f"  normalising {normalising:.2f}  checks with pandera {pandera:.2f}  as bare expressions {bare:.2f}")
        print(f"  ratio {(normalising + pandera) / (normalising + bare):.2f}; {TARGET}")


def shares(folder: str) -> dict[str, float]:
    """Normalise and check a snapshot slice by slice, both ways; return the CPU seconds of each."""
    installation, source = opened(folder)
    mapping = source.mapping()
    snapshot = installation.tables.current(f"extracted/{source.name}", DAY)
    if snapshot is None:
        raise RuntimeError("there is no snapshot to read")
    spent = dict.fromkeys(("normalising", "pandera", "bare"), 0.0)
    _with_pandera(_normalised(next(slices(snapshot)).head(0), mapping), mapping)  # loads what it needs, once a process
    for rows in slices(snapshot):
        values, seconds = _timed(lambda rows=rows: _normalised(rows, mapping))
        spent["normalising"] += seconds
        spent["pandera"] += _timed(lambda values=values: _with_pandera(values, mapping))[1]
        spent["bare"] += _timed(lambda values=values: _bare(values, mapping))[1]
    return spent


def _timed(work: Callable[[], _Made]) -> tuple[_Made, float]:
    started = time.process_time()
    made = work()
    return made, time.process_time() - started


def _normalised(rows: pl.DataFrame, mapping: SourceMapping) -> pl.DataFrame:
    readable = rows.filter(pl.col(FAULT).is_null())
    readings = {field: normalise(field, readable) for field in mapping.fields}
    values = (reading.value.cast(column_type(field.type)).alias(field.field) for field, reading in readings.items())
    return prepare(readable.lazy(), readings.values()).select(ROW, *values).collect()


def _with_pandera(values: pl.DataFrame, mapping: SourceMapping) -> None:
    with suppress(SchemaErrors):
        contact_schema(mapping).validate(values, lazy=True)


def _bare(values: pl.DataFrame, mapping: SourceMapping) -> list[pl.Series]:
    """Check as pandera does, an address in every row and each field's values; return which rows fail each check."""
    checks = [pl.col(EMAIL).is_not_null(), *(one for field in mapping.fields for one in passing(field).values())]
    passed = values.lazy().select(check.alias(str(place)) for place, check in enumerate(checks)).collect()
    return [(~column).arg_true() for column in passed]
