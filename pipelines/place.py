"""Where a source is that a person points at: a file, a pattern or a URL, and the kind that reads it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.file_path import is_pattern
from connectors.sources.registry import usable_kinds

_KINDS: Final = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), "csv"),
    **dict.fromkeys((".parquet", ".parq", ".pq"), "parquet"),
    **dict.fromkeys((".xlsx", ".xlsm"), "excel"),
}
_DATABASES: Final = {".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".duckdb": "duckdb"}
_COMPRESSED: Final = (".gz", ".zip", ".bz2", ".xz", ".zst")
_FILES_AT: Final = ("http", "https", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "sftp")
_ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Place:
    """A source that nobody has described yet.

    Attributes:
        name: A name for it.
        given: What its settings say of where it is.
        environ: Variables that hold what the settings only refer to.
    """

    name: str
    given: dict[str, Any]
    environ: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)


def place_of(pointed_at: str, folder: Path, here: Path, table: str | None = None) -> Place:
    """Return where a source is, as its settings would say it.

    Args:
        pointed_at: A file, relative to `here`, a pattern for files, or a URL.
        folder: The settings file's folder, which paths in it are relative to.
        here: The folder in which the person is.
        table: The table of a database, or the sheet of a workbook.

    Raises:
        SourceSettingsWrong: No kind reads such a thing.
    """
    scheme, separator, _ = pointed_at.partition("://")
    if separator and scheme.lower() not in _FILES_AT:
        return _database(pointed_at, table)
    path = PurePosixPath(urlsplit(pointed_at).path if separator else pointed_at)
    if not separator and path.suffix.lower() in _DATABASES:
        found = _relative(pointed_at, folder, here)
        return _database(f"{_DATABASES[path.suffix.lower()]}:///{found}", table)
    kind = _kind_of(path)
    given = {"kind": kind, "path": pointed_at if separator else _relative(pointed_at, folder, here)}
    if is_pattern(given["path"]):
        given["files"] = "newest"
    if kind == "excel" and table is not None:
        given["sheet"] = table
    return Place(name_of(path.name.partition(".")[0]), given)


def _kind_of(path: PurePosixPath) -> str:
    endings = [ending.lower() for ending in path.suffixes if ending.lower() not in _COMPRESSED]
    kind = _KINDS.get(endings[-1] if endings else "")
    if kind is None or kind not in usable_kinds():
        known = ", ".join(ending for ending, one in _KINDS.items() if one in usable_kinds())
        raise SourceSettingsWrong(
            f"{path.name}: it is not known what reads such a file. Known are {known}, {', '.join(_DATABASES)} "
            "and the URLs of databases; for anything else, write the source by hand."
        )
    return kind


def _relative(pointed_at: str, folder: Path, here: Path) -> str:
    path = here / pointed_at
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _database(url: str, table: str | None) -> Place:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SourceSettingsWrong("The URL is none. Encode its special characters as %XX.") from None
    name = name_of(table or PurePosixPath(parts.path).stem)
    given: dict[str, Any] = {"kind": "database", "url": url}
    environ = {}
    if parts.password or parts.query:  # drivers take passwords in a query as well
        variable = f"{name.upper()}_DB_URL"
        given["url"], environ[variable] = {"env": variable}, url
    return Place(name, given | ({"table": table} if table else {}), environ)


def name_of(words: str) -> str:
    """Return a source's name that is like these words: small letters, digits and underscores, without a day."""
    letters = unicodedata.normalize("NFKD", _ISO_DAY.sub("", words)).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    return name if re.match(r"[a-z]", name) else f"source_{name}".strip("_")
