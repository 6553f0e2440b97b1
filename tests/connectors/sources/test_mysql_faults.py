"""MySQL and MariaDB: a sentence for each fault, against a real server; what was half read is used by nobody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.errors import SourceEmpty, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from tests.connectors.sources.maria import MariaServer
from tests.connectors.sources.opening import DAY, read, settings

MANY = "seq_1_to_1000 a join seq_1_to_1000 b"


def shop(url: str, **given: Any) -> None:
    """Read from a server, its URL in the environment."""
    read(Path(), {"SHOP": url}, **{"kind": "database", "url": {"env": "SHOP"}, **given})


def test_a_connection_lost_halfway_is_a_sentence_and_closes(maria: MariaServer) -> None:
    """Rows that came before the loss are worth nothing: the reader is told, and can start again."""
    query = f"select connection_id() as email, repeat('x', 1000) as x from {MANY}"  # noqa: S608 - our own
    given = settings(kind="database", url=maria.url, query=query)
    with open_source(given, Request(DAY, Path(), {}, Path())) as reading:
        session = next(reading.batches).column("email")[0].as_py()
        maria.run(f"kill connection {session}")
        with pytest.raises(SourceMissing, match="stopped answering, or refused"):
            list(reading.batches)
        assert "high_water" not in reading.facts


def test_a_query_that_a_person_stops_is_a_sentence(maria: MariaServer) -> None:
    """A killed query is told apart from a lost server, and its rows are no shorter table."""
    query = f"select connection_id() as email, repeat('x', 1000) as x from {MANY}"  # noqa: S608 - our own
    given = settings(kind="database", url=maria.url, query=query)
    with open_source(given, Request(DAY, Path(), {}, Path())) as reading:
        session = next(reading.batches).column("email")[0].as_py()
        maria.run(f"kill query {session}")
        with pytest.raises(SourceMissing, match="a person stopped it"):
            list(reading.batches)


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"table": "nowhere"}, SourceMissing, r"the table is not there.*nowhere' doesn't exist"),
        ({"table": "no_such_base.people"}, SourceMissing, "the table is not there|the database is not there"),
        ({"query": "select nobody from seq_1_to_3"}, SourceSettingsWrong, "query is not right.*'nobody'"),
        ({"query": "selec 1"}, SourceSettingsWrong, "the query is no SELECT"),
        ({"query": "select 1 frm where"}, SourceSettingsWrong, "query is not right.*syntax"),
        ({"query": "select nowhere_at_all(1) as email"}, SourceSettingsWrong, "query is not right.*nowhere_at_all"),
        ({"query": "select 1 as email from dual where false"}, SourceEmpty, "Source crm is empty"),
        ({"query": "select sleep(9) as email", "timeout_seconds": 1}, SourceMissing, "longer than timeout_seconds"),
    ],
)
def test_each_fault_of_a_query_is_a_sentence(
    maria: MariaServer, given: dict[str, object], kind: type[SourceError], words: str
) -> None:
    """Whoever reads the message knows what to do."""
    with pytest.raises(kind, match=words) as caught:
        shop(maria.url, **given)
    assert str(caught.value).startswith((maria.place, "Source crm"))
    assert caught.value.__cause__ is None


def test_a_column_that_was_renamed_is_a_sentence(maria: MariaServer) -> None:
    """A table that changed under its settings stops the sync, with the column's name."""
    maria.run("create or replace table renamed (mail text)", "insert into renamed values ('a@b.c')")
    with pytest.raises(SourceSettingsWrong, match='"email"'):
        shop(maria.url, table="renamed")


def test_a_query_that_writes_is_refused(maria: MariaServer) -> None:
    """A source reads, whatever functions its query calls."""
    maria.run(
        "create or replace table written (n int)",
        "create or replace function writes() returns int modifies sql data"
        " begin insert into written values (1); return 1; end",
    )
    with pytest.raises(SourceSettingsWrong, match="the query writes, and may only read"):
        shop(maria.url, query="select writes() as email")
    for query in ("insert into written values (1) returning n as email", "drop table written"):
        with pytest.raises(SourceSettingsWrong, match="no SELECT"):
            shop(maria.url, query=query)
    assert maria.ask("select count(*) from written") == ((0,),)


@pytest.fixture
def reader(maria: MariaServer) -> Iterator[str]:
    """The name of a user who may log in with a password, and read nothing but the column `n` of one table."""
    name = f"r_{maria.name[-8:]}"
    maria.run(
        "create or replace table closed (email text)",
        "create or replace table partly (email text, n int)",
        f"create user {name} identified by 'hunter2'",
        f"grant select (n) on {maria.name}.partly to {name}",
    )
    yield name
    maria.run(f"drop user {name}")


@pytest.mark.parametrize("given", [{"table": "closed"}, {"query": "select email from partly"}])
def test_what_may_not_be_read_is_a_sentence(maria: MariaServer, reader: str, given: dict[str, object]) -> None:
    """A missing grant is told apart from a missing table."""
    with pytest.raises(SourceMissing, match="may not read what the query reads") as caught:
        shop(maria.at(user=reader), **given)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"port": 1}, "no server answers there"),
        ({"user": "nobody_at_all"}, "refuses the user or the password"),
        ({"path": "/no_such_database"}, "the database is not there"),
    ],
)
def test_a_server_that_cannot_be_used_is_a_sentence_without_the_password(
    maria: MariaServer, change: dict[str, object], words: str
) -> None:
    """The message names host and database, and never the user's password."""
    with pytest.raises(SourceMissing, match=words) as caught:
        shop(maria.at(**change), table="people")  # type: ignore[arg-type]  # three kinds of values
    assert str(caught.value).startswith(("Source crm: mariadb://", "Source crm: mysql://"))
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("?ssl-mode=SOMETIMES", "takes .ssl-mode= .one of DISABLED"),
        ("?charset=latin1", "no other option"),
        ("?ssl-ca=nowhere.pem", "nowhere.pem, the url's ssl-ca, is not there"),
    ],
)
def test_options_of_a_url_that_mean_nothing_are_refused(maria: MariaServer, options: str, words: str) -> None:
    """An option that is not heeded would be believed."""
    with pytest.raises(SourceSettingsWrong, match=words):
        shop(maria.url + options, table="people")
