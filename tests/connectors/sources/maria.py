"""What the tests do to a MariaDB or MySQL server that is not read as a source."""

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

import pymysql

if TYPE_CHECKING:
    from pymysql.connections import Connection
    from pymysql.cursors import Cursor


def maria_connection(url: str) -> "Connection[Cursor]":
    """Connect to a server."""
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path.lstrip("/"),
        autocommit=True,
    )


@dataclass(frozen=True)
class MariaServer:
    """A MariaDB or MySQL server.

    Attributes:
        url: Its URL, with the database of the tests.
        name: The name of that database.
    """

    url: str
    name: str

    def run(self, *statements: str) -> None:
        """Run statements on another connection."""
        with closing(maria_connection(self.url)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def ask(self, query: str) -> tuple[tuple[object, ...], ...]:
        """Return the rows of a query."""
        with closing(maria_connection(self.url)) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def at(self, *, user: str | None = None, port: int | None = None, path: str | None = None) -> str:
        """Return the URL with another user and a password, port or database."""
        parts = urlsplit(self.url)
        login = f"{user}:hunter2" if user else parts.netloc.rpartition("@")[0]
        netloc = f"{login}@{parts.hostname}:{port or parts.port or 3306}"
        return urlunsplit(parts._replace(netloc=netloc, path=path or parts.path))

    @property
    def place(self) -> str:
        """The server as people see it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}:{parts.port or 3306}{parts.path}"
