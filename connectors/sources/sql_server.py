"""How SQL Server is read: through Microsoft's driver, as Arrow. No test of ours has a server: see docs/databases.md."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import mssql_python
import pyarrow as pa

from connectors.sources.arrow_rows import explain_by_class, found_as_arrow
from connectors.sources.database_engine import Engine, Found, Query, Since, Target
from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.since import SinceType
from connectors.sources.sql_values import refuse_no_select

_TOKENS: Final = re.compile(
    r"""
    '(?:[^']|'')*' | "(?:[^"]|"")*" | \[(?:[^\]]|\]\])*\] | --[^\n]* | /\*.*?(?:\*/|\Z)
    | :: | :(?P<name>[^\W\d]\w*) | (?P<foreign>\?) | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
_BATCH_ROWS: Final = 10_000
_OPTIONS: Final = {"encrypt": "Encrypt", "trustservercertificate": "TrustServerCertificate"}


def _place(url: str, request: Request) -> str:  # noqa: ARG001 - a server's place depends on no folder
    parts = urlsplit(url)
    return f"sqlserver://{parts.hostname or ''}:{parts.port or 1433}{parts.path}"


def _connection_string(url: str) -> str:
    parts = urlsplit(url)
    given = {
        "Server": f"{parts.hostname or ''},{parts.port or 1433}",
        "Database": unquote(parts.path.strip("/")),
        "UID": unquote(parts.username or ""),
        "PWD": unquote(parts.password or ""),
        "Encrypt": "yes",
        "ApplicationIntent": "ReadOnly",
    }
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name.lower() not in _OPTIONS:
            raise SourceSettingsWrong(f"A SQL Server url takes ?{' and &'.join(_OPTIONS)}, and no other option.")
        given[_OPTIONS[name.lower()]] = value
    # In braces, a value means itself, whatever it holds.
    return ";".join(f"{name}={{{value.replace('}', '}}')}}}" for name, value in given.items())


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    refuse_no_select(query.sql, _TOKENS, target.place)
    with closing(mssql_python.connect(_connection_string(target.url), timeout=target.timeout)) as connection:
        cursor = connection.cursor()
        # One state of the database; nothing is ever committed.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
        cursor.execute(query.sql, query.bound())
        with closing(cursor.arrow_reader(_BATCH_ROWS)) as reader:
            yield found_as_arrow(reader.schema, iter(reader))


ENGINE: Final = Engine(
    place=_place,
    tokens=_TOKENS,
    quote='"',
    date="CAST(? AS DATE)",
    since={
        SinceType.TIMESTAMP: Since("CAST(? AS DATETIME2)", "0001-01-01 00:00:00"),
        SinceType.DATE: Since("CAST(? AS DATE)", "0001-01-01"),
        SinceType.INTEGER: Since("CAST(? AS BIGINT)", -(2**63)),
        SinceType.TEXT: Since("?", ""),
    },
    open=_open,
    # The driver says with a RuntimeError that a library of the system is missing.
    faults=(mssql_python.Error, RuntimeError, pa.ArrowException, OSError),
    explain=explain_by_class,
)
"""SQL Server and Azure SQL, for `connectors.sources.database`."""
