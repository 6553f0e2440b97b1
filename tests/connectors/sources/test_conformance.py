"""Every kind of source keeps the promises of the suite; a new kind joins with one class of about five lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from string import ascii_uppercase
from typing import Any, ClassVar
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi as postgresql
import adbc_driver_sqlite.dbapi as sqlite
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from connectors.sources.conformance import SourceSuite
from tests.connectors.sources import workbooks
from tests.connectors.sources.postgres import Server


class TestCsv(SourceSuite):
    """CSV files."""

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:
        """Write one."""
        pc.write_csv(people, folder / "people.csv")
        yield {"kind": "csv", "path": "people.csv"}


class TestParquet(SourceSuite):
    """Parquet files."""

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:
        """Write one, in row groups as other programs write them."""
        pq.write_table(people, folder / "people.parquet", row_group_size=100_000)
        yield {"kind": "parquet", "path": "people.parquet"}


class TestExcel(SourceSuite):
    """Workbooks."""

    large_rows: ClassVar[int] = 100_000  # a million would take Python long to write, and hold no more

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:
        """Write one."""
        lines = [people.column_names, *zip(*people.to_pydict().values(), strict=True)]
        rows = (_row(number, line) for number, line in enumerate(lines, start=1))
        workbooks.write(folder / "people.xlsx", {"People": workbooks.sheet(rows)})
        yield {"kind": "excel", "path": "people.xlsx"}


def _row(number: int, line: Iterable[str | None]) -> str:
    cells = (workbooks.text_cell(f"{_letters(place)}{number}", text) for place, text in enumerate(line) if text)
    return f'<row r="{number}">{"".join(cells)}</row>'


def _letters(place: int) -> str:
    before, last = divmod(place, len(ascii_uppercase))
    return (_letters(before - 1) if before else "") + ascii_uppercase[last]


class TestSqlite(SourceSuite):
    """SQLite databases."""

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:
        """Write one."""
        with sqlite.connect(str(folder / "people.db")) as connection, connection.cursor() as cursor:
            cursor.adbc_ingest("people", people, mode="create")
            connection.commit()
        yield {"kind": "database", "url": "sqlite:///people.db", "table": "people"}


class TestPostgresql(SourceSuite):
    """Tables of a PostgreSQL server."""

    @pytest.fixture(autouse=True)
    def _server(self, server: Server) -> None:
        """A server, entered with a password, which it need not ask for to be one that nobody may see."""
        parts = urlsplit(server.url)
        url = parts._replace(netloc=f"{parts.username}:{parts.password or 'hunter2'}@{parts.netloc.rpartition('@')[2]}")
        self.environ = {"SHOP_DB_URL": url.geturl()}
        self.server = server

    def make(self, folder: Path, people: pa.Table) -> Iterator[dict[str, Any]]:  # noqa: ARG002 - it has no files
        """Make one in the tests' schema."""
        with postgresql.connect(self.server.url) as connection, connection.cursor() as cursor:
            cursor.adbc_ingest("suite", people, mode="create", db_schema_name=self.server.schema)
            connection.commit()
        yield {"kind": "database", "url": {"env": "SHOP_DB_URL"}, "table": f"{self.server.schema}.suite"}
        self.server.run(f"drop table {self.server.schema}.suite")
