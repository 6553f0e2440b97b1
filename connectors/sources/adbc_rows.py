"""Reads a query through an ADBC driver: its columns first, then its rows as the driver's own Arrow batches."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_manager.dbapi import Connection

from connectors.sources.since import Mark

FAULTS = (Error, pa.ArrowException, OSError)
"""What an ADBC driver raises, before and while rows come."""


def columns(connection: Connection, sql: str, bound: Sequence[Mark] | None = None) -> pa.Schema:
    """Return the columns of a query, without its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return cursor.fetch_record_batch().schema


def rows(
    connection: Connection, sql: str, bound: Sequence[Mark] | None = None, *, lead: int = 0
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a query but for the first `lead`; it runs when the first batch is asked for."""
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        for found in cursor.fetch_record_batch():
            yield found.slice(lead)
            lead = 0
