"""DuckDB: types, bound values, nothing written, and a sentence for each fault, against real files."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from connectors.sources.errors import SourceBroken, SourceEmpty, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from tests.connectors.sources.opening import DAY, Held, read, settings


def make(folder: Path, *statements: str) -> Path:
    """Make a database of these statements."""
    file = folder / "shop.duckdb"
    with closing(duckdb.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
    return file


def shop(folder: Path, **given: Any) -> Held:
    """Read from the database."""
    return read(folder, None, **{"kind": "database", "url": "duckdb:///shop.duckdb", **given})


TYPES = {
    "true": True,
    "7::tinyint": 7,
    "9223372036854775807": 2**63 - 1,
    "18446744073709551615::ubigint": 2**64 - 1,
    "0.1::double": 0.1,
    "null": None,
    "'é😀'": "é😀",
    "170141183460469231731687303715884105727::hugeint": "170141183460469231731687303715884105727",
    "12345678901234567890.10::decimal(30, 2)": "12345678901234567890.10",
    "'6f1ed002-ab5d-4a1b-8a2e-0a4e5b7d3c11'::uuid": "6f1ed002-ab5d-4a1b-8a2e-0a4e5b7d3c11",
    """'{"a": 1}'::json""": '{"a": 1}',
    "'pro'::enum('free', 'pro')": "pro",
    "interval 5 days": "5 days",
    "time '10:30'": "10:30:00",
    "date '1900-02-28'": "1900-02-28",
    "date 'infinity'": "infinity",
    "timestamp '2026-03-08 02:30:00.5'": "2026-03-08T02:30:00.5",
    "timestamp_ns '2026-03-08 02:30:00.123456789'": "2026-03-08T02:30:00.123456789",
    "timestamp_s '2026-03-08 02:30:00'": "2026-03-08T02:30:00",
    "timestamptz '2026-03-08 02:30:00-06'": "2026-03-08T08:30:00Z",
    "timestamptz '-infinity'": "-infinity",
    "'101'::bit": "101",
    "[1, 2]": "[1, 2]",
    "{'a': 1}": "{'a': 1}",
    r"'\x00\xff'::blob": "00FF",
}


def test_every_type_is_read_exactly(tmp_path: Path) -> None:
    """Numbers stay numbers; all else is text, times in ISO 8601 and UTC, also where Arrow's types end."""
    make(tmp_path)
    columns = ", ".join(f"{expression} as c{place}" for place, expression in enumerate(TYPES))
    held = shop(tmp_path, query=f"select 'a@b.c' as email, {columns}")
    assert dict(zip(TYPES, held.cells[0][1:], strict=True)) == TYPES
    assert held.schema.types[5:8] == [pa.bool_(), pa.int8(), pa.int64()]


@pytest.mark.parametrize("expression", ["['a@b.c']", "{'a': 1}", "map {'a': 1}", "'a@b.c'::blob"])
def test_a_mapped_column_that_no_field_takes_is_refused(tmp_path: Path, expression: str) -> None:
    """Lists, structures and bytes are found before a row is read."""
    make(tmp_path)
    with pytest.raises(SourceSettingsWrong, match='"email" holds lists, structures or binary data'):
        shop(tmp_path, query=f"select {expression} as email")


def test_the_day_is_bound_and_the_order_is_the_querys(tmp_path: Path) -> None:
    """`:date` is the day of the sync as a date, as often as it is used; names may repeat."""
    make(tmp_path)
    query = """
        with days as (select 'a@b.c' as email, date '2026-11-20' + n::int as day from range(1, 10) as t(n))
        select *, day::date as "Day", ':date' as day from days where day >= :date and day < :date + 3
        order by 2 desc -- :date, and ;
    """
    held = shop(tmp_path, query=query)
    assert held.header == ("email", "day", "Day", "day")
    assert [row[1] for row in held.cells] == ["2026-11-26", "2026-11-25", "2026-11-24"]
    assert {row[3] for row in held.cells} == {":date"}


def test_a_table_is_read_as_a_stream_and_nothing_is_written(tmp_path: Path) -> None:
    """A large table comes in batches; the file stays as it was, and is let go of when the source is closed early."""
    file = make(
        tmp_path, 'create table "my ""best"" people" as select n || \'@b.c\' as email from range(200000) as t(n)'
    )
    before = file.read_bytes()
    given = settings(kind="database", url="duckdb:///shop.duckdb", table='my "best" people')
    with open_source(given, Request(DAY, tmp_path, {}, tmp_path)) as reading:
        assert next(reading.batches).num_rows < 100_000
    assert len(shop(tmp_path, table='my "best" people').rows) == 200_000
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"table": "persons"}, SourceMissing, "the table is not there. .*persons does not exist"),
        ({"query": "select nobody from people"}, SourceSettingsWrong, 'query is not right. .*"nobody" not found'),
        ({"query": "selec email from people"}, SourceSettingsWrong, 'near "selec"'),
        ({"query": "delete from people returning email"}, SourceSettingsWrong, "the query writes"),
        ({"query": "copy people to 'out.csv'"}, SourceSettingsWrong, "the query writes"),
        ({"query": "select $1 as email"}, SourceSettingsWrong, r"placeholder \$1 that means nothing"),
        ({"query": "select * from people where false"}, SourceEmpty, "Source crm is empty"),
        ({"query": "select email::int as email from people"}, SourceBroken, "a value that it cannot use"),
        ({"query": "select error(email) as email from people"}, SourceMissing, "could not run the query"),
        ({"query": "select sum(a.range * b.range % 7)::text as email from range(9000000) a, range(9000000) b",
          "timeout_seconds": 1}, SourceMissing, "longer than timeout_seconds"),
        ({"table": "people", "url": "duckdb:///other.duckdb"}, SourceMissing, r"other\.duckdb is not there"),
        ({"table": "people", "url": "duckdb://shop.duckdb"}, SourceSettingsWrong, "duckdb:///relative.duckdb"),
        ({"table": "people", "url": "duckdb:///text.duckdb"}, SourceBroken, "not a DuckDB database"),
    ],
)  # fmt: skip
def test_each_fault_is_a_sentence(
    tmp_path: Path, given: dict[str, object], kind: type[SourceError], words: str
) -> None:
    """Whoever reads the message knows what to do, and sees no value of a row in it."""
    make(tmp_path, "create table people (email text)", "insert into people values ('secret@b.c')")
    (tmp_path / "text.duckdb").write_text("not a database " * 1000)
    with pytest.raises(kind, match=words) as caught:
        shop(tmp_path, **given)
    assert "secret" not in str(caught.value)
    assert not (tmp_path / "out.csv").exists()


def test_a_locked_file_is_a_sentence(tmp_path: Path) -> None:
    """A program that writes to the file meanwhile is named as the cause."""
    file = make(tmp_path, "create table people (email text)", "insert into people values ('a@b.c')")
    code = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(SourceMissing, match="locked by another program"):
            shop(tmp_path, table="people")
        process.communicate()
