"""How Oracle is read: through its own driver, as Arrow. No test of ours has a server: see docs/databases.md."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from typing import Final
from urllib.parse import unquote, urlsplit

import oracledb
import pyarrow as pa

from connectors.sources.arrow_rows import ANSI_TOKENS, explain_by_class, found_as_arrow
from connectors.sources.database_engine import Engine, Found, Query, Since, Target
from connectors.sources.errors import SourceEmpty
from connectors.sources.reading import Request
from connectors.sources.since import SinceType
from connectors.sources.sql_values import refuse_no_select

_BATCH_ROWS: Final = 10_000
_CONNECT_SECONDS: Final = 10


def _place(url: str, request: Request) -> str:  # noqa: ARG001 - a server's place depends on no folder
    parts = urlsplit(url)
    return f"oracle://{parts.hostname or ''}:{parts.port or 1521}{parts.path}"


def _connect(target: Target) -> oracledb.Connection:
    parts = urlsplit(target.url)
    return oracledb.connect(
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=parts.hostname or "",
        port=parts.port or 1521,
        service_name=unquote(parts.path.strip("/")),
        tcp_connect_timeout=_CONNECT_SECONDS,
    )


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    refuse_no_select(query.sql, ANSI_TOKENS, target.place)
    with closing(_connect(target)) as connection:
        connection.call_timeout = target.timeout * 1000
        with connection.cursor() as cursor:
            cursor.execute("ALTER SESSION SET TIME_ZONE = 'UTC'")
            cursor.execute("SET TRANSACTION READ ONLY")  # of one state of the database, too
        bound = {f"contact_sync_{name}": query.values[name] for name in set(query.names)}
        frames = connection.fetch_df_batches(query.sql, bound, _BATCH_ROWS, fetch_decimals=True)
        tables = (pa.table(frame) for frame in frames)
        first = next(tables, None)
        if first is None:
            raise SourceEmpty(f"{target.place}: the query gives no rows. Deliver them, then sync again.")
        batches = (batch for table in chain([first], tables) for batch in table.to_batches())
        yield found_as_arrow(first.schema, batches)


ENGINE: Final = Engine(
    place=_place,
    tokens=ANSI_TOKENS,
    quote='"',
    date="TO_DATE(:contact_sync_date, 'YYYY-MM-DD')",
    since={
        SinceType.TIMESTAMP: Since(
            "TO_TIMESTAMP(:contact_sync_since, 'YYYY-MM-DD HH24:MI:SS.FF6')", "0001-01-01 00:00:00.000000"
        ),
        SinceType.DATE: Since("TO_DATE(:contact_sync_since, 'YYYY-MM-DD')", "0001-01-01"),
        SinceType.INTEGER: Since(":contact_sync_since", -(2**63)),
        SinceType.TEXT: Since(":contact_sync_since", "\x01"),  # an empty text is no value at all there
    },
    open=_open,
    faults=(oracledb.Error, pa.ArrowException, OSError),
    explain=explain_by_class,
)
"""Oracle, for `connectors.sources.database`."""
