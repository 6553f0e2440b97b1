"""Kinds of sources that break one promise each, so that the suite can be seen to notice; all of them read Parquet."""

import logging
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import IO, Any, Final, Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.sources.kind import (
    Frame,
    Kind,
    Reading,
    Request,
    Secret,
    SourceBroken,
    SourceMissing,
    SourceSettings,
    source_kind,
)
from schemas.rows import ROW

KEPT: Final[list[IO[bytes]]] = []
"""Files that nobody closes before the test that wanted them does."""

STOP: Final = threading.Event()
"""Ends the threads that were left running."""

_NUMBERS = count()

Read = Callable[[Any, Request], Iterable[Frame]]


class _Settings(SourceSettings):
    path: str
    token: Secret = Secret(env="TOKEN")


def _settings(name: str) -> type[_Settings]:
    return type(
        f"{name.title()}Settings", (_Settings,), {"__annotations__": {"kind": Literal[name]}, "__module__": __name__}
    )


def _good(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    settings.token.read(request.environ)
    try:
        file = pq.ParquetFile(request.folder / settings.path)
    except FileNotFoundError:
        raise SourceMissing(f"{settings.path} is not there.") from None
    with file:
        yield pa.RecordBatch.from_pylist([], file.schema_arrow)
        yield from file.iter_batches(20_000)


def _lazy(settings: _Settings, request: Request) -> pl.LazyFrame:
    settings.token.read(request.environ)
    if not (request.folder / settings.path).exists():
        raise SourceMissing(f"{settings.path} is not there.")
    return pl.scan_parquet(request.folder / settings.path)


def _cells(change: Callable[[str | None], str | None]) -> Read:
    def read(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
        for batch in _good(settings, request):
            columns = [pa.array(map(change, column.to_pylist()), pa.string()) for column in batch.columns]
            yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

    return read


def _batches(change: Callable[[pa.RecordBatch], pa.RecordBatch]) -> Read:
    return lambda settings, request: map(change, _good(settings, request))


def _reading(change: Callable[[pa.RecordBatch], pa.RecordBatch]) -> Callable[[type[_Settings]], Kind]:
    def make(settings: type[_Settings]) -> Kind:
        plain = source_kind(settings, _good)

        @contextmanager
        def open_it(given: SourceSettings, request: Request) -> Iterator[Reading]:
            with plain.open(given, request) as reading:
                reading.batches = map(change, reading.batches)
                yield reading

        return Kind(settings, open_it)

    return make


def _with_gaps(batch: pa.RecordBatch) -> pa.RecordBatch:
    numbers = pa.array([2 * number for number in batch.column(ROW).to_pylist()], pa.int64())
    return batch.set_column(0, batch.schema.field(0), numbers)


def _other_every_time(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    for batch in _good(settings, request):
        column = pa.array([str(next(_NUMBERS))] * batch.num_rows, pa.string())
        yield batch.append_column("read at", column)


def _guesses_types(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    for batch in _good(settings, request):
        for start in range(0, batch.num_rows, 1000):
            yield pa.RecordBatch.from_pylist(batch.slice(start, 1000).to_pylist())


def _guesses_types_for_ever(settings: _Settings, request: Request) -> Iterator[pl.DataFrame]:
    guessed = pl.scan_parquet(request.folder / settings.path).head(1000).collect()
    whole = [name for name in guessed.columns if guessed[name].str.contains(r"^\d+$").all()]
    for batch in _good(settings, request):
        yield pl.DataFrame(batch).with_columns(pl.col(whole).cast(pl.Int64, strict=False))


def _empty_is_a_blank_row(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    for batch in _good(settings, request):
        blank = dict.fromkeys(batch.schema.names, "")
        yield batch if batch.num_rows else pa.RecordBatch.from_pylist([blank])


def _missing_is_broken(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    try:
        yield from _good(settings, request)
    except SourceMissing:
        raise SourceBroken("It did not work.") from None


def _missing_is_empty(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    if (request.folder / settings.path).exists():
        yield from _good(settings, request)


def _makes_up_columns(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    for batch in _good(settings, request):
        column = settings.mapping().columns[0]
        known = column in batch.schema.names
        yield batch if known else batch.append_column(column, pa.nulls(batch.num_rows, pa.string()))


def _keeps_a_file(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    if (request.folder / settings.path).exists():
        KEPT.append((request.folder / settings.path).open("rb"))
    yield from _good(settings, request)


def _keeps_a_thread(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    threading.Thread(target=STOP.wait, daemon=True, name=f"reader {next(_NUMBERS)}").start()
    yield from _good(settings, request)


def _closes_only_a_success(settings: type[_Settings]) -> Kind:
    plain = source_kind(settings, _good)

    @contextmanager
    def open_it(given: SourceSettings, request: Request) -> Iterator[Reading]:
        file = (request.folder / "people.parquet").open("rb")
        KEPT.append(file)
        with plain.open(given, request) as reading:
            yield reading
        file.close()

    return Kind(settings, open_it)


def _writes_beside(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    (request.folder / f"cache {next(_NUMBERS)}").write_text("")
    yield from _good(settings, request)


def _leaves_a_copy(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    with tempfile.NamedTemporaryFile(delete=False) as copy:
        copy.write((request.folder / settings.path).read_bytes())
    with pq.ParquetFile(copy.name) as file:
        yield from file.iter_batches(20_000)


def _with_id(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    first = 1
    for batch in _good(settings, request):
        ids = pa.array([str(number) for number in range(first, first + batch.num_rows)], pa.string())
        yield batch.add_column(0, "id", ids)
        first += batch.num_rows


def _all_at_once(settings: _Settings, request: Request) -> Iterator[pa.Table]:
    yield pq.read_table(request.folder / settings.path)


def _logs_the_secret(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    logging.getLogger(__name__).debug("GET /people?token=%s", settings.token.read(request.environ))
    yield from _good(settings, request)


def _quotes_the_secret(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    try:
        yield from _good(settings, request)
    except SourceMissing:
        raise SourceMissing(f"401 for {settings.token.read(request.environ)}") from None


def _needs_no_secret(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    return _good(settings, Request(request.day, request.folder, {"TOKEN": "x"}, request.scratch))


def _prints(settings: _Settings, request: Request) -> Iterator[pa.RecordBatch]:
    print("reading people")  # noqa: T201 - what must not be done
    yield from _good(settings, request)


_READS: Final[dict[str, Read]] = {
    "good": _good,
    "loses_a_row": _batches(lambda batch: batch.slice(1)),
    "turns_around": _batches(lambda batch: batch.take(list(range(batch.num_rows))[::-1])),
    "other_every_time": _other_every_time,
    "guesses_types": _guesses_types,
    "guesses_types_for_ever": _guesses_types_for_ever,
    "nulls_as_words": _cells(str),
    "trims": _cells(lambda text: text and text.strip()),
    "cuts": _cells(lambda text: text and text[:4999]),
    "words_as_nulls": _cells(lambda text: None if text == "NULL" else text),
    "small_names": _batches(lambda batch: batch.rename_columns([name.lower() for name in batch.schema.names])),
    "narrow": _batches(lambda batch: batch.select(batch.schema.names[:256])),
    "empty_is_a_blank_row": _empty_is_a_blank_row,
    "missing_is_broken": _missing_is_broken,
    "missing_is_empty": _missing_is_empty,
    "makes_up_columns": _makes_up_columns,
    "keeps_a_file": _keeps_a_file,
    "keeps_a_thread": _keeps_a_thread,
    "writes_beside": _writes_beside,
    "leaves_a_copy": _leaves_a_copy,
    "with_id": _with_id,
    "all_at_once": _all_at_once,
    "logs_the_secret": _logs_the_secret,
    "quotes_the_secret": _quotes_the_secret,
    "needs_no_secret": _needs_no_secret,
    "prints": _prints,
}
_READINGS: Final[dict[str, Callable[[type[_Settings]], Kind]]] = {
    "gaps": _reading(_with_gaps),
    "other_schema": _reading(lambda batch: batch.drop_columns(["__text__"])),
    "closes_only_a_success": _closes_only_a_success,
}

BROKEN: Final = {
    "lazy": source_kind(_settings("lazy"), _lazy),
    **{name: source_kind(_settings(name), read) for name, read in _READS.items()},
    **{name: make(_settings(name)) for name, make in _READINGS.items()},
}
"""The kinds by name; `good` and `lazy` break nothing, nor does `with_id` where its column is announced."""

globals().update({name.upper(): kind for name, kind in BROKEN.items()})  # entry points name attributes
