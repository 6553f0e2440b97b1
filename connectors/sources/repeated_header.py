"""Tells a header that stands in a file once more from a contact, and sets it aside under its own code."""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from connectors.sources.columns import TECHNICAL_FIELDS
from schemas.issues import IssueCode
from schemas.rows import FAULT

_BYTE_ORDER_MARK: Final = "\ufeff"


def repeated_headers_set_aside(batches: Iterator[pa.RecordBatch], header: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield batches; a row with the header's name in every cell gets the fault `repeated_header` and keeps its cells.

    That is what exports joined end to end look like, each with its byte order mark or none, and headers of two lines;
    the rows below it are rows.

    Args:
        batches: Batches with technical columns.
        header: The names of the columns as found.
    """
    for batch in batches:
        own = batch.columns[len(TECHNICAL_FIELDS) :]
        first = pc.or_(pc.equal(own[0], header[0]), pc.equal(own[0], _BYTE_ORDER_MARK + header[0]))
        if pc.any(first).as_py():  # most batches are done with a look at one column
            others = [pc.equal(column, name) for column, name in zip(own[1:], header[1:], strict=True)]
            yield _with_faults(batch, reduce(pc.and_, others, first))
        else:
            yield batch


def _with_faults(batch: pa.RecordBatch, where: pa.BooleanArray) -> pa.RecordBatch:
    place = batch.schema.get_field_index(FAULT)
    faults = pc.if_else(pc.fill_null(where, fill_value=False), IssueCode.REPEATED_HEADER.value, batch.column(place))
    return batch.set_column(place, batch.schema.field(place), faults)
