"""Which tables a database has, for a person who points at a database and names none."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from connectors.sources.errors import SourceSettingsWrong
from pipelines.place import Place
from pipelines.proposal import look
from schemas.column_names import named

# Every source has a column called email; here it is the one that all databases have.
_SQLITE: Final = (
    "select name as email, '' as place from sqlite_master "
    "where type in ('table', 'view') and name not like 'sqlite%' order by name"
)
_OTHERS: Final = (
    "select table_name as email, table_schema as place from information_schema.tables where table_schema "
    "not in ('information_schema', 'pg_catalog', 'mysql', 'performance_schema', 'sys') order by 2, 1"
)
_USUAL_SCHEMAS: Final = ("", "public", "main")


def with_table(place: Place, folder: Path, environ: Mapping[str, str], day: dt.date) -> Place:
    """Return a database's place with the only table that it has.

    Args:
        place: Where it is.
        folder: The folder that relative paths start from.
        environ: The environment that secrets are read from.
        day: The day whose data is opened.

    Raises:
        SourceError: It cannot be read, or has more tables than one.
    """
    if "url" not in place.given or "table" in place.given:
        return place
    stated = place.given["url"]
    url = urlsplit(stated if isinstance(stated, str) else place.environ[stated["env"]])
    query = _SQLITE if url.scheme == "sqlite" else _OTHERS
    asked = replace(place, given={**place.given, "query": query})
    usual = (*_USUAL_SCHEMAS, url.path.strip("/"))
    found = [
        name if schema in usual else f"{schema}.{name}"
        for name, schema in look(asked, "email", folder, environ, day).rows.iter_rows()
    ]
    if len(found) != 1:
        raise SourceSettingsWrong(f"The database has {named(found) if found else 'no tables'}: name one with --table.")
    return replace(place, given={**place.given, "table": found[0]})
