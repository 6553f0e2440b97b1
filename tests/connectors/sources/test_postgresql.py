"""PostgreSQL: types, the day, one state of the database, and a sentence for each fault, against a real server."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pyarrow as pa
import pytest

from connectors.sources.database import DatabaseSettings, open_database
from connectors.sources.errors import SourceBroken, SourceEmpty, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from tests.connectors.sources.opening import DAY, Held, read, settings
from tests.connectors.sources.postgres import Server


def shop(server: Server, **given: Any) -> Held:
    """Read from the server, its URL in the environment."""
    return read(Path(), {"SHOP": server.url}, **{"kind": "database", "url": {"env": "SHOP"}, **given})


def one(server: Server, expression: str) -> object:
    """Return what the SQL expression is read as."""
    held = shop(server, query=f"select 'a@b.c' as email, {expression} as found")
    return held.cells[0][1]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("true", True),
        ("7::smallint", 7),
        ("9223372036854775807", 2**63 - 1),
        ("0.1::float8", 0.1),
        ("null::int", None),
        ("null", None),
        ("'é'::text", "é"),
        ("'x'::char(3)", "x"),
        ("12345678901234567890.10::numeric(30, 2)", "12345678901234567890.10"),
        ("'NaN'::numeric", "NaN"),
        ("'6f1ed002-ab5d-4a1b-8a2e-0a4e5b7d3c11'::uuid", "6f1ed002-ab5d-4a1b-8a2e-0a4e5b7d3c11"),
        ("""'{"a": 1}'::json""", '{"a": 1}'),
        ("""'{"a":1}'::jsonb""", '{"a": 1}'),
        ("'192.0.2.1'::inet", "192.0.2.1/32"),
        ("'5 days'::interval", "5 days"),
        ("time '10:30'", "10:30:00"),
        ("date '1900-02-28'", "1900-02-28"),
        ("date 'infinity'", "infinity"),
        ("timestamp '2026-03-08 02:30:00.5'", "2026-03-08T02:30:00.5"),
        ("timestamptz '2026-03-08 02:30:00-06'", "2026-03-08T08:30:00Z"),
        ("timestamptz '294276-12-31 00:00:00+00'", "294276-12-31T00:00:00Z"),
        ("timestamptz '-infinity'", "-infinity"),
        ("array[1, 2]", "{1,2}"),
        ("row(1, 'x')", "(1,x)"),
        (r"'\x00ff'::bytea", r"\x00ff"),
    ],
)
def test_every_type_is_read_exactly(server: Server, expression: str, value: object) -> None:
    """Numbers stay numbers; all else is text, times in ISO 8601 and UTC, also where the driver's types end."""
    assert one(server, expression) == value


def test_an_enumeration_and_a_domain_are_text(server: Server) -> None:
    """Types that a database defines for itself are read as what they stand for."""
    server.run(
        f"create type {server.schema}.plan as enum ('free', 'pro')", f"create domain {server.schema}.code as varchar(9)"
    )
    assert one(server, f"'pro'::{server.schema}.plan") == "pro"
    assert one(server, f"'007'::{server.schema}.code") == "007"


@pytest.mark.parametrize("expression", ["array['a@b.c']", "'a@b.c'::bytea", "row(1, 2)"])
def test_a_mapped_column_that_no_field_takes_is_refused(server: Server, expression: str) -> None:
    """Arrays, structures and bytes are found before a row is read."""
    with pytest.raises(SourceSettingsWrong, match='"email" holds lists, structures or binary data'):
        shop(server, query=f"select {expression} as email")


def test_the_session_of_the_role_does_not_change_what_is_read(server: Server) -> None:
    """Dates and times come the same from a server that is set up for people of another country."""
    url = server.url + ("&" if "?" in server.url else "?") + "options=-cDateStyle%3DGerman%20-cTimeZone%3DAsia/Tokyo"
    query = "select 'a@b.c' as email, timestamptz '2026-01-02 00:00:00+09' as at, date '2026-01-02' as on"
    assert shop(Server(url, ""), query=query.replace(" as on", ' as "on"')).cells == [
        ("a@b.c", "2026-01-01T15:00:00Z", "2026-01-02")
    ]


def test_the_day_is_bound_and_the_order_is_the_querys(server: Server) -> None:
    """`:date` is the day of the sync as a date, as often as it is used."""
    query = """
        with days as (select 'a@b.c' as email, date '2026-11-20' + n as day from generate_series(1, 9) n)
        select *, day as "Day" from days where day >= :date and day < :date + 3 order by day desc -- :date, and ;
    """
    held = shop(server, query=query)
    assert held.header == ("email", "day", "Day")
    assert [row[1] for row in held.cells] == ["2026-11-26", "2026-11-25", "2026-11-24"]
    assert held.schema.types[-1] == pa.string()


def test_a_table_in_a_schema_is_read_as_a_stream(server: Server) -> None:
    """A large table comes in batches whose rows are numbered on."""
    server.run(
        f"create table {server.schema}.people (email text, x text)",
        f"insert into {server.schema}.people select n || '@b.c', repeat('x', 500)"  # noqa: S608 - our own
        " from generate_series(1, 60000) n",
    )
    request = Request(DAY, Path(), {}, Path())
    given = settings(kind="database", url=server.url, table=f"{server.schema}.people")
    with open_source(given, request) as reading:
        sizes = [batch.num_rows for batch in reading.batches]
    assert sum(sizes) == 60_000
    assert len(sizes) > 1
    assert reading.facts == {"database": place(server), "rows": 60_000, "set_aside": 0}


def place(server: Server) -> str:
    """Return the server as people see it."""
    parts = urlsplit(server.url)
    return f"postgresql://{parts.hostname}:{parts.port or 5432}{parts.path}"


def test_the_header_and_the_rows_are_of_one_state(server: Server) -> None:
    """What another program writes after the source was opened belongs to the next sync."""
    table = f"{server.schema}.moving"
    server.run(f"create table {table} (email text)", f"insert into {table} values ('a@b.c')")  # noqa: S608 - our own
    given = {"name": "shop", "kind": "database", "url": server.url, "table": table, "fields": {"email": "email"}}
    with open_database(DatabaseSettings.model_validate(given), Request(DAY, Path(), {}, Path())) as reading:
        server.run(f"insert into {table} values ('b@b.c')")  # noqa: S608 - our own
        assert sum(batch.num_rows for batch in reading.batches) == 1
    assert len(shop(server, table=table).rows) == 2


def test_a_connection_lost_halfway_is_a_sentence_and_closes(server: Server) -> None:
    """Rows that came before the loss are worth nothing: the reader is told, and can start again."""
    query = "select pg_backend_pid()::text as email, repeat('x', 1000) as x from generate_series(1, 200000)"
    given = settings(kind="database", url=server.url, query=query)
    with open_source(given, Request(DAY, Path(), {}, Path())) as reading:
        process = next(reading.batches).column("email")[0].as_py()
        server.run(f"select pg_terminate_backend({process})")
        with pytest.raises(SourceMissing, match="stopped answering"):
            list(reading.batches)


def test_closing_early_ends_the_session_at_the_server(server: Server) -> None:
    """No connection is left behind, however little was read."""
    query = "select pg_backend_pid()::text as email, repeat('x', 1000) as x from generate_series(1, 200000)"
    given = settings(kind="database", url=server.url, query=query)
    with open_source(given, Request(DAY, Path(), {}, Path())) as reading:
        process = next(reading.batches).column("email")[0].as_py()
    alive = f"select count(*) from pg_stat_activity where pid = {process} and state = 'active'"  # noqa: S608 - our own
    assert server.ask(alive) == [(0,)]


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"table": "nowhere.people"}, SourceMissing, 'the table is not there.*"nowhere.people" does not exist'),
        ({"query": "select nobody from pg_class"}, SourceSettingsWrong, 'query is not right.*"nobody" does not exist'),
        ({"query": "selec 1"}, SourceSettingsWrong, "query is not right.*syntax error"),
        ({"query": "select 1 as email where false"}, SourceEmpty, "Source crm is empty"),
        ({"query": "select set_config('a.b', pg_sleep(9)::text, true) as email", "timeout_seconds": 1}, SourceMissing,
         "longer than timeout_seconds"),
        ({"query": "select 'secret@b.c'::int as email"}, SourceBroken, "a value that it cannot convert"),
        ({"query": "select (relname || 'secret')::int as email from pg_class"}, SourceBroken, "cannot convert"),
    ],
)  # fmt: skip
def test_each_fault_of_a_query_is_a_sentence(
    server: Server, given: dict[str, object], kind: type[SourceError], words: str
) -> None:
    """Whoever reads the message knows what to do, and sees no value of a row in it."""
    with pytest.raises(kind, match=words) as caught:
        shop(server, **given)
    assert str(caught.value).startswith((place(server), "Source crm"))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_column_that_was_renamed_is_a_sentence(server: Server) -> None:
    """A table that changed under its settings stops the sync, with the column's name."""
    server.run(f"create table {server.schema}.renamed (mail text)")
    with pytest.raises(SourceSettingsWrong, match='"email"'):
        shop(server, table=f"{server.schema}.renamed")


def test_a_query_that_writes_is_refused(server: Server) -> None:
    """A source reads, whatever functions its query calls."""
    server.run(f"create sequence {server.schema}.numbers")
    with pytest.raises(SourceSettingsWrong, match="the query writes, and may only read"):
        shop(server, query=f"select nextval('{server.schema}.numbers')::text as email")
    assert server.ask(f"select is_called from {server.schema}.numbers") == [(False,)]  # noqa: S608 - our own


def test_a_table_that_may_not_be_read_is_a_sentence(server: Server) -> None:
    """A missing grant is told apart from a missing table."""
    role = server.schema
    server.run(
        f"create role {role} login",
        f"create table {role}.closed (email text)",
        f"grant usage on schema {role} to {role}",
    )
    try:
        with pytest.raises(SourceMissing, match="may not read"):
            shop(Server(changed(server, user=role), ""), table=f"{role}.closed")
    finally:
        server.run(f"drop owned by {role}", f"drop role {role}")


def changed(server: Server, *, user: str = "postgres", port: int | None = None, path: str | None = None) -> str:
    """Return the server's URL with another user and a password, port or database."""
    parts = urlsplit(server.url)
    netloc = f"{user}:hunter2@{parts.hostname}:{port or parts.port}"
    return urlunsplit(parts._replace(netloc=netloc, path=path or parts.path))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"port": 1}, "no server answers there"),
        ({"user": "nobody_at_all"}, "refuses the user or the password"),
        ({"path": "/no_such_database"}, "the database is not there"),
    ],
)
def test_a_server_that_cannot_be_used_is_a_sentence_without_the_password(
    server: Server, change: dict[str, object], words: str
) -> None:
    """The message names host and database, and never the user's password."""
    with pytest.raises(SourceMissing, match=words) as caught:
        shop(Server(changed(server, **change), ""), table="people")  # type: ignore[arg-type]  # three kinds of values
    assert str(caught.value).startswith("Source crm: postgresql://")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__
