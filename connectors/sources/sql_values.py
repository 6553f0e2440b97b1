"""Puts the values that a sync knows into a query: `:date` and `:since` become what a database binds, nothing else."""

import re
from collections.abc import Mapping
from typing import Final

from connectors.sources.errors import SourceSettingsWrong

NAMES: Final = ("date", "since")


def put_values(query: str, tokens: re.Pattern[str], markers: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return the query with its placeholders replaced, and their names in the order in which they were met.

    Args:
        query: One SQL statement.
        tokens: The database's tokens that matter: named group `name` for a placeholder's name, `foreign` for a
            placeholder that is not ours, `end` for a semicolon; all else that it matches (literals, comments) is kept.
        markers: The SQL that stands for each of `NAMES`; never the value itself.

    Raises:
        SourceSettingsWrong: The query has another placeholder, or is more than one statement.
    """
    parts: list[str] = []
    names: list[str] = []
    place = 0
    for token in tokens.finditer(query):
        if token["end"] is not None:
            _refuse_second_statement(query[token.end() :], tokens)
            query = query[: token.start()]
            break
        if token["name"] is None and token["foreign"] is None:
            continue
        if token["name"] not in NAMES:
            raise SourceSettingsWrong(
                f"The query has a placeholder {token[0]} that means nothing here. Only :date (the day of the sync) "
                "and :since (where the last reading ended) do."
            )
        parts += [query[place : token.start()], markers[token["name"]]]
        names.append(token["name"])
        place = token.end()
    return "".join([*parts, query[place:]]), tuple(names)


def _refuse_second_statement(rest: str, tokens: re.Pattern[str]) -> None:
    without_comments = tokens.sub(lambda token: "" if token[0].startswith(("--", "/*", "#")) else token[0], rest)
    if without_comments.strip(" \t\r\n;"):
        raise SourceSettingsWrong("The query is more than one statement. Leave one, a SELECT.")


def refuse_no_select(sql: str, tokens: re.Pattern[str], place: str) -> None:
    """Refuse SET, KILL, COPY and the like, which no read-only transaction holds back.

    Args:
        sql: One SQL statement.
        tokens: The database's tokens that matter.
        place: The database, for the message.

    Raises:
        SourceSettingsWrong: The statement is no query.
    """
    bare = tokens.sub(lambda token: " " if token[0].startswith(("--", "#", "/*")) else token[0], sql)
    if not re.match(r"[\s(]*(select|with|table|values)\b", bare, re.IGNORECASE):
        raise SourceSettingsWrong(f"{place}: the query is no SELECT. Mend it.")


def quoted(name: str, quote: str = '"') -> str:
    """Return a name as SQL that means that name, whatever it holds."""
    return f"{quote}{name.replace(quote, quote * 2)}{quote}"


def select_all(table: str, quote: str = '"', *, since: str | None = None) -> str:
    """Return the query for a whole table, or for what is new in it.

    Args:
        table: Its name; dots part a schema from its table.
        quote: What the database puts around a name.
        since: The column that says what is new. Rows without a value in it cannot say, and always come.
    """
    names = ".".join(quoted(part, quote) for part in table.split("."))
    column = "" if since is None else quoted(since, quote)
    newer = f" WHERE {column} >= :since OR {column} IS NULL" if column else ""
    return f"SELECT * FROM {names}{newer}"  # noqa: S608 - the names are quoted


def wrap(query: str, cells: list[str], *, first: str = "") -> str:
    """Return a query for one expression per column of another, whose columns are called c1, c2, … there.

    Args:
        query: The query.
        cells: One SQL expression per column.
        first: SQL that goes before the outer SELECT.
    """
    names = ", ".join(f"c{position}" for position in range(1, len(cells) + 1))
    # The line end closes a comment at the end of the query.
    return f"WITH source({names}) AS (\n{query}\n) {first}SELECT {', '.join(cells)} FROM source"  # noqa: S608 - what it is for
