"""How DuckDB is read: truth values and plain numbers keep their types, all else comes as DuckDB's own text."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer
from typing import Final
from urllib.parse import unquote, urlsplit

import duckdb
import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType

from connectors.sources.database_engine import Engine, Found, Query, Since, Target
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.since import SinceType
from connectors.sources.sql_values import wrap

_TOKENS: Final = re.compile(
    r"""
    (?<!\w)[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
    | (?<!\w)\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
    | --[^\n]* | /\*.*?(?:\*/|\Z) | :: | :(?P<name>[^\W\d]\w*) | (?P<foreign>\$\w+|\?) | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
_OWN_TYPES: Final = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "utinyint": pa.uint8(),
    "usmallint": pa.uint16(),
    "uinteger": pa.uint32(),
    "ubigint": pa.uint64(),
    "float": pa.float32(),
    "double": pa.float64(),
}
_UNREADABLE: Final = {"list", "array", "struct", "map", "union", "blob", "geometry", "variant"}
_BATCH_ROWS: Final = 20_000
_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "TimeZone": "UTC",
    "autoinstall_known_extensions": "false",  # a nightly reading fetches no code
    "python_enable_replacements": "false",  # a table's name means a table, and no variable of ours
}


def _file(url: str, request: Request) -> Path:
    parts = urlsplit(url)
    if parts.netloc or not parts.path.strip("/") or parts.query or parts.fragment:
        raise SourceSettingsWrong(
            "A DuckDB url is duckdb:///relative.duckdb or duckdb:////absolute.duckdb, and nothing after it."
        )
    return request.folder / unquote(parts.path[1:])


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    file = _file(target.url, target.request)
    if not file.is_file():
        raise SourceMissing(f"{file} is not there. Deliver it, or mend the url.")
    with closing(duckdb.connect(file, read_only=True, config=_CONFIG)) as connection:
        limit = Timer(target.timeout, connection.interrupt)
        limit.daemon = True
        try:
            limit.start()
            _refuse_no_select(connection, query.sql, target)
            values = {name: query.values[name] for name in query.names}
            # Nothing runs before the rows are asked for; they come from one query, and so from one state of the file.
            found = connection.sql(query.sql, params=values)
            cells = [_cell(f"c{position}", kind.id) for position, kind in enumerate(found.types, start=1)]
            read = connection.sql(wrap(query.sql, cells), params=values)
            yield Found(
                tuple(found.columns),
                tuple(_type_of(kind) for kind in found.types),
                tuple(name for name, kind in zip(found.columns, found.types, strict=True) if kind.id in _UNREADABLE),
                iter(read.to_arrow_reader(_BATCH_ROWS)),
            )
        finally:
            limit.cancel()
            limit.join()


def _refuse_no_select(connection: duckdb.DuckDBPyConnection, sql: str, target: Target) -> None:
    """Refuse COPY, SET and the like, which a database that is opened read-only does not hold back."""
    if [statement.type for statement in connection.extract_statements(sql)] != [duckdb.StatementType.SELECT]:
        raise SourceSettingsWrong(f"{target.place}: the query writes, or is no SELECT. Mend it.")


def _type_of(kind: DuckDBPyType) -> pa.DataType:
    return _OWN_TYPES.get(kind.id, pa.string())


def _cell(name: str, kind: str) -> str:
    """Return the SQL for a cell: times as ISO 8601, bytes as hexadecimal."""
    if kind in _OWN_TYPES:
        return name
    if kind == "blob":
        return f"hex({name})"
    text = f"{name}::VARCHAR"
    if kind == "timestamp with time zone":
        return f"replace(replace({text}, ' ', 'T'), '+00', 'Z')"
    return f"replace({text}, ' ', 'T')" if kind.startswith("timestamp") else text


_DAMAGED: Final = (
    "this is not a DuckDB database of a version that can be read, or it is damaged. Restore it, or open it "
    "with DuckDB's own program"
)
_SENTENCES: Final = (
    ("not a valid DuckDB|Serialization Error|[Cc]orrupt|INTERNAL Error", SourceBroken, _DAMAGED),
    ("[Cc]ould not set lock", SourceMissing, "it is locked by another program. Run the sync again later"),
    ("INTERRUPT", SourceMissing, "the query was stopped: it took longer than timeout_seconds"),
    ("Catalog Error: Table", SourceMissing, "the table is not there. Create it, or mend the query"),
    ("read-only mode", SourceSettingsWrong, "the query writes, and may only read"),
    ("(Parser|Binder|Catalog) Error", SourceSettingsWrong, "the query is not right. Mend it"),
    (
        "(Conversion|Out of Range) Error",
        SourceBroken,
        "the query met a value that it cannot use. Mend the query, or it",
    ),
)
# What is said before rows are read speaks of the query alone.
_SPOKEN: Final = re.compile(r"(?:Parser|Binder|Catalog) Error: ([^\n]*)")


def _explain(error: Exception, target: Target) -> SourceError:
    said = str(error)
    spoken = _SPOKEN.search(said)
    for pattern, kind, sentence in _SENTENCES:
        if re.search(pattern, said):
            return kind(f"{target.place}: {sentence}{f' ({spoken[1]})' if spoken else ''}.")
    return SourceMissing(f"{target.place}: DuckDB could not run the query. Run it in DuckDB's own program to see why.")


ENGINE: Final = Engine(
    place=lambda url, request: str(_file(url, request)),
    tokens=_TOKENS,
    quote='"',
    date="$date::DATE",
    since={
        SinceType.TIMESTAMP: Since("$since::TIMESTAMPTZ", "-infinity"),
        SinceType.DATE: Since("$since::DATE", "-infinity"),
        SinceType.INTEGER: Since("$since::BIGINT", -(2**63)),
        SinceType.TEXT: Since("$since::VARCHAR", ""),
    },
    open=_open,
    faults=(duckdb.Error, pa.ArrowException, OSError),
    explain=_explain,
)
"""DuckDB, for `connectors.sources.database`."""
