"""How Redshift is read: as the old PostgreSQL that it is. No test of ours has a server: see docs/databases.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi as adbc

from connectors.sources import postgresql
from connectors.sources.database_engine import Found, Query, Target
from connectors.sources.reading import Request
from connectors.sources.sql_values import refuse_no_select

_TEXT: Final = "varchar(65535)"
"""The longest there is; plain `text` is 256 bytes there."""
_VALUES: Final = "SELECT set_config('contact_sync.date', $1, false), set_config('contact_sync.since', $2, false)"


def _place(url: str, request: Request) -> str:  # noqa: ARG001 - a server's place depends on no folder
    parts = urlsplit(url)
    return f"redshift://{parts.hostname or ''}:{parts.port or 5439}{parts.path}"


def _as_postgresql(target: Target) -> str:
    parts = urlsplit(target.url)
    netloc = parts.netloc if parts.port else f"{parts.netloc}:5439"
    return postgresql.for_libpq(parts._replace(scheme="postgresql", netloc=netloc).geturl(), target.request.folder)


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    refuse_no_select(query.sql, postgresql.ENGINE.tokens, target.place)
    with adbc.connect(_as_postgresql(target)) as connection:
        with connection.cursor() as cursor:
            # Its transactions are serializable, and see one state of the database.
            for name, value in (
                ("timezone", "'UTC'"),
                ("datestyle", "'ISO'"),
                ("statement_timeout", target.timeout * 1000),
            ):
                cursor.execute(f"SET {name} TO {value}")
            cursor.execute(_VALUES, (query.values["date"], str(query.values.get("since", ""))))
            cursor.fetchall()
        yield postgresql.found_as_text(connection, query.sql, _TEXT)


ENGINE: Final = replace(postgresql.ENGINE, place=_place, open=_open)
"""Redshift, for `connectors.sources.database`."""
