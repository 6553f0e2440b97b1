"""What the tests do to a PostgreSQL server that is not read as a source."""

from dataclasses import dataclass

import adbc_driver_postgresql.dbapi as adbc


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server.

    Attributes:
        url: Its URL.
        schema: A schema for the tests.
    """

    url: str
    schema: str

    def run(self, *statements: str) -> None:
        """Run statements in one transaction of another connection, and commit it."""
        with adbc.connect(self.url) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Return the rows of a query."""
        with adbc.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())
