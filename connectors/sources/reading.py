"""What a kind of source is asked and what it answers. How each kind reads stands in that kind's own file."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa

from schemas.rows import FAULT


@dataclass(frozen=True)
class Request:
    """One reading of one source.

    Attributes:
        day: The day of the sync (UTC): `{date}` in a path, `:date` in a query.
        folder: The folder that relative paths start from.
        environ: The environment that secrets are read from.
        scratch: A private folder that the caller deletes afterwards; copies of personal data lie there.
        since: What an earlier reading gave as its fact `high_water`, for sources that can go on from there; None for a
            full read.
        sleep: Waits for some seconds.
    """

    day: date
    folder: Path
    environ: Mapping[str, str] = field(repr=False)
    scratch: Path
    since: str | int | None = None
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)


@dataclass
class Reading:
    """An open source.

    Attributes:
        header: The column names as found, repeats included.
        schema: The technical columns, then the source's columns under unique names.
        batches: Batches of that schema, rows in the source's order, numbered from 1 without gaps.
        facts: What a person may like to know (encoding, digest, …); complete once the batches are exhausted.
        files: The names of the files that it reads, and of sheets in them; of databases none.
    """

    header: tuple[str, ...]
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    facts: dict[str, str | int] = field(default_factory=dict)
    files: tuple[str, ...] = ()


def counted(batches: Iterator[pa.RecordBatch], facts: dict[str, str | int]) -> Generator[pa.RecordBatch, None, None]:
    """Yield the batches, and keep count of the rows and of those set aside in the facts."""
    facts.update(rows=0, set_aside=0)
    rows = set_aside = 0
    for batch in batches:
        rows += batch.num_rows
        set_aside += batch.num_rows - batch.column(FAULT).null_count
        facts.update(rows=rows, set_aside=set_aside)
        yield batch
