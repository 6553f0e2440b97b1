"""How BigQuery is read: through its ADBC driver, as Arrow. No test of ours has a server: see docs/databases.md."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import adbc_driver_bigquery.dbapi as adbc
from adbc_driver_bigquery import DatabaseOptions

from connectors.sources.adbc_rows import FAULTS
from connectors.sources.arrow_rows import explain_by_class, open_through_adbc
from connectors.sources.database_engine import Engine, Found, Query, Since, Target
from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.since import SinceType
from connectors.sources.sql_values import refuse_no_select

_TOKENS: Final = re.compile(
    r"""
    (?<![\w`])(?:[rbRB]{0,2})(?P<triple>'{3}|"{3})(?:[^\\]|\\.)*?(?P=triple)
    | '(?:[^'\\\n]|\\.)*' | "(?:[^"\\\n]|\\.)*" | `(?:[^`\\]|\\.)*`
    | --[^\n]* | \#[^\n]* | /\*.*?(?:\*/|\Z)
    | :(?P<name>[^\W\d]\w*) | (?P<foreign>\?|@\w+) | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)


def _place(url: str, request: Request) -> str:  # noqa: ARG001 - a server's place depends on no folder
    parts = urlsplit(url)
    return f"bigquery://{parts.hostname or ''}{parts.path}"


def _options(target: Target) -> dict[str, str]:
    parts = urlsplit(target.url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    options = {DatabaseOptions.PROJECT_ID.value: parts.hostname or ""}
    if parts.path.strip("/"):
        options[DatabaseOptions.DATASET_ID.value] = unquote(parts.path.strip("/"))
    if "location" in given:
        options[DatabaseOptions.LOCATION.value] = given.pop("location")
    if "credentials" in given:
        options[DatabaseOptions.AUTH_TYPE.value] = DatabaseOptions.AUTH_VALUE_JSON_CREDENTIAL_FILE.value
        options[DatabaseOptions.AUTH_CREDENTIALS.value] = str(target.request.folder / given.pop("credentials"))
    if given:
        raise SourceSettingsWrong("A BigQuery url takes ?credentials=FILE.json and &location=, and no other option.")
    return options


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    refuse_no_select(query.sql, _TOKENS, target.place)
    # One statement sees one state of the database there.
    with (
        adbc.connect(db_kwargs=_options(target), autocommit=True) as connection,
        open_through_adbc(connection, target, query) as found,
    ):
        yield found


ENGINE: Final = Engine(
    place=_place,
    tokens=_TOKENS,
    quote="`",
    date="CAST(? AS DATE)",
    since={
        SinceType.TIMESTAMP: Since("CAST(? AS TIMESTAMP)", "0001-01-01 00:00:00"),
        SinceType.DATE: Since("CAST(? AS DATE)", "0001-01-01"),
        SinceType.INTEGER: Since("?", -(2**63)),
        SinceType.TEXT: Since("?", ""),
    },
    open=_open,
    faults=FAULTS,
    explain=explain_by_class,
)
"""BigQuery, for `connectors.sources.database`."""
