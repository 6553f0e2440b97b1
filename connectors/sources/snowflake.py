"""How Snowflake is read: through its ADBC driver, as Arrow. No test of ours has a server: see docs/databases.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import adbc_driver_snowflake.dbapi as adbc

from connectors.sources.adbc_rows import FAULTS
from connectors.sources.arrow_rows import ANSI_TOKENS, explain_by_class, open_through_adbc
from connectors.sources.database_engine import Engine, Found, Query, Since, Target
from connectors.sources.reading import Request
from connectors.sources.since import SinceType
from connectors.sources.sql_values import refuse_no_select


def _place(url: str, request: Request) -> str:  # noqa: ARG001 - a server's place depends on no folder
    parts = urlsplit(url)
    return f"snowflake://{parts.hostname or ''}{parts.path}"


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    refuse_no_select(query.sql, ANSI_TOKENS, target.place)
    with adbc.connect(target.url.partition("://")[2]) as connection:
        with connection.cursor() as cursor:
            # One statement sees one state of the database there, and nothing is committed.
            cursor.execute(f"ALTER SESSION SET TIMEZONE = 'UTC', STATEMENT_TIMEOUT_IN_SECONDS = {target.timeout:d}")
        with open_through_adbc(connection, target, query) as found:
            yield found


ENGINE: Final = Engine(
    place=_place,
    tokens=ANSI_TOKENS,
    quote='"',
    date="CAST(? AS DATE)",
    since={
        SinceType.TIMESTAMP: Since("CAST(? AS TIMESTAMP_TZ)", "0001-01-01 00:00:00"),
        SinceType.DATE: Since("CAST(? AS DATE)", "0001-01-01"),
        SinceType.INTEGER: Since("?", -(2**63)),
        SinceType.TEXT: Since("?", ""),
    },
    open=_open,
    faults=FAULTS,
    explain=explain_by_class,
)
"""Snowflake, for `connectors.sources.database`."""
