"""MySQL and MariaDB: types, bound values, one state of the database, against a real server."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from connectors.sources.database import DatabaseSettings, open_database
from connectors.sources.errors import SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from tests.connectors.sources.maria import MariaServer
from tests.connectors.sources.opening import DAY, Held, read, settings

BIG = "with recursive k(n) as (select 1 union all select n + 1 from k where n < 1000) select {} from k a join k b"


def shop(server: MariaServer, **given: Any) -> Held:
    """Read from the server, its URL in the environment."""
    return read(Path(), {"SHOP": server.url}, **{"kind": "database", "url": {"env": "SHOP"}, **given})


@pytest.mark.parametrize(
    ("column", "stored", "value"),
    [
        ("tinyint(1)", "1", 1),
        ("tinyint", "-128", -128),
        ("tinyint unsigned", "255", 255),
        ("bigint", "-9223372036854775808", -(2**63)),
        ("bigint unsigned", "18446744073709551615", 2**64 - 1),
        ("int(5) unsigned zerofill", "42", "00042"),
        ("bit(1)", "b'1'", 1),
        ("bit(64)", "b'1000000000000000000000000000000000000000000000000000000000000001'", 2**63 + 1),
        ("year", "2026", 2026),
        ("double", "0.1", 0.1),
        ("double", "1.7976931348623157e308", 1.7976931348623157e308),
        ("float", "1.5", 1.5),
        ("decimal(38, 10)", "'1234567890123456789012345678.0123456789'", "1234567890123456789012345678.0123456789"),
        ("varchar(9)", "'é😀'", "é😀"),
        ("varchar(9) character set latin1", "'é'", "é"),
        ("char(3)", "'x'", "x"),
        ("text", "''", ""),
        ("text", "null", None),
        ("int", "null", None),
        ("enum('free', 'pro')", "'pro'", "pro"),
        ("set('a', 'b')", "'a,b'", "a,b"),
        ("json", """'{"a": 1}'""", '{"a": 1}'),
        ("date", "'1900-02-28'", "1900-02-28"),
        ("date", "'0000-00-00'", "0000-00-00"),
        ("date", "'2026-00-00'", "2026-00-00"),
        ("datetime", "'2026-03-08 02:30:00'", "2026-03-08T02:30:00"),
        ("datetime(6)", "'2026-03-08 02:30:00.000001'", "2026-03-08T02:30:00.000001"),
        ("datetime", "'0000-00-00 00:00:00'", "0000-00-00 00:00:00"),
        ("datetime", "'2026-00-31 10:00:00'", "2026-00-31 10:00:00"),
        ("timestamp null", "'2026-03-08 02:30:00'", "2026-03-08T08:30:00Z"),
        ("time", "'-838:59:59'", "-838:59:59"),
        ("blob", "x'00ff'", "00FF"),
        ("varbinary(9)", "x'41'", "41"),
    ],
)
def test_every_type_is_read_exactly(maria: MariaServer, column: str, stored: str, value: object) -> None:
    """Numbers stay numbers, times are ISO 8601 (instants in UTC), and what is no date stays as it was found."""
    maria.run(
        "set sql_mode = '', time_zone = '-06:00', names utf8mb4",
        f"create or replace table one (email varchar(9), found {column})",
        f"insert into one values ('a@b.c', {stored})",  # noqa: S608 - our own
    )
    assert shop(maria, table="one").cells == [("a@b.c", value)]


def test_types_of_the_columns(maria: MariaServer) -> None:
    """Whole numbers, fractions and texts are told apart by the column, whatever the rows hold."""
    query = "select 'a@b.c' as email, 1 as n, 18446744073709551615 as u, 1e0 as f, 1.0 as d, null as x"
    assert shop(maria, query=query).schema.types[4:] == [
        *(pa.string(), pa.int64(), pa.uint64(), pa.float64(), pa.string(), pa.string()),
    ]


@pytest.mark.parametrize("expression", ["point(1, 2)", "x'41'", "cast('a@b.c' as binary)", "inet6_aton('::1')"])
def test_a_mapped_column_that_no_field_takes_is_refused(maria: MariaServer, expression: str) -> None:
    """Shapes and bytes are found before a row is read."""
    with pytest.raises(SourceSettingsWrong, match='"email" holds lists, structures or binary data'):
        shop(maria, query=f"select {expression} as email")


def test_values_are_bound_and_the_order_is_the_querys(maria: MariaServer) -> None:
    """`:date` is a date wherever a value may stand; what only looks like a placeholder is text; names may repeat."""
    query = r"""
        select concat(seq, '@b.c') as email, :date + interval seq day as day, ':date' as 'a', "\":date" as b,
               '100%' as `:date`, '\':date' as c, seq as day -- :date, and ;
        from (select 1 as seq union all select 2 union all select 3) as three # :date
        where seq < 3 and :date = '2026-11-24' order by seq desc /* :since */ ;
    """
    held = shop(maria, query=query)
    assert held.header == ("email", "day", "a", "b", ":date", "c", "day")
    assert held.cells == [
        ("2@b.c", "2026-11-26", ":date", '":date', "100%", "':date", 2),
        ("1@b.c", "2026-11-25", ":date", '":date', "100%", "':date", 1),
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select 1; drop table x", "more than one statement"),
        ("select ? as email", r"placeholder \? that means nothing here"),
        ("select :day as email", "placeholder :day that means nothing here"),
        ("set @a = 1", "the query is no SELECT"),
        ("/* select */ kill 1 -- select", "the query is no SELECT"),
        ("insert into nowhere.at values (1)", "the query is no SELECT"),
        ("select 1 into @a", "the query gives no rows"),
    ],
)
def test_what_is_no_query_is_refused(maria: MariaServer, query: str, words: str) -> None:
    """A source is one SELECT with our placeholders."""
    with pytest.raises((SourceSettingsWrong, SourceMissing), match=words):
        shop(maria, query=query)


def test_the_server_s_own_quotes_are_kept(maria: MariaServer) -> None:
    """A query means what it means at the server: under ANSI_QUOTES too, where double quotes enclose a name."""
    maria.run(
        "create or replace table `my ``best`` table` (`e-mail` text)",
        "insert into `my ``best`` table` values ('a@b.c')",
    )
    assert shop(maria, table="my `best` table", fields={"email": "e-mail"}).cells == [("a@b.c",)]
    assert shop(maria, query="""select "a@b.c" as email""").cells == [("a@b.c",)]
    before = maria.ask("select @@global.sql_mode")[0][0]
    maria.run("set global sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'")
    try:
        query = r"""select "e-mail" as email, '\':date' as x from `my ``best`` table`"""
        assert shop(maria, query=query).cells == [("a@b.c", "':date")]
    finally:
        maria.run(f"set global sql_mode = '{before}'")


def test_a_table_of_another_database_is_read_as_a_stream(maria: MariaServer) -> None:
    """A large table comes in batches whose rows are numbered on."""
    maria.run(
        "create table people (email varchar(20), x text)",
        "insert into people select concat(seq, '@b.c'), repeat('x', 50) from seq_1_to_25000",
    )
    given = settings(kind="database", url=maria.url.replace(maria.name, "mysql"), table=f"{maria.name}.people")
    with open_source(given, Request(DAY, Path(), {}, Path())) as reading:
        sizes = [batch.num_rows for batch in reading.batches]
    assert sizes == [10_000, 10_000, 5_000]
    assert reading.facts["rows"] == 25_000


def test_the_rows_are_of_one_state(maria: MariaServer) -> None:
    """What another program writes after the source was opened belongs to the next sync."""
    maria.run("create or replace table moving (email text)", "insert into moving values ('a@b.c')")
    given = {"name": "shop", "kind": "database", "url": maria.url, "table": "moving", "fields": {"email": "email"}}
    with open_database(DatabaseSettings.model_validate(given), Request(DAY, Path(), {}, Path())) as reading:
        maria.run("insert into moving values ('b@b.c')")
        assert sum(batch.num_rows for batch in reading.batches) == 1
    assert len(shop(maria, table="moving").rows) == 2


def test_closing_early_ends_the_session_at_the_server(maria: MariaServer) -> None:
    """The rest of a large result is not read first, and no connection is left behind."""
    given = settings(
        kind="database", url=maria.url, query=BIG.format("connection_id() as email, repeat('x', 1000) as x")
    )
    with open_source(given, Request(DAY, Path(), {}, Path())) as reading:
        session = next(reading.batches).column("email")[0].as_py()
    alive = f"select count(*) from information_schema.processlist where id = {session}"  # noqa: S608 - our own
    # The server finds out when it writes on; asking it again and again takes the time that it needs.
    assert any(maria.ask(alive) == ((0,),) for _ in range(5_000))
