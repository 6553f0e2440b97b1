"""How SQLite is read: every cell as text, because its values have types of their own, whatever their column says."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa

from connectors.sources.adbc_rows import FAULTS, columns, rows
from connectors.sources.database_engine import Engine, Found, Query, Since, Target
from connectors.sources.errors import SourceBroken, SourceError, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.since import SinceType
from connectors.sources.sql_values import wrap

_TOKENS: Final = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] | --[^\n]* | /\*.*?(?:\*/|\Z)
    | :(?P<name>\w+) | (?P<foreign>[?@$]\w*) | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)


def _file(url: str, request: Request) -> Path:
    parts = urlsplit(url)
    if parts.netloc or not parts.path.strip("/") or parts.query or parts.fragment:
        raise SourceSettingsWrong(
            "A SQLite url is sqlite:///relative.db or sqlite:////absolute.db, and nothing after it."
        )
    return request.folder / unquote(parts.path[1:])


@contextmanager
def _open(target: Target, query: Query) -> Iterator[Found]:
    file = _file(target.url, target.request)
    if not file.is_file():
        raise SourceMissing(f"{file} is not there. Deliver it, or mend the url.")
    with adbc.connect(f"{file.resolve().as_uri()}?mode=ro") as connection:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {target.timeout * 1000:d}")
        # In the same transaction from here on: the driver begins it with the first query.
        found = columns(connection, query.sql, query.bound() or None)
        header = tuple(found.names)
        read = rows(connection, _read(query.sql, found), query.bound() or None, lead=1)
        yield Found(header, (pa.string(),) * len(header), (), read)


def _cell(name: str) -> str:
    """Return the SQL for a cell as text: a blob as hexadecimal, a number with all digits that it needs to come back."""
    text = f"CAST({name} AS TEXT)"
    number = f"CASE WHEN CAST({text} AS REAL) = {name} THEN {text} ELSE printf('%!.17g', {name}) END"
    return f"CASE typeof({name}) WHEN 'blob' THEN hex({name}) WHEN 'real' THEN {number} ELSE {text} END"


def _read(query: str, found: pa.Schema) -> str:
    cells = [_cell(f"c{position}") for position in range(1, len(found) + 1)]
    # The driver takes a column's type from the first rows: a row of text before them makes every column text.
    texts = ", ".join("''" for _ in cells)
    return wrap(query, cells, first=f"SELECT {texts} UNION ALL ")


_SENTENCES: Final = (
    (
        "database is locked|database table is locked",
        SourceMissing,
        "it is locked by another program. Run the sync again later",
    ),
    (
        "not a database|disk image is malformed",
        SourceBroken,
        "this is not a SQLite database, or it is damaged. Restore it",
    ),
    ("no such table", SourceMissing, "the table is not there. Create it, or mend the query"),
    ("readonly database", SourceSettingsWrong, "the query writes, and may only read"),
    ("Failed to prepare query", SourceSettingsWrong, "the query is not right. Mend it"),
)


def _explain(error: Exception, target: Target) -> SourceError:
    said = str(error)
    # What SQLite says before it has read a row speaks of the query alone.
    spoken = re.search(r"Failed to prepare query: ([^\n]*)", said)
    for pattern, kind, sentence in _SENTENCES:
        if re.search(pattern, said):
            return kind(f"{target.place}: {sentence}{f' ({spoken[1]})' if spoken else ''}.")
    return SourceBroken(
        f"{target.place}: the file cannot be opened, or the query met a value that it cannot use. "
        "Run the query in another SQLite program to see why."
    )


ENGINE: Final = Engine(
    place=lambda url, request: str(_file(url, request)),
    tokens=_TOKENS,
    quote='"',
    date="?",
    # Values are compared as they are stored, numbers below texts; times have no type of their own.
    since={SinceType.TEXT: Since("?", ""), SinceType.INTEGER: Since("?", -(2**63))},
    open=_open,
    faults=FAULTS,
    explain=_explain,
)
"""SQLite, for `connectors.sources.database`."""
