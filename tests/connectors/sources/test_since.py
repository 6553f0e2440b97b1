"""Reading from where the last reading ended: nobody is left out of a first one, and nothing new of a later one."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pydantic import ValidationError

from connectors.sources.errors import SourceEmpty, SourceSettingsWrong
from connectors.sources.high_water import HighWater
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from connectors.sources.since import Mark, SinceSettings
from tests.connectors.sources.maria import MariaServer
from tests.connectors.sources.opening import DAY, settings
from tests.connectors.sources.postgres import Server
from tests.connectors.sources.test_sqlite import make as make_sqlite


@dataclass(frozen=True)
class Shop:
    """A database, and what runs statements in it."""

    url: str
    table: str
    run: Callable[..., object]


@pytest.fixture(params=["postgresql", "mariadb", "duckdb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """Each database that has types for times, without a table."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        yield Shop(server.url, f"{server.schema}.news", server.run)
        server.run(f"drop table {server.schema}.news")
    elif request.param == "mariadb":
        maria: MariaServer = request.getfixturevalue("maria")
        yield Shop(maria.url, "news", lambda *statements: maria.run("set sql_mode = ''", *statements))
        maria.run("drop table news")
    else:
        file = tmp_path / "shop.duckdb"

        def run(*statements: str) -> None:
            with closing(duckdb.connect(file)) as connection:
                for statement in statements:
                    connection.execute(statement)

        yield Shop(f"duckdb:///{file}", "news", run)


def reading(url: str, mark: Mark | None = None, **given: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the addresses that are read since the mark, and the facts."""
    request = Request(DAY, Path("/"), {}, Path(), since=mark)
    with open_source(settings(kind="database", url=url, **given), request) as opened:
        found = [row for batch in opened.batches for row in batch.column("email").to_pylist()]
    return sorted(found), opened.facts


FIRST: dict[str, tuple[str, str, Mark, str]] = {
    "timestamp": (
        "'2026-11-20 10:00:00'",
        "'2026-11-24 12:00:00.5'",
        "2026-11-24T12:00:00.500000Z",
        "'2026-11-24 11:30:00'",
    ),
    "date": ("'0001-01-01'", "'2026-11-23'", "2026-11-23", "'2026-11-22'"),
    "bigint": ("-9223372036854775808", "5000", 5000, "4500"),
    "varchar(40)": ("''", "'2026-11-23T10'", "2026-11-23T10", "'2026-11-23T10'"),
}
TYPES = {"bigint": "integer", "varchar(40)": "text"}


@pytest.mark.parametrize("column", FIRST)
def test_a_first_reading_gives_everybody_and_a_later_one_what_is_new(shop: Shop, column: str) -> None:
    """From the smallest value on, rows without a value included; then from the mark on, less the overlap."""
    oldest, newest, mark, late = FIRST[column]
    of_shop = "datetime(6)" if column == "timestamp" and shop.url.startswith("mariadb") else column
    shop.run(
        f"create table {shop.table} (email varchar(9), changed {of_shop})",
        f"insert into {shop.table} values ('old', {oldest}), ('new', {newest}), ('none', null)",  # noqa: S608 - our own
    )
    since = {"column": "changed", "type": TYPES.get(column, column)}
    everybody, facts = reading(shop.url, table=shop.table, since=since)
    assert everybody == ["new", "none", "old"]
    assert facts["high_water"] == mark
    # Committed late, by somebody who had taken the time before the last reading.
    shop.run(f"insert into {shop.table} values ('late', {late})")  # noqa: S608 - our own
    later, facts = reading(shop.url, mark, table=shop.table, since=since)
    assert later == ["late", "new", "none"]
    assert facts["high_water"] == mark


def test_an_instant_is_compared_in_utc(shop: Shop) -> None:
    """A mark means the same moment, whatever the zone of the server and of those who wrote."""
    rows = "('a', '2026-11-24 03:59:59-06'), ('b', '2026-11-24 04:00:00-06')"
    if shop.url.startswith("mariadb"):
        zone, kind, rows = "set time_zone = '-06:00'", "timestamp null", rows.replace("-06'", "'")
    else:
        zone, kind = "select 1", "timestamptz"
    shop.run(
        zone,
        f"create table {shop.table} (email varchar(9), changed {kind})",
        f"insert into {shop.table} values {rows}",  # noqa: S608 - our own
    )
    query = f"select * from {shop.table} where changed >= :since"  # noqa: S608 - our own
    since = {"column": "changed", "overlap": 0}
    assert reading(shop.url, "2026-11-24T10:00:00.000000Z", query=query, since=since)[0] == ["b"]


def test_dates_that_are_none_are_read_and_are_no_mark(maria: MariaServer) -> None:
    """Zero dates are below everything, and a full reading has them."""
    maria.run(
        "set sql_mode = ''",
        "create or replace table zeros (email varchar(9), at datetime)",
        "insert into zeros values ('a', '0000-00-00'), ('b', '2026-00-00'), ('c', '2026-11-01')",
    )
    found, facts = reading(maria.url, table="zeros", since={"column": "at"})
    assert found == ["a", "b", "c"]
    assert facts["high_water"] == "2026-11-01T00:00:00.000000Z"


def test_infinite_times_are_read_and_are_no_mark(server: Server) -> None:
    """Whoever is changed "at infinity" comes every time, and hides nobody."""
    query = (
        "select * from (values ('a', timestamptz '-infinity'), ('b', 'infinity'), ('c', '2026-11-01Z'), "
        "('d', '0044-03-15 BC'), ('e', '12026-01-01')) as t (email, at) where at >= :since"
    )
    found, facts = reading(server.url, query=query, since={"column": "at"})
    assert found == ["a", "b", "c", "d", "e"]
    assert facts["high_water"] == "2026-11-01T00:00:00.000000Z"


@pytest.mark.parametrize(("kind", "mark"), [("integer", 3), ("text", "2026-11-03")])
def test_sqlite_compares_what_is_stored(tmp_path: Path, kind: str, mark: Mark) -> None:
    """Numbers and texts have an order of their own there; times have none."""
    make_sqlite(
        tmp_path,
        "create table news (email, integer integer, text text)",
        "insert into news values ('a', 1, ''), ('b', 3, '2026-11-03'), ('c', null, null)",
    )
    since = {"column": kind, "type": kind, **({"overlap": 0} if kind == "integer" else {})}
    given: dict[str, Any] = {"table": "news", "since": since}
    found, facts = reading(f"sqlite:///{tmp_path}/shop.db", **given)
    assert (found, facts["high_water"]) == (["a", "b", "c"], mark)
    assert reading(f"sqlite:///{tmp_path}/shop.db", mark, **given)[0] == ["b", "c"]
    with pytest.raises(SourceSettingsWrong, match=r"no timestamp\. Set since.type: text or integer"):
        reading(f"sqlite:///{tmp_path}/shop.db", table="news", since={"column": "text"})


def test_nothing_new_is_no_missing_source(server: Server) -> None:
    """An empty first reading stops the sync; a later one has just nothing to say, and keeps its mark."""
    query = "select 'a' as email, 1 as n where 1 >= :since"
    given: dict[str, Any] = {"query": query, "since": {"column": "n", "type": "integer", "overlap": 0}}
    found, facts = reading(server.url, 2, **given)
    assert found == []
    assert (facts["rows"], facts["high_water"]) == (0, 2)
    with pytest.raises(SourceEmpty):
        reading(server.url, None, **{**given, "since": {"column": "n", "type": "integer", "start": 2}})


def test_a_reading_that_is_not_finished_has_no_mark(server: Server) -> None:
    """A mark of half a table would leave out the other half for ever."""
    query = "select n::text as email, n, repeat('x', 500) from generate_series(1, 60000) n where n >= :since"
    given = settings(kind="database", url=server.url, query=query, since={"column": "n", "type": "integer"})
    with open_source(given, Request(DAY, Path(), {}, Path())) as opened:
        next(opened.batches)
        assert "high_water" not in opened.facts
        list(opened.batches)
        assert opened.facts["high_water"] == 60_000


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"query": "select 1 as email, 1 as n"}, "Write both, or neither"),
        ({"query": "select 1 as email where 1 > :since", "since": None}, "Write both, or neither"),
        ({"query": "select 1 as email where 1 > :since"}, 'no column "n", which `since` names'),
        ({"query": "select 'a' as email, 1.5::float as n where 1 > :since"}, '"n" holds values that are no integer'),
        ({"query": "select 'a' as email, 'x' as n where 1 > :since"}, '"n" holds values that are no integer'),
        (
            {
                "query": "select 'a' as email, '2026-01-02 03:04:05' as n where now() > :since",
                "since": {"column": "n", "type": "timestamp"},
            },
            '"n" holds values that are no timestamp',
        ),
    ],
)
def test_settings_that_cannot_work_are_sentences(server: Server, given: dict[str, Any], words: str) -> None:
    """A column that says nothing of what is new is found before anything is sent."""
    with pytest.raises(SourceSettingsWrong, match=words):
        reading(server.url, **{"since": {"column": "n", "type": "integer"}, **given})


@pytest.mark.parametrize(
    "given",
    [
        {"type": "integer", "start": "x"},
        {"type": "timestamp", "start": "yesterday"},
        {"type": "text", "start": 1},
        {"type": "integer", "start": True},
        {"type": "text", "overlap": 5},
        {"type": "date", "overlap": -1},
    ],
)
def test_a_start_or_overlap_of_another_type_is_refused(given: dict[str, Any]) -> None:
    """What cannot be compared is found when the settings are read."""
    with pytest.raises(ValidationError):
        SinceSettings.model_validate({"column": "n", **given})


@pytest.mark.parametrize(
    ("given", "mark", "bound"),
    [
        ({}, None, "smallest"),
        ({"start": "2026-01-02"}, None, "2026-01-02 00:00:00.000000"),
        ({"start": date(2026, 1, 2)}, None, "2026-01-02 00:00:00.000000"),
        ({"start": datetime(2026, 1, 2, 3, tzinfo=UTC)}, None, "2026-01-02 03:00:00.000000"),
        ({"start": "2026-01-02T03:00+02:00"}, None, "2026-01-02 01:00:00.000000"),
        ({"start": "2026-01-02"}, "2026-11-24T10:00:00.5Z", "2026-11-24 09:00:00.500000"),
        ({"overlap": 0}, "2026-11-24T10:00:00.5Z", "2026-11-24 10:00:00.500000"),
        ({"overlap": 10**12}, "0001-01-01", "0001-01-01 00:00:00.000000"),
        ({}, 17, "smallest"),
        ({"type": "date"}, "2026-03-01", "2026-02-28"),
        ({"type": "integer"}, 5000, 4000),
        ({"type": "integer"}, "5000", "smallest"),
        ({"type": "text"}, "abc", "abc"),
    ],
)
def test_what_since_is_bound_to(given: dict[str, Any], mark: Mark | None, bound: Mark) -> None:
    """The mark less the overlap; without one, or with one of another type, a full reading."""
    assert SinceSettings.model_validate({"column": "n", **given}).bound(mark, "smallest") == bound


@pytest.mark.parametrize(
    ("kind", "values", "mark"),
    [
        ("timestamp", pa.array(["2026-11-24T23:59:59", "2026-11-25T00:00:00", "2027-01-01T00:00:00", None]),
         "2026-11-24T23:59:59.000000Z"),
        ("timestamp", pa.array(["2026-11-24T10:00:00Z", "2026-11-24T10:00:00.123456789Z"]),
         "2026-11-24T10:00:00.123456Z"),
        ("timestamp", pa.array([datetime(2026, 11, 24, 10, tzinfo=UTC)], pa.timestamp("us", "America/Chicago")),
         "2026-11-24T10:00:00.000000Z"),
        ("date", pa.array([date(2026, 11, 1)]), "2026-11-01"),
        ("timestamp", pa.array([None], pa.string()), None),
        ("integer", pa.array([1, 2**64 - 1], pa.uint64()), 2**64 - 1),
        ("integer", pa.array(["9", "10"]), 10),
        ("integer", pa.array([7], pa.decimal128(38, 0)), 7),
        ("text", pa.array(["b", "a"]), "b"),
    ],
)  # fmt: skip
def test_the_mark_is_the_highest_value_that_is_not_of_the_future(
    kind: str, values: pa.Array, mark: Mark | None
) -> None:
    """One row that is dated into the next year would hide all changes until then."""
    highest = HighWater(SinceSettings.model_validate({"column": "n", "type": kind}), DAY, None)
    highest.see(values)
    assert highest.mark == mark
    highest.see(values.slice(0, 0))
    assert highest.mark == mark


def test_a_mark_never_goes_back() -> None:
    """A reading of older rows leaves the mark where it was, and so does one that finds none."""
    highest = HighWater(SinceSettings(column="n"), DAY, "2026-11-20T00:00:00.000000Z")
    highest.see(pa.array(["2026-11-19T23:00:00"]))
    assert highest.mark == "2026-11-20T00:00:00.000000Z"


def test_texts_that_look_like_times_are_marks_up_to_the_day(tmp_path: Path) -> None:
    """One text of the year 9999, or one that is no time, would hide all changes until the next full reading."""
    make_sqlite(
        tmp_path,
        "create table news (email, at text)",
        "insert into news values ('a', '2026-11-20 10:00:00'), ('b', '9999-12-31'), ('c', 'n/a'), ('d', '')",
    )
    given: dict[str, Any] = {"table": "news", "since": {"column": "at", "type": "text"}}
    url = f"sqlite:///{tmp_path}/shop.db"
    found, facts = reading(url, **given)
    assert (found, facts["high_water"]) == (["a", "b", "c", "d"], "2026-11-20 10:00:00")
    found, facts = reading(url, "2026-11-20 10:00:00", **given)
    assert (found, facts["high_water"]) == (["a", "b", "c"], "2026-11-20 10:00:00")


def test_of_texts_of_two_sorts_the_lower_one_is_the_mark() -> None:
    """Identifiers that grow are marks as well, also where one of them looks like a time."""
    highest = HighWater(SinceSettings.model_validate({"column": "at", "type": "text"}), DAY, "01K9")
    highest.see(pa.array(["01KB", "2026-11-20", None]))
    assert highest.mark == "01KB"


def test_a_first_batch_of_changes_is_one_with_rows(tmp_path: Path) -> None:
    """What is looked for in the first rows of a source is looked for in the first changed ones, too."""
    make_sqlite(tmp_path, "create table news (email, n integer)", "insert into news values ('a', 1)")
    request = Request(DAY, Path("/"), {}, Path(), since=1)
    given: dict[str, Any] = {"table": "news", "since": {"column": "n", "type": "integer"}}
    with open_source(settings(kind="database", url=f"sqlite:///{tmp_path}/shop.db", **given), request) as opened:
        assert next(opened.batches).num_rows == 1
