"""Turns plain frames, as a kind of source hands them out, into a reading: numbered, of one schema, in small batches."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.types as pt

from connectors.sources.columns import TECHNICAL_FIELDS, reading_schema, refuse_mapped, with_technical
from connectors.sources.errors import SourceBroken, SourceEmpty
from connectors.sources.parquet_types import plain_type, travelling, travelling_type
from connectors.sources.reading import Reading, Request
from connectors.sources.settings import SourceSettings

Frame: TypeAlias = pa.RecordBatch | pa.Table | pl.DataFrame
"""Some rows of a source."""

_SPILLED_ROWS: Final = 10_000
"""Rows that a query writes at once: it holds several such pieces, and by itself takes them larger."""
_BATCH_ROWS: Final = 1 << 16
_SHOULD: Final = (
    "should yield the rows in pieces, each a polars DataFrame or a pyarrow Table or RecordBatch, or return one polars "
    "LazyFrame. Tell whoever maintains the kind."
)
_VOWELS: Final = "AEIOUaeiou"
_TEXTS: Final = (pt.is_string, pt.is_large_string, pt.is_string_view)


@contextmanager
def open_frames(
    read: Callable[[Any, Request], Iterable[Frame] | pl.LazyFrame], settings: SourceSettings, request: Request
) -> Iterator[Reading]:
    """Open a source whose kind yields frames; the first one, which is read at once, says which columns there are.

    Args:
        read: The kind's own function.
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceEmpty: There is not even one frame.
        SourceBroken: What was yielded is no frame, is not what Arrow says it is, or has other columns than before;
            also while the batches are read.
        SourceSettingsWrong: A mapped column holds lists, structures or binary data.
    """
    given = read(settings, request)
    who = f"Source {settings.name}: {_name_of(read)}, of its kind,"
    if isinstance(given, Frame) or not isinstance(given, Iterable | pl.LazyFrame):
        raise SourceBroken(f"{who} returned {_a(given)}; it {_SHOULD}")
    frames = _pieces(given, who, request.scratch)
    with closing(frames):
        first = next(frames, None)
        if first is None:
            raise SourceEmpty(f"Source {settings.name} is empty. Deliver its rows, then sync again.")
        found = first.schema
        refuse_mapped(settings, [field.name for field in found if plain_type(field.type) is None])
        schema = reading_schema(found.names, [travelling_type(kind) for kind in found.types])
        yield Reading(tuple(found.names), schema, _batches(chain([first], frames), found, schema, settings.name))


def _name_of(read: Callable[..., object]) -> str:
    module = getattr(read, "__module__", "")
    return f"the function {getattr(read, '__qualname__', type(read).__name__)} in {module}"


def _a(given: object) -> str:
    name = type(given).__name__
    return "nothing" if given is None else f"{'an' if name[0] in _VOWELS else 'a'} {name}"


def _pieces(frames: Iterable[Frame] | pl.LazyFrame, who: str, scratch: Path) -> Generator[pa.RecordBatch, None, None]:
    """Yield the rows in batches that are small enough to be held; the frames' own generator is closed with this one."""
    if isinstance(frames, pl.LazyFrame):
        frames = _collected(frames, scratch / "frames.arrow")
    try:
        for frame in frames:
            yield from _arrow(frame, who)
    finally:
        if (close := getattr(frames, "close", None)) is not None:
            close()


def _collected(frames: pl.LazyFrame, file: Path) -> Iterator[pa.RecordBatch]:
    """Run a query to its end before a row of it is used: polars' `collect_batches` just stops where a query panics."""
    frames.sink_ipc(file, compat_level=pl.CompatLevel.oldest(), maintain_order=True, record_batch_size=_SPILLED_ROWS)
    with pa.OSFile(str(file)) as opened, pa.ipc.open_file(opened) as batches:
        yield pa.RecordBatch.from_pylist([], batches.schema)  # there may be no other one
        for number in range(batches.num_record_batches):
            yield batches.get_batch(number)


def _arrow(frame: Frame, who: str) -> Iterator[pa.RecordBatch]:
    if isinstance(frame, pl.DataFrame):
        frame = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    if isinstance(frame, pa.RecordBatch):
        frame = pa.Table.from_batches([frame])
    if not isinstance(frame, pa.Table):
        raise SourceBroken(f"{who} gave {_a(frame)} among its rows; it {_SHOULD}")
    if not frame.num_columns and not frame.num_rows:
        return  # nothing, which says nothing about the columns either
    yield from frame.to_batches(_BATCH_ROWS) if frame.num_rows else [pa.RecordBatch.from_pylist([], frame.schema)]


def _batches(
    frames: Iterable[pa.RecordBatch], found: pa.Schema, schema: pa.Schema, name: str
) -> Iterator[pa.RecordBatch]:
    kinds = schema.types[len(TECHNICAL_FIELDS) :]
    first = 1
    for frame in frames:
        if not frame.num_rows:
            continue
        place = f"Source {name}, from row {first} on"
        columns = _alike(frame, found, place)
        yield with_technical(schema, list(map(travelling, columns, kinds)), first)
        first += frame.num_rows


def _alike(frame: pa.RecordBatch, found: pa.Schema, place: str) -> list[pa.Array]:
    """Return the columns under the types that they had at first; nothing is converted that might become another value.

    Raises:
        SourceBroken: They are others, or damaged.
    """
    try:
        frame.validate(full=True)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise SourceBroken(
            f"{place}: its kind gave rows that are damaged, as text that is not UTF-8. Mend the source."
        ) from None
    if frame.schema.names != found.names:
        wrong = "come in another order" if sorted(frame.schema.names) == sorted(found.names) else "are others"
        raise SourceBroken(
            f"{place}: the columns {wrong} than before. Its kind has to give every piece the same columns in the same "
            "order. Read it again, or mend its kind."
        )
    return [_typed(column, field, place) for column, field in zip(frame.columns, found, strict=True)]


def _typed(column: pa.Array, field: pa.Field, place: str) -> pa.Array:
    if column.type == field.type:
        return column
    if pt.is_null(column.type):
        return pa.nulls(len(column), field.type)
    if all(any(is_text(kind) for is_text in _TEXTS) for kind in (column.type, field.type)):
        return column.cast(field.type)
    raise SourceBroken(
        f'{place}: column "{field.name}" holds {column.type} and held {field.type} before. '
        "Its kind has to give every column one type."
    )
