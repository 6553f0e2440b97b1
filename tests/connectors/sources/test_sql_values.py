"""The values in a query: bound where there is a placeholder, untouched where it is text."""

import re

import pytest

from connectors.sources.database_engine import Engine
from connectors.sources.duckdb import ENGINE as DUCKDB
from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.mysql import ENGINE as MYSQL
from connectors.sources.postgresql import ENGINE as POSTGRESQL
from connectors.sources.sql_values import put_values, select_all
from connectors.sources.sqlite import ENGINE as SQLITE

MARKERS = {"date": "<>", "since": "<since>"}
EVERY = pytest.mark.parametrize(
    "engine", [SQLITE, POSTGRESQL, MYSQL, DUCKDB], ids=["sqlite", "postgresql", "mysql", "duckdb"]
)


@EVERY
@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ("select 1", "select 1"),
        ("a >= :date and b < :date", "a >= <> and b < <>"),
        ("(:date)", "(<>)"),
        ("':date' || ''':date' || :date", "':date' || ''':date' || <>"),
        ('":date" = :date', '":date" = <>'),
        ('"a"":date" = :date', '"a"":date" = <>'),
        ("-- :date :other\n:date", "-- :date :other\n<>"),
        ("/* :date :other */ :date", "/* :date :other */ <>"),
        ("select 1 ; ", "select 1 "),
        ("select ';' ;; -- done\n /* ; */", "select ';' "),
        ("select 1 -- no end", "select 1 -- no end"),
        ("select 1 /* no end :other", "select 1 /* no end :other"),
        ("a > :since and b < :date", "a > <since> and b < <>"),
    ],
)
def test_only_placeholders_are_replaced(engine: Engine, query: str, bound: str) -> None:
    """Literals, quoted names and comments are left as they are, and a semicolon at the end is dropped."""
    found, names = put_values(query, engine.tokens, MARKERS)
    assert found == bound
    assert [MARKERS[name] for name in names] == re.findall("<(?:since)?>", bound)


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ("x::date >= :date::timestamp", "x::date >= <>::timestamp"),
        ("$$:date$$ || $a$ $$ :date $a$ || :date", "$$:date$$ || $a$ $$ :date $a$ || <>"),
        (r"E'\':date' || :date", r"E'\':date' || <>"),
        (r"'\' || :date", r"'\' || <>"),
        ("a[1:2] || :date", "a[1:2] || <>"),
        ("data ? 'x' and data @> :date", "data ? 'x' and data @> <>"),
        ("date ':date'", "date ':date'"),
    ],
)
def test_postgresql_has_casts_dollar_quotes_and_escapes(query: str, bound: str) -> None:
    """What only PostgreSQL writes is understood there."""
    assert put_values(query, POSTGRESQL.tokens, MARKERS)[0] == bound


def test_sqlite_has_brackets_and_backticks() -> None:
    """What only SQLite writes is understood there."""
    assert put_values("[:date] `:date` :date", SQLITE.tokens, MARKERS) == ("[:date] `:date` <>", ("date",))


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        (r"'\':date' || :date", r"'\':date' || <>"),
        (r'"\":date" || :date', r'"\":date" || <>'),
        ("`:date` = :date", "`:date` = <>"),
        ("# :date\n:date", "# :date\n<>"),
        ("1--:date", "1--<>"),
        ("@a := :date", "@a := <>"),
        ("select 1; # done", "select 1"),
    ],
)
def test_mysql_has_backslashes_hashes_and_backticks(query: str, bound: str) -> None:
    """What only MySQL writes is understood there; two dashes without a blank are no comment."""
    assert put_values(query, MYSQL.tokens, MARKERS)[0] == bound


@pytest.mark.parametrize(
    ("engine", "query", "named"),
    [
        (SQLITE, "a > :until", ":until"),
        (MYSQL, "a > ?", r"\?"),
        (DUCKDB, "a > $date", r"\$date"),
        (SQLITE, "a > :dated", ":dated"),
        (SQLITE, "a > ?", r"\?"),
        (SQLITE, "a > @day", "@day"),
        (POSTGRESQL, "a > :Date", ":Date"),
        (POSTGRESQL, "a > $1", r"\$1"),
    ],
)
def test_another_placeholder_is_refused_by_name(engine: Engine, query: str, named: str) -> None:
    """A misspelt placeholder is not bound to nothing."""
    with pytest.raises(SourceSettingsWrong, match=f"placeholder {named} that means nothing here"):
        put_values(query, engine.tokens, MARKERS)


@EVERY
def test_two_statements_are_refused(engine: Engine) -> None:
    """A source reads; it does nothing before or after."""
    with pytest.raises(SourceSettingsWrong, match="more than one statement"):
        put_values("select 1; select 2", engine.tokens, MARKERS)


def test_a_table_is_quoted() -> None:
    """A table's name is a name, whatever it holds."""
    assert select_all("people") == 'SELECT * FROM "people"'
    assert select_all('crm.my "best" people') == 'SELECT * FROM "crm"."my ""best"" people"'
    assert select_all("crm.my `best`", "`") == "SELECT * FROM `crm`.`my ``best```"


def test_a_table_is_read_from_where_its_last_reading_ended() -> None:
    """A row whose column is empty cannot say that it is old: it comes every time."""
    assert select_all("t", since="at") == 'SELECT * FROM "t" WHERE "at" >= :since OR "at" IS NULL'
