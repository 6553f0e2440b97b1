"""How PostgreSQL is read: truth values and plain numbers keep their types, all else comes as PostgreSQL's own text."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_manager.dbapi import Connection

from connectors.sources.adbc_rows import FAULTS, columns, rows
from connectors.sources.database_engine import Engine, Found, Query, Since, Target
from connectors.sources.postgresql_faults import explain
from connectors.sources.reading import Request
from connectors.sources.since import SinceType
from connectors.sources.sql_values import wrap

_TOKENS: Final = re.compile(
    r"""
    (?<!\w)[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
    | (?<!\w)\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
    | --[^\n]* | /\*.*?(?:\*/|\Z) | :: | :(?P<name>[^\W\d]\w*) | (?P<foreign>\$\d+) | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
_OWN_TYPES: Final = {"bool", "int2", "int4", "int8", "float4", "float8"}
_CONNECT_SECONDS: Final = "10"
_FILES: Final = {"sslrootcert", "sslcert", "sslkey", "sslcrl"}

_SETUP: Final = (
    # One snapshot for the header and the rows (PostgreSQL documentation, section 13.2.2), and no write.
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO'",
)
_SET: Final = (
    "SELECT set_config('contact_sync.date', $1, true), set_config('contact_sync.since', $2, true), "
    "set_config('statement_timeout', $3, true)"
)
_VALUE: Final = "(current_setting('contact_sync.{}')::{})"


def _place(url: str, request: Request) -> str:  # noqa: ARG001 - a server's place depends on no folder
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or ''}:{parts.port or 5432}{parts.path}"


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    with adbc.connect(for_libpq(target.url, target.request.folder)) as connection:
        _begin(connection, target, query)
        yield found_as_text(connection, query.sql)


def found_as_text(connection: Connection, sql: str, text: str = "text") -> Found:
    """Return the open query.

    Args:
        connection: A connection in its transaction.
        sql: The query.
        text: The name of the type of text.
    """
    found = columns(connection, f"SELECT * FROM (\n{sql}\n) AS source LIMIT 0")  # noqa: S608 - the settings' own
    return Found(
        tuple(found.names),
        tuple(_type_of(field) for field in found),
        tuple(field.name for field in found if _unreadable(field)),
        _finished(rows(connection, _read_as_text(sql, found, text)), [_type_name(field) for field in found]),
    )


def _begin(connection: Connection, target: Target, query: Query) -> None:
    with connection.cursor() as cursor:
        for statement in _SETUP:
            cursor.execute(statement)
        # The driver streams a query only where it has no parameters of its own, so its values are bound here.
        values = (query.values["date"], str(query.values.get("since", "")), f"{target.timeout}s")
        cursor.execute(_SET, values)
        cursor.fetchall()


def for_libpq(url: str, folder: Path) -> str:
    """Return the URL with a limit for connecting, unless it has one, and its certificates' paths made whole.

    Args:
        url: The URL as it is set.
        folder: The folder that relative paths start from.
    """
    parts = urlsplit(url)
    options = {"connect_timeout": _CONNECT_SECONDS, **dict(parse_qsl(parts.query))}
    paths = {name: str(folder / options[name]) for name in _FILES & set(options) if options[name] != "system"}
    return urlunsplit(parts._replace(query=urlencode({**options, **paths}, quote_via=quote)))


def _type_name(field: pa.Field) -> str:
    name: bytes = (field.metadata or {}).get(b"POSTGRESQL:type", b"")
    return name.decode()


def _type_of(field: pa.Field) -> pa.DataType:
    return field.type if _type_name(field) in _OWN_TYPES else pa.string()


def _read_as_text(query: str, found: pa.Schema, text: str) -> str:
    """Return the query with its cells as the server's text: the driver's own times wrap around silently."""
    kinds = [_type_name(field) for field in found]
    as_they_are = _OWN_TYPES | {"bpchar"}
    cells = [f"c{n}" if kind in as_they_are else f"c{n}::{text}" for n, kind in enumerate(kinds, start=1)]
    return wrap(query, cells)


def _finished(batches: Iterator[pa.RecordBatch], kinds: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield the batches with what whole columns have done to them faster than the server does it to cells."""
    for batch in batches:
        columns = [_FINISH.get(kind, _as_it_is)(column) for column, kind in zip(batch.columns, kinds, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _as_it_is(column: pa.Array) -> pa.Array:
    return column


def _moments(column: pa.Array) -> pa.Array:
    return pc.replace_substring(column, " ", "T", max_replacements=1)


_FINISH: Final[Mapping[str, Callable[[pa.Array], pa.Array]]] = {
    "timestamp": _moments,
    "timestamptz": lambda column: pc.replace_substring(_moments(column), "+00", "Z"),
    "bpchar": lambda column: pc.utf8_rtrim(column, " "),  # a CHAR(n) is filled up, and means the same without
}


def _unreadable(field: pa.Field) -> bool:
    return pa.types.is_nested(field.type) or _type_name(field) == "bytea"


_SINCE: Final = (
    (SinceType.TIMESTAMP, "timestamptz", "-infinity"),
    (SinceType.DATE, "date", "-infinity"),
    (SinceType.INTEGER, "bigint", -(2**63)),
    (SinceType.TEXT, "text", ""),
)

ENGINE: Final = Engine(
    place=_place,
    tokens=_TOKENS,
    quote='"',
    date=_VALUE.format("date", "date"),
    since={kind: Since(_VALUE.format("since", sql), smallest) for kind, sql, smallest in _SINCE},
    open=_open,
    faults=FAULTS,
    explain=explain,
)
"""PostgreSQL, for `connectors.sources.database`."""
