"""Which column says what is new, where the query says it: never a comment's or a text's."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.sources.compared import compared_with_since
from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from tests.connectors.sources.maria import MariaServer
from tests.connectors.sources.opening import DAY, settings


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("select * from c where updated_at >= :since", ["updated_at"]),
        ('select * from c where c."updated_at" > :since or [updated_at]>= :since', ["updated_at"]),
        ("select * from c where `it's` >= 1 and updated_at >= :since", ["updated_at"]),
        ("select * from c -- where imported_at >= :since\nwhere updated_at >= :since", ["updated_at"]),
        ("select * from c /* imported_at >= :since */ where updated_at >= :since", ["updated_at"]),
        ("select * from c where name <> 'imported_at >= :since'", []),
        ("select $t$imported_at >= :since$t$ from c", []),
        ("select * from c where updated_at >= :sincerely", []),
        (
            "select * from c join d using (id) where c.updated_at >= :since or d.version >= :since",
            ["updated_at", "version"],
        ),
    ],
)
def test_the_column_is_the_one_that_the_query_compares(query: str, columns: list[str]) -> None:
    """With the column of a comment, the mark would run ahead of what was read."""
    assert compared_with_since(query) == columns


def test_several_columns_are_refused_unless_one_is_named() -> None:
    """Two columns may count two things, and the mark is of one of them."""
    query = "select * from c join d using (id) where c.updated_at >= :since or d.version >= :since"
    with pytest.raises(ValidationError, match=r"Say in since.column which one"):
        settings(kind="database", url="duckdb:///a.duckdb", query=query)
    named = settings(kind="database", url="duckdb:///a.duckdb", query=query, since={"column": "updated_at"})
    assert named.model_dump()["since"]["column"] == "updated_at"


def test_what_is_a_comment_in_this_database_alone_is_refused(maria: MariaServer) -> None:
    """In MySQL `#` begins a comment, elsewhere it does not."""
    query = "select 'a' as email, now() as seen # where imported_at >= :since"
    request = Request(DAY, Path("/"), {}, Path())
    with (
        pytest.raises(SourceSettingsWrong, match="it is not clear which column"),
        open_source(settings(kind="database", url=maria.url, query=query), request),
    ):
        pass
