"""Databases whose driver gives whole results as Arrow: types as they come, and faults by the driver's own classes.

What is common to the databases that no test of ours has a server for. Nothing is written into their SQL but markers.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Final

import pyarrow as pa
from adbc_driver_manager import AdbcStatusCode, Error
from adbc_driver_manager.dbapi import Connection

from connectors.sources.database_engine import Found, Query, Target
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.parquet_types import plain_type, travelling, travelling_type

ANSI_TOKENS: Final = re.compile(
    r"""
    '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?(?:\*/|\Z)
    | :: | :(?P<name>[^\W\d]\w*) | (?P<foreign>\?|\$\d+) | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
"""Literals, names and comments of standard SQL; where a database has more of them, its engine has tokens of its own."""


def found_as_arrow(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Found:
    """Return an open query whose columns travel as Parquet's do.

    Args:
        schema: What the driver says of the columns.
        batches: The rows.
    """
    types = tuple(travelling_type(field.type) for field in schema)
    unreadable = tuple(field.name for field in schema if plain_type(field.type) is None)
    return Found(tuple(schema.names), types, unreadable, _travelling(batches, types))


def _travelling(batches: Iterator[pa.RecordBatch], types: tuple[pa.DataType, ...]) -> Iterator[pa.RecordBatch]:
    names = [str(position) for position in range(len(types))]
    for batch in batches:
        columns = [travelling(column, kind) for column, kind in zip(batch.columns, types, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, names)


@contextmanager
def open_through_adbc(connection: Connection, target: Target, query: Query) -> Iterator[Found]:
    """Run a query through an ADBC driver that binds parameters by position and streams its result.

    Args:
        connection: The connection.
        target: Where it leads to; its time limit is kept here, as not every such database has one.
        query: The query.
    """
    with connection.cursor() as cursor:
        limit = Timer(target.timeout, cursor.adbc_cancel)
        limit.daemon = True
        limit.start()
        try:
            cursor.execute(query.sql, query.bound() or None)
            reader = cursor.fetch_record_batch()
            yield found_as_arrow(reader.schema, iter(reader))
        finally:
            limit.cancel()
            limit.join()


_REFUSED: Final = "the login is refused, or its user may not read what the query reads. Mend the url, or grant access"
_STOPPED: Final = "the query was stopped: it took longer than timeout_seconds, or a person stopped it"
_QUERY: Final = "the query is not right, or its table is not there. Run it in the database's own program to see why"
_VALUE: Final = "the query met a value that it cannot use. Run it in the database's own program to see which"
_LOST: Final = "the server cannot be reached, or stopped answering. Mend the url or the network, and run the sync again"
_OTHER: Final = "the database could not run the query. Run it in the database's own program to see why"
_LIBRARY: Final = (
    "its driver cannot work on this machine, where a library of the system is missing. Its documentation names them"
)

_BY_STATUS: Final = {
    AdbcStatusCode.UNAUTHENTICATED: (SourceMissing, _REFUSED),
    AdbcStatusCode.UNAUTHORIZED: (SourceMissing, _REFUSED),
    AdbcStatusCode.NOT_FOUND: (SourceMissing, _QUERY),
    AdbcStatusCode.TIMEOUT: (SourceMissing, _STOPPED),
    AdbcStatusCode.CANCELLED: (SourceMissing, _STOPPED),
    AdbcStatusCode.INVALID_ARGUMENT: (SourceSettingsWrong, _QUERY),
    AdbcStatusCode.INVALID_DATA: (SourceBroken, _VALUE),
    AdbcStatusCode.IO: (SourceMissing, _LOST),
}
_BY_CLASS: Final = {  # PEP 249
    "ProgrammingError": (SourceSettingsWrong, _QUERY),
    "DataError": (SourceBroken, _VALUE),
    "OperationalError": (SourceMissing, _LOST),
    "OSError": (SourceMissing, _LOST),
    "RuntimeError": (SourceMissing, _LIBRARY),
}


def explain_by_class(error: Exception, target: Target) -> SourceError:
    """Name a fault by the driver's code or class alone: its text may hold a value or a secret.

    Args:
        error: What the driver raised.
        target: Where it was connected to.
    """
    by_class = (_BY_CLASS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _BY_CLASS)
    by_status = _BY_STATUS.get(error.status_code) if isinstance(error, Error) else None
    kind, sentence = by_status or next(by_class, (SourceMissing, _OTHER))
    return kind(f"{target.place}: {sentence}.")
