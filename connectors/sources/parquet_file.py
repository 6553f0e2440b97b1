"""The kind `parquet`: Parquet files, their columns in their own types, or in one that says the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.sources.columns import TECHNICAL_FIELDS, reading_schema, refuse_mapped, with_technical
from connectors.sources.delivery import Delivery
from connectors.sources.errors import SourceBroken
from connectors.sources.file_settings import FileSettings
from connectors.sources.parquet_types import plain_type, travelling, travelling_type
from connectors.sources.reading import Reading, Request
from connectors.sources.several_files import open_files

_BATCH_ROWS: Final = 1 << 16
_ENDINGS: Final = (".parquet", ".parq", ".pq")
_DAMAGE: Final = (pa.ArrowException, OSError, UnicodeDecodeError)  # the last one for a column's name


class ParquetSettings(FileSettings):
    """A Parquet file, or several."""

    kind: Literal["parquet"]


@contextmanager
def open_parquet(settings: ParquetSettings, request: Request) -> Iterator[Reading]:
    """Open Parquet files; page checksums are verified where a file has them.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceMissing: The file is not there or may not be read.
        SourceEmpty: The file holds not one byte.
        SourceBroken: A file changed while it was read, is damaged, or does not fit the others; also while the batches
            are read.
        SourceSettingsWrong: A mapped column holds lists, structures or binary data.
    """
    with open_files(settings, _ENDINGS, request, _open_one) as reading:
        yield reading


@contextmanager
def _open_one(settings: ParquetSettings, delivery: Delivery, _: Request) -> Iterator[Reading]:
    try:
        # An INT96 time is read as nanoseconds otherwise, in which the year 2263 and 1677 are the same.
        file = pq.ParquetFile(delivery.copy, page_checksum_verification=True, coerce_int96_timestamp_unit="us")
        found = file.schema_arrow
        header = tuple(found.names)
    except _DAMAGE:
        raise _damaged(delivery) from None
    with file:
        odd = [name for name, kind in zip(header, found.types, strict=True) if plain_type(kind) is None]
        refuse_mapped(settings, odd)
        schema = reading_schema(header, [travelling_type(kind) for kind in found.types])
        yield Reading(header, schema, _batches(file, schema, delivery), delivery.facts())


def _batches(file: pq.ParquetFile, schema: pa.Schema, delivery: Delivery) -> Iterator[pa.RecordBatch]:
    first = 1
    try:
        for batch in file.iter_batches(_BATCH_ROWS):
            batch.validate(full=True)
            kinds = schema.types[len(TECHNICAL_FIELDS) :]
            columns = [travelling(column, kind) for column, kind in zip(batch.columns, kinds, strict=True)]
            yield with_technical(schema, columns, first)
            first += batch.num_rows
    except _DAMAGE:
        raise _damaged(delivery) from None
    if first - 1 != file.metadata.num_rows:
        raise SourceBroken(
            f"{delivery.found} holds {first - 1} rows, but says {file.metadata.num_rows}. Write it again."
        )


def _damaged(delivery: Delivery) -> SourceBroken:
    return SourceBroken(f"{delivery.found} is not a Parquet file, or is damaged. Write it again.")
