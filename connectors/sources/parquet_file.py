"""The kind `parquet`: one Parquet file, its columns in their own types."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.sources.columns import reading_schema, refuse_mapped, with_technical
from connectors.sources.delivery import Delivery, DeliveryPath, take
from connectors.sources.errors import SourceBroken
from connectors.sources.reading import Reading, Request
from connectors.sources.settings import SourceSettings

_BATCH_ROWS: Final = 1 << 16
_DAMAGE: Final = (pa.ArrowException, OSError, UnicodeDecodeError)  # the last one for a column's name


class ParquetSettings(SourceSettings):
    """A Parquet file.

    Attributes:
        path: The file; `{date}` stands for the day of the sync.
    """

    kind: Literal["parquet"]
    path: DeliveryPath


@contextmanager
def open_parquet(settings: ParquetSettings, request: Request) -> Iterator[Reading]:
    """Open a Parquet file; page checksums are verified where the file has them.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceMissing: The file is not there or may not be read.
        SourceEmpty: The file holds not one byte.
        SourceBroken: The file changed while it was read, or is damaged; also while the batches are read.
        SourceSettingsWrong: A mapped column holds lists, structures or binary data.
    """
    delivery = take(settings.path, request)
    try:
        file = pq.ParquetFile(delivery.copy, page_checksum_verification=True)
        found = file.schema_arrow
        header = tuple(found.names)
    except _DAMAGE:
        raise _damaged(delivery) from None
    with file:
        refuse_mapped(settings, [name for name, kind in zip(header, found.types, strict=True) if not is_plain(kind)])
        schema = reading_schema(header, found.types)
        yield Reading(header, schema, _batches(file, schema, delivery), delivery.facts())


def is_plain(kind: pa.DataType) -> bool:
    """Tell whether a value of this type is one text, number, date or time."""
    if pa.types.is_dictionary(kind):
        return is_plain(kind.value_type)
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return not (pa.types.is_nested(kind) or binary)


def _batches(file: pq.ParquetFile, schema: pa.Schema, delivery: Delivery) -> Iterator[pa.RecordBatch]:
    first = 1
    try:
        for batch in file.iter_batches(_BATCH_ROWS):
            batch.validate(full=True)
            yield with_technical(schema, batch.columns, first)
            first += batch.num_rows
    except _DAMAGE:
        raise _damaged(delivery) from None
    if first - 1 != file.metadata.num_rows:
        raise SourceBroken(
            f"{delivery.found} holds {first - 1} rows, but says {file.metadata.num_rows}. Write it again."
        )


def _damaged(delivery: Delivery) -> SourceBroken:
    return SourceBroken(f"{delivery.found} is not a Parquet file, or is damaged. Write it again.")
