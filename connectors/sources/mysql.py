"""How MySQL and MariaDB are read: by their own text of every value, one result streamed in one read-only snapshot.

PyMySQL is the driver: no ADBC driver for them comes as a package, connectorx binds nothing and opens connections of its
own, and the drivers in C need a compiler or a licence that ours is not.
"""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from pymysql import MySQLError, connect
from pymysql.converters import conversions
from pymysql.cursors import Cursor, SSCursor

from connectors.sources.database_engine import Engine, Found, Query, Since, Target
from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.mysql_faults import explain
from connectors.sources.mysql_tls import tls
from connectors.sources.mysql_types import MysqlType, mysql_type
from connectors.sources.reading import Request
from connectors.sources.since import SinceType
from connectors.sources.sql_values import refuse_no_select

if TYPE_CHECKING:
    from pymysql.connections import Connection

_TOKENS: Final = re.compile(
    r"""
    '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*`
    | --(?=\s|\Z)[^\n]* | \#[^\n]* | /\*.*?(?:\*/|\Z)
    | := | :(?P<name>[^\W\d]\w*) | (?P<foreign>\?) | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
_CONNECT_SECONDS: Final = 10
_PATIENCE_SECONDS: Final = 30
"""How much longer than the query may take we wait for a server that has fallen silent."""
_BATCH_ROWS: Final = 10_000
_ENCODERS: Final[dict[Any, Any]] = {kind: encode for kind, encode in conversions.items() if not isinstance(kind, int)}
# What would change the meaning of a query's literals, or of a value, against what is the default everywhere.
_MODES_LEFT_OUT: Final = {"NO_BACKSLASH_ESCAPES", "PAD_CHAR_TO_FULL_LENGTH", "NO_ZERO_DATE", "NO_ZERO_IN_DATE"}


class _Stream(SSCursor):
    """A cursor whose rows stay at the server until they are asked for, and which leaves the rest there when closed."""

    _result: Any  # the driver's own, of which its types say too little

    def types(self) -> list[MysqlType]:
        """Return what becomes of each column of the result."""
        return [mysql_type(one.type_code, one.flags, one.charsetnr) for one in self._result.fields]

    def drop(self) -> None:
        """Let go of the result; the driver's own way is to read all the rows that are left."""
        if self._result is not None:
            self._result.unbuffered_active = False
            self._result = None


def _place(url: str, request: Request) -> str:  # noqa: ARG001 - a server's place depends on no folder
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}:{parts.port or 3306}{parts.path}"


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    refuse_no_select(query.sql, _TOKENS, target.place)
    with closing(_connect(target)) as connection:
        _begin(connection, target)
        cursor = connection.cursor(_Stream)
        try:
            _execute(cursor, query)
            if cursor.description is None:
                raise SourceSettingsWrong(f"{target.place}: the query gives no rows. Write a SELECT.")
            header, types = tuple(column[0] for column in cursor.description), cursor.types()
            unreadable = tuple(name for name, kind in zip(header, types, strict=True) if not kind.readable)
            yield Found(header, tuple(kind.type for kind in types), unreadable, _rows(cursor, types))
        finally:
            cursor.drop()


def _connect(target: Target) -> "Connection[Cursor]":
    parts = urlsplit(target.url)
    given: dict[str, Any] = {
        "host": parts.hostname or "localhost",
        "port": parts.port or 3306,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or "").encode(),
        "database": unquote(parts.path.lstrip("/")) or None,
        **tls(parts.query, target.request.folder),
    }
    return connect(
        **given,
        charset="utf8mb4",
        conv=_ENCODERS,
        use_unicode=False,  # whole columns of bytes become text faster than single cells do
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=target.timeout + _PATIENCE_SECONDS,
        write_timeout=_PATIENCE_SECONDS,
    )


def _begin(connection: "Connection[Cursor]", target: Target) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT VERSION(), @@SESSION.sql_mode")
        version, modes = (cell.decode() for cell in cursor.fetchone() or ())
        limit = ("max_statement_time", 1) if "MariaDB" in version else ("max_execution_time", 1000)
        kept = ",".join(mode for mode in modes.split(",") if mode not in _MODES_LEFT_OUT)
        cursor.execute("SET SESSION sql_mode = %s, time_zone = '+00:00'", (kept,))
        # A server that waits longer for us than we for it does not cut a reader off who has much to do with a batch.
        cursor.execute("SET SESSION net_write_timeout = %s", (target.timeout + _PATIENCE_SECONDS,))
        cursor.execute(f"SET SESSION {limit[0]} = %s", (target.timeout * limit[1],))
        # Of the session, since a statement that ends the transaction first (DROP) would run outside of it.
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")


def _execute(cursor: _Stream, query: Query) -> None:
    """Run the query as a prepared statement: its values are the server's parameters, and never part of its text."""
    cursor.execute("PREPARE contact_sync FROM %s", (query.sql,))
    variables = [f"@contact_sync_{position}" for position in range(len(query.names))]
    for variable, value in zip(variables, query.bound(), strict=True):
        cursor.execute(f"SET {variable} = %s", (value,))
    cursor.execute(f"EXECUTE contact_sync{' USING ' if variables else ''}{', '.join(variables)}")


def _rows(cursor: _Stream, types: list[MysqlType]) -> Iterator[pa.RecordBatch]:
    names = [str(position) for position in range(len(types))]
    while rows := cursor.fetchmany(_BATCH_ROWS):
        columns = [kind.read(cells) for kind, cells in zip(types, zip(*rows, strict=True), strict=True)]
        yield pa.RecordBatch.from_arrays(columns, names)


ENGINE: Final = Engine(
    place=_place,
    tokens=_TOKENS,
    quote="`",
    date="CAST(? AS DATE)",
    since={
        SinceType.TIMESTAMP: Since("CAST(? AS DATETIME(6))", "0000-00-00 00:00:00"),
        SinceType.DATE: Since("CAST(? AS DATE)", "0000-00-00"),
        SinceType.INTEGER: Since("?", -(2**63)),
        SinceType.TEXT: Since("?", ""),
    },
    open=_open,
    # A login that would go out in clear is refused by the driver with a RuntimeError.
    faults=(MySQLError, RuntimeError, pa.ArrowException, OSError),
    explain=explain,
)
"""MySQL and MariaDB, for `connectors.sources.database`."""
