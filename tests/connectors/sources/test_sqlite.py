"""SQLite: every value as text without loss, the day bound, one state of the file, and a sentence for each fault."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.database import DatabaseSettings, open_database
from connectors.sources.errors import SourceBroken, SourceEmpty, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from tests.connectors.sources.opening import DAY, Held, read


def make(folder: Path, *statements: str) -> Path:
    """Make a database of these statements."""
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return folder / "shop.db"


def shop(folder: Path, **given: Any) -> Held:
    """Read from the database."""
    return read(folder, None, **{"kind": "database", "url": "sqlite:///shop.db", **given})


@contextmanager
def elsewhere(file: Path, statement: str) -> Iterator[None]:
    """Run a statement in another process, and keep its connection until the end: locks count between processes only."""
    code = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute(sys.argv[2])\n"
        "print('done', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        yield
        process.communicate()


def test_a_column_of_mixed_types_loses_nothing(tmp_path: Path) -> None:
    """A column that starts with a thousand numbers or blanks may hold anything after them."""
    make(
        tmp_path,
        "create table people (email, n integer, late)",
        "with recursive k(n) as (select 1 union all select n + 1 from k where n < 3000)"
        " insert into people select 'a@b.c', n, null from k",
        "insert into people values ('b@b.c', 'text', 'é'), ('c@b.c', 2.5, 1), ('d@b.c', 0.1 + 0.2, 0.1),"
        " ('e@b.c', 9223372036854775807, -1e300), ('f@b.c', x'00ff', x''), ('g@b.c', null, ''), ('h@b.c', '007', 5.0)",
    )
    held = shop(tmp_path, table="people")
    assert len(held.rows) == 3007
    assert held.cells[2999] == ("a@b.c", "3000", None)
    assert held.cells[3000:] == [
        ("b@b.c", "text", "é"),
        ("c@b.c", "2.5", "1"),
        ("d@b.c", "0.30000000000000004", "0.1"),
        ("e@b.c", "9223372036854775807", "-1.0e+300"),
        ("f@b.c", "00FF", ""),
        ("g@b.c", None, ""),
        ("h@b.c", "7", "5.0"),
    ]
    assert float(held.cells[3002][1]) == 0.1 + 0.2


def test_a_query_is_read_in_its_own_order_with_the_day_bound(tmp_path: Path) -> None:
    """The query decides which rows come and in which order; the day arrives as a value, wherever it is used."""
    make(
        tmp_path,
        "create table people (email, changed)",
        "insert into people values ('a@b.c', '2026-11-23'), ('b@b.c', '2026-11-24'), ('c@b.c', '2026-11-25')",
    )
    query = (
        "with w as (select * from people) select *, email, :date as day from w where changed >= :date order by 1 desc;"
    )
    held = shop(tmp_path, query=query + " -- the newest", fields={"email": "day"})
    assert held.header == ("email", "changed", "email", "day")
    assert held.schema.names[-2:] == ["email (2)", "day"]
    assert [row[0] for row in held.cells] == ["c@b.c", "b@b.c"]
    assert {row[3] for row in held.cells} == {"2026-11-24"}
    assert held.facts["database"] == str(tmp_path / "shop.db")


def test_an_absolute_and_an_encoded_path(tmp_path: Path) -> None:
    """A path may be absolute, and may hold any character, as in every URL."""
    make(tmp_path, "create table people (email)", "insert into people values ('a@b.c')")
    (tmp_path / "shop.db").rename(tmp_path / "my shop?.db")
    assert shop(tmp_path, table="people", url="sqlite:///my%20shop%3f.db").cells == [("a@b.c",)]
    assert shop(Path("/"), table="people", url=f"sqlite:///{tmp_path}/my%20shop%3f.db").cells == [("a@b.c",)]


def test_the_header_and_the_rows_are_of_one_state(tmp_path: Path) -> None:
    """What another program writes after the source was opened belongs to the next sync."""
    file = make(
        tmp_path, "pragma journal_mode = wal", "create table people (email)", "insert into people values ('a@b.c')"
    )
    given = {"name": "shop", "kind": "database", "url": "sqlite:///shop.db", "table": "people"}
    settings = DatabaseSettings.model_validate({**given, "fields": {"email": "email"}})
    with (
        open_database(settings, Request(DAY, tmp_path, {}, tmp_path)) as reading,
        elsewhere(file, "insert into people values ('b@b.c')"),
    ):
        assert sum(batch.num_rows for batch in reading.batches) == 1
    assert len(shop(tmp_path, table="people").rows) == 2


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"table": "persons"}, SourceMissing, "the table is not there. .*no such table: persons"),
        ({"query": "select nobody from people"}, SourceSettingsWrong, "query is not right. .*no such column: nobody"),
        ({"query": "selec email from people"}, SourceSettingsWrong, 'near "selec": syntax error'),
        ({"query": "delete from people returning email"}, SourceSettingsWrong, "the query writes"),
        ({"query": "select * from people where false"}, SourceEmpty, "Source crm is empty"),
        ({"table": "people", "url": "sqlite:///other.db"}, SourceMissing, r"other\.db is not there"),
        ({"table": "people", "url": "sqlite://shop.db"}, SourceSettingsWrong, "sqlite:///relative.db"),
        ({"table": "people", "url": "sqlite:///"}, SourceSettingsWrong, "sqlite:///relative.db"),
        ({"table": "people", "url": "sqlite:///text.db"}, SourceBroken, "not a SQLite database"),
        ({"query": "select json(email) as email from people"}, SourceBroken, "a value that it cannot use"),
        (
            {"query": "select cast(x'61ff' as text) as email"},
            SourceBroken,
            'column "email" holds text that is not UTF-8',
        ),
    ],
)
def test_each_fault_is_a_sentence(
    tmp_path: Path, given: dict[str, object], kind: type[SourceError], words: str
) -> None:
    """Whoever reads the message knows what to do."""
    make(tmp_path, "create table people (email)", "insert into people values ('secret@b.c')")
    (tmp_path / "text.db").write_text("not a database " * 100)
    with pytest.raises(kind, match=words) as caught:
        shop(tmp_path, **given)
    assert "secret" not in str(caught.value)


def test_a_locked_file_is_a_sentence(tmp_path: Path) -> None:
    """A program that holds the file for too long is named as the cause."""
    file = make(tmp_path, "create table people (email)", "insert into people values ('a@b.c')")
    with elsewhere(file, "begin exclusive"), pytest.raises(SourceMissing, match="locked by another program"):
        shop(tmp_path, table="people", timeout_seconds=1)


def test_nothing_is_written_and_nothing_stays_open(tmp_path: Path) -> None:
    """The file is opened read-only, and let go of when the source is closed early."""
    file = make(
        tmp_path,
        "create table people (email)",
        "with recursive k(n) as (select 1 union all select n + 1 from k where n < 5000)"
        " insert into people select n from k",
    )
    before = file.read_bytes()
    given = {"name": "shop", "kind": "database", "url": "sqlite:///shop.db", "table": "people"}
    settings = DatabaseSettings.model_validate({**given, "fields": {"email": "email"}})
    files = len(list(Path("/dev/fd").iterdir()))
    with open_database(settings, Request(DAY, tmp_path, {}, tmp_path)) as reading:
        assert next(reading.batches).num_rows < 5000
    assert len(list(Path("/dev/fd").iterdir())) == files
    assert file.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [file]
