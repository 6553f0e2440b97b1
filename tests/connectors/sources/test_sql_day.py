"""The day in a query: bound where it is a placeholder, untouched where it is text."""

import pytest

from connectors.sources.database_engine import Engine
from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.postgresql import POSTGRESQL
from connectors.sources.sql_day import put_day, select_all
from connectors.sources.sqlite import SQLITE

BOTH = pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])


@BOTH
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
    ],
)
def test_only_placeholders_are_replaced(engine: Engine, query: str, bound: str) -> None:
    """Literals, quoted names and comments are left as they are, and a semicolon at the end is dropped."""
    assert put_day(query, engine.tokens, "<>") == (bound, "<>" in bound)


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
    assert put_day(query, POSTGRESQL.tokens, "<>")[0] == bound


def test_sqlite_has_brackets_and_backticks() -> None:
    """What only SQLite writes is understood there."""
    assert put_day("[:date] `:date` :date", SQLITE.tokens, "?1") == ("[:date] `:date` ?1", True)


@pytest.mark.parametrize(
    ("engine", "query", "named"),
    [
        (SQLITE, "a > :since", ":since"),
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
        put_day(query, engine.tokens, "<>")


@BOTH
def test_two_statements_are_refused(engine: Engine) -> None:
    """A source reads; it does nothing before or after."""
    with pytest.raises(SourceSettingsWrong, match="more than one statement"):
        put_day("select 1; select 2", engine.tokens, "<>")


def test_a_table_is_quoted() -> None:
    """A table's name is a name, whatever it holds."""
    assert select_all("people") == 'SELECT * FROM "people"'
    assert select_all('crm.my "best" people') == 'SELECT * FROM "crm"."my ""best"" people"'
