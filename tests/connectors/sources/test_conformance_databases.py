"""Databases whose drivers are not ADBC's keep the promises of every kind of source."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from connectors.sources.conformance import SourceSuite
from connectors.sources.conformance.people import LARGE_BYTES
from connectors.sources.sql_values import quoted
from tests.connectors.sources.maria import MariaServer, maria_connection


class TestDuckdb(SourceSuite):
    """DuckDB databases."""

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:
        """Write one."""
        with closing(duckdb.connect(folder / "people.duckdb")) as connection:
            connection.register("given", people)
            connection.execute("create table people as select * from given")
        yield {"kind": "database", "url": "duckdb:///people.duckdb", "table": "people"}


class TestMariadb(SourceSuite):
    """Tables of a MariaDB or MySQL server."""

    @pytest.fixture(autouse=True)
    def _server(self, maria: MariaServer) -> Iterator[None]:
        """A server, entered by a user of the tests' own with a password."""
        self.server = maria
        user = f"s_{maria.name[-8:]}"
        maria.run(f"create user {user} identified by 'hunter2'", f"grant select on {maria.name}.* to {user}")
        self.environ = {"SHOP_DB_URL": maria.at(user=user)}
        yield
        maria.run(f"drop user {user}")

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:  # noqa: ARG002 - it has no files
        """Make one in the tests' database; MyISAM has room for wide rows, and keeps their order."""
        names = [quoted(name, "`") for name in people.column_names]
        marks = ", ".join(["%s"] * len(names))
        self.server.run(f"create table suite ({', '.join(f'{name} text' for name in names)}) engine = myisam")
        with closing(maria_connection(self.server.url)) as connection, connection.cursor() as cursor:
            rows = list(zip(*people.to_pydict().values(), strict=True))
            cursor.executemany(f"insert into suite values ({marks})", rows)  # noqa: S608 - our own
        yield from self._made()

    def make_large(self, folder: Path, rows: int) -> Iterator[dict[str, Any]]:  # noqa: ARG002 - it has no files
        """Make one at the server."""
        email, note = "concat('person', seq, '@example.com')", f"repeat('x', {LARGE_BYTES // rows})"
        select = f"select {email} as email, {note} as note from seq_1_to_{rows}"  # noqa: S608 - our own
        self.server.run(f"create table suite engine = myisam as {select}")
        yield from self._made()

    def _made(self) -> Iterator[dict[str, Any]]:
        yield {"kind": "database", "url": {"env": "SHOP_DB_URL"}, "table": "suite"}
        self.server.run("drop table suite")
