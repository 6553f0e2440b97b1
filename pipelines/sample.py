"""A look at one source: its columns, what they are mapped to or could be, and what its first rows would come to."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import polars as pl
import pyarrow as pa

from connectors.sources.columns import check_header
from connectors.sources.errors import SourceError
from connectors.sources.file_settings import without_waiting
from connectors.sources.reading import Reading
from connectors.sources.registry import AnySource, no_rows, open_unmapped
from pipelines.installation import Installation
from pipelines.masking import mask
from pipelines.steps.extract import refuse_forgotten_opt_outs, request_for
from pipelines.steps.slices import frame
from schemas.column_names import looks_like_data
from schemas.headers import suggested_fields
from schemas.rows import TECHNICAL
from schemas.validate import validate

SAMPLE_ROWS: Final = 10_000
SHOWN_ROWS: Final = 3


@dataclass(frozen=True)
class Column:
    """A column of a source.

    Attributes:
        name: Its name as found.
        type: The type of its values.
        fields: The contact's fields that are mapped to it.
        suggested: The field that it could be mapped to by its name, where it is not and the field is free.
        shown: Its first values, masked.
    """

    name: str
    type: str
    fields: tuple[str, ...]
    suggested: str | None
    shown: tuple[str, ...]


@dataclass
class Sample:
    """What was seen of a source.

    Attributes:
        source: Its name.
        kind: Its kind.
        problems: What would stop a sync of it, each with what to do.
        columns: Its columns; none where the header may be somebody's data.
        facts: What its kind found out: encoding, separator, …
        rows: How many rows were read.
        is_all: Whether those are all that there are.
        opening_seconds: How long it took until rows could be read: of a file, all of it is looked through before.
        seconds: How long reading the rows took.
        set_aside: How many of the rows would not be sent.
        issues: By code, how often it was found in the rows.
    """

    source: str
    kind: str
    problems: list[str] = field(default_factory=list)
    columns: tuple[Column, ...] = ()
    facts: dict[str, str | int] = field(default_factory=dict)
    rows: int = 0
    is_all: bool = False
    opening_seconds: float = 0.0
    seconds: float = 0.0
    set_aside: int = 0
    issues: dict[str, int] = field(default_factory=dict)

    @property
    def rows_per_second(self) -> int:
        """How fast the rows came."""
        return round(self.rows / self.seconds) if self.seconds else 0


def take_sample(installation: Installation, source: AnySource, day: dt.date) -> Sample:
    """Look at a source, also at one that does not fit its settings; nothing of it is kept.

    Args:
        installation: The installation.
        source: The source.
        day: The day whose data is opened.

    Raises:
        StorageError: There is no place for the copy that a file is read from.
    """
    sample = Sample(source.name, source.kind)
    start = time.perf_counter()
    try:
        with request_for(installation, day) as request, open_unmapped(without_waiting(source), request) as reading:
            _look(sample, source, reading, start)
    except SourceError as error:
        sample.problems.append(str(error))
    return sample


def _look(sample: Sample, source: AnySource, reading: Reading, start: float) -> None:
    sample.facts = reading.facts
    opened = time.perf_counter()
    sample.opening_seconds = opened - start
    sample.problems += _problems_of_header(source, reading)
    if sample.problems and looks_like_data(reading.header):
        return
    batches = list(_first_batches(reading.batches))
    found = frame(pa.Table.from_batches(batches, reading.schema))
    sample.is_all = found.height <= SAMPLE_ROWS and next(reading.batches, None) is None
    sample.seconds = time.perf_counter() - opened
    rows = found.head(SAMPLE_ROWS)
    sample.rows = rows.height
    sample.columns = _columns(source, reading, rows)
    if not rows.height:
        sample.problems.append(str(no_rows(source)))
    if sample.problems:
        return
    _validate(sample, source, rows)
    reading.batches = chain(batches, reading.batches)
    refuse_forgotten_opt_outs(source, reading)


def _problems_of_header(source: AnySource, reading: Reading) -> list[str]:
    try:
        check_header(source, reading.header)
    except SourceError as error:
        return [str(error)]
    return []


def _first_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches until there are enough rows."""
    wanted = SAMPLE_ROWS
    while wanted > 0 and (batch := next(batches, None)) is not None:
        yield batch
        wanted -= batch.num_rows


def _columns(source: AnySource, reading: Reading, rows: pl.DataFrame) -> tuple[Column, ...]:
    mapping = source.mapping()
    taken = {one.field for one in mapping.fields}
    free = [name for name in reading.header if name not in mapping.columns]
    suggested = {name: found for name, found in suggested_fields(free).items() if found not in taken}
    own = [name for name in rows.columns if name not in TECHNICAL]
    first = rows.head(SHOWN_ROWS)
    return tuple(
        Column(
            name,
            str(rows.schema[unique]),
            tuple(one.field for one in mapping.fields if one.column == name),
            suggested.get(name),
            tuple("" if value is None else mask(str(value)) for value in first[unique]),
        )
        for name, unique in zip(reading.header, own, strict=True)
    )


def _validate(sample: Sample, source: AnySource, rows: pl.DataFrame) -> None:
    found = validate(rows, source.mapping())
    sample.set_aside = found.rejected.height
    sample.issues = dict(Counter(found.issues["code"]).most_common())
