"""How PostgreSQL is read: truth values and plain numbers keep their types, all else comes as PostgreSQL's own text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from adbc_driver_manager.dbapi import Connection

from connectors.sources.database_engine import Engine, Target
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.sql_day import wrap

_TOKENS: Final = re.compile(
    r"""
    (?<!\w)[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
    | (?<!\w)\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
    | --[^\n]* | /\*.*?(?:\*/|\Z) | :: | :(?P<name>[^\W\d]\w*) | (?P<foreign>\$\d+) | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
_OWN_TYPES: Final = {"bool", "int2", "int4", "int8", "float4", "float8"}
_CONNECT_SECONDS: Final = "10"

_SETUP: Final = (
    # One snapshot for the header and the rows (PostgreSQL documentation, section 13.2.2), and no write.
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO'",
)
_SET: Final = "SELECT set_config('contact_sync.date', $1, true), set_config('statement_timeout', $2, true)"


def _place(url: str, request: Request) -> str:  # noqa: ARG001 - a server's place depends on no folder
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or ''}:{parts.port or 5432}{parts.path}"


@contextmanager
def _connect(target: Target) -> Iterator[Connection]:
    with adbc.connect(_with_connect_timeout(target.url)) as connection:
        with connection.cursor() as cursor:
            for statement in _SETUP:
                cursor.execute(statement)
            # The driver streams a query only where it has no parameters of its own, so the day is bound here.
            cursor.execute(_SET, (target.request.day.isoformat(), f"{target.timeout}s"))
            cursor.fetchall()
        yield connection


def _with_connect_timeout(url: str) -> str:
    parts = urlsplit(url)
    options = {"connect_timeout": _CONNECT_SECONDS, **dict(parse_qsl(parts.query))}
    return urlunsplit(parts._replace(query=urlencode(options, quote_via=quote)))


def _type_name(field: pa.Field) -> str:
    name: bytes = (field.metadata or {}).get(b"POSTGRESQL:type", b"")
    return name.decode()


def _type_of(field: pa.Field) -> pa.DataType:
    return field.type if _type_name(field) in _OWN_TYPES else pa.string()


def _read(query: str, found: pa.Schema) -> str:
    return wrap(query, [_cell(f"c{position}", _type_name(field)) for position, field in enumerate(found, start=1)])


def _cell(name: str, kind: str) -> str:
    """Return the SQL for a cell: times as ISO 8601, as the driver's own types wrap around silently."""
    if kind in _OWN_TYPES:
        return name
    if kind == "timestamptz":
        return f"replace(replace({name}::text, ' ', 'T'), '+00', 'Z')"
    return f"replace({name}::text, ' ', 'T')" if kind == "timestamp" else f"{name}::text"


def _unreadable(field: pa.Field) -> bool:
    return pa.types.is_nested(field.type) or _type_name(field) == "bytea"


_BY_STATE: Final = (
    ("28", SourceMissing, "the server refuses the user or the password. Mend them, or grant access"),
    ("3D", SourceMissing, "the database is not there. Create it, or mend the url"),
    ("42P01", SourceMissing, "the table is not there. Create it, or mend the query"),
    ("3F", SourceMissing, "the schema is not there. Create it, or mend the query"),
    ("42501", SourceMissing, "the user may not read what the query reads. Grant it SELECT"),
    ("57014", SourceMissing, "the query was stopped: it took longer than timeout_seconds, or a person stopped it"),
    ("22", SourceBroken, "the query met a value that it cannot convert. Mend the query, or the value"),
    ("25006", SourceSettingsWrong, "the query writes, and may only read"),
    ("42", SourceSettingsWrong, "the query is not right. Mend it"),
    ("", SourceMissing, "the server stopped answering, or refused. Run the sync again"),
)
_BY_TEXT: Final = (
    ("authentication|no password|role .* does not exist|pg_hba", "28"),
    ("database .* does not exist", "3D"),
    # While rows stream in, the driver keeps the server's sentence and drops its code.
    ("canceling statement", "57014"),
    ("permission denied", "42501"),
    ("read-only transaction", "25006"),
    ("invalid input|out of range|division by zero", "22"),
)


def _explain(error: Exception, target: Target) -> SourceError:
    said = str(error)
    state = re.search(r"SQLSTATE:? (\w{5})", said)
    code = state[1] if state else next((code for text, code in _BY_TEXT if re.search(text, said)), "")
    if not code and "Failed to connect" in said:
        return SourceMissing(f"{target.place}: no server answers there. Start it, or mend the url.")
    kind, sentence = next((kind, sentence) for prefix, kind, sentence in _BY_STATE if code.startswith(prefix))
    # Class 42 speaks of the query alone; other classes may quote a row.
    spoken = re.search(r"ERROR:\s+([^\n]*)", said) if code.startswith("42") else None
    return kind(f"{target.place}: {sentence}{f' ({spoken[1]})' if spoken else ''}.")


POSTGRESQL: Final = Engine(
    place=_place,
    connect=_connect,
    tokens=_TOKENS,
    day="(current_setting('contact_sync.date')::date)",
    binds_day=False,
    probe=lambda query: f"SELECT * FROM (\n{query}\n) AS source LIMIT 0",  # noqa: S608 - the query is the settings' own
    read=_read,
    type_of=_type_of,
    lead_rows=0,
    unreadable=_unreadable,
    explain=_explain,
)
"""PostgreSQL, for `connectors.sources.database`."""
