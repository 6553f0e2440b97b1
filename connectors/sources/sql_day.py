"""Puts the day of a sync into a query: `:date` becomes what a database binds, and nothing else is touched."""

import re

from connectors.sources.errors import SourceSettingsWrong

_DAY = "date"


def put_day(query: str, tokens: re.Pattern[str], day: str) -> tuple[str, bool]:
    """Return the query with `:date` replaced, and whether it was there.

    Args:
        query: One SQL statement.
        tokens: The database's tokens that matter: named group `name` for a placeholder's name, `foreign` for a
            placeholder that is not ours, `end` for a semicolon; all else that it matches (literals, comments) is kept.
        day: The SQL that stands for the day; never the day itself.

    Raises:
        SourceSettingsWrong: The query has another placeholder, or is more than one statement.
    """
    parts: list[str] = []
    place, used = 0, False
    for token in tokens.finditer(query):
        if token["end"] is not None:
            _refuse_second_statement(query[token.end() :], tokens)
            query = query[: token.start()]
            break
        if token["name"] is None and token["foreign"] is None:
            continue
        if token["name"] != _DAY:
            raise SourceSettingsWrong(
                f"The query has a placeholder {token[0]} that means nothing here. Only :date does: the day of the sync."
            )
        parts += [query[place : token.start()], day]
        place, used = token.end(), True
    return "".join([*parts, query[place:]]), used


def _refuse_second_statement(rest: str, tokens: re.Pattern[str]) -> None:
    without_comments = tokens.sub(lambda token: "" if token[0].startswith(("--", "/*")) else token[0], rest)
    if without_comments.strip(" \t\r\n;"):
        raise SourceSettingsWrong("The query is more than one statement. Leave one, a SELECT.")


def select_all(table: str) -> str:
    """Return the query for a whole table; dots part a schema from its table."""
    quoted = ".".join('"{}"'.format(part.replace('"', '""')) for part in table.split("."))
    return f"SELECT * FROM {quoted}"  # noqa: S608 - the name is quoted


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
