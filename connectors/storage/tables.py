"""Tables as versions: one Parquet file and one manifest per asset, day and version; the newest manifest counts.

A version is never changed. Its manifest is written last, so that a table exists whole or not at all.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa

from connectors.storage.files import (
    StorageError,
    commit_file,
    create_file,
    explained,
    intact,
    make_folder,
    names,
    numbered,
    read_json,
    replace_file,
    sha256,
    to_json,
)
from connectors.storage.lock import write_lock
from connectors.storage.table_file import TableFile

_REMOVED: Final = ".removed"
"""The ending of what is left of removed versions: a file without content that bears the highest number of them."""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Table:
    """One version of one asset's table for one day.

    Attributes:
        asset: The asset's name, as `validated/crm`.
        day: The partition.
        version: 1, 2, … as the day is worked through again.
        path: The Parquet file.
        rows: Its number of rows.
        inputs: By asset, the version that this table was made from.
        facts: What else is worth knowing of it; never personal data.
    """

    asset: str
    day: dt.date
    version: int
    path: Path
    rows: int
    inputs: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def scan(self) -> pl.LazyFrame:
        """Return the table to be read when it is needed."""
        return pl.scan_parquet(self.path)


class TableWriter:
    """Takes a new version's rows slice by slice; the first slice, which may be empty, sets the columns.

    Attributes:
        rows: How many rows were taken so far.
        facts: What else is worth knowing of the table, to be filled in while writing; never personal data.
        table: The finished version; there once the `Tables.new_version` block is left.
    """

    table: Table

    def __init__(self, file: TableFile) -> None:
        """Write to `file`."""
        self.rows = 0
        self.facts: dict[str, Any] = {}
        self._file = file

    def write(self, rows: pl.DataFrame | pa.RecordBatch) -> None:
        """Append rows of the same columns as the first ones."""
        self._file.write(rows)
        self.rows += len(rows)


class Tables:
    """The versioned tables under a storage root."""

    def __init__(self, root: Path) -> None:
        """Keep tables under `root`."""
        self._root = root

    def current(self, asset: str, day: dt.date) -> Table | None:
        """Return the newest version of an asset's table for a day, or None where there is none.

        Raises:
            StorageError: It is damaged, or may not be read.
        """
        versions = self._versions(asset, day)
        return self.version(asset, day, versions[-1]) if versions else None

    def version(self, asset: str, day: dt.date, version: int) -> Table:
        """Return one version of an asset's table for a day.

        Raises:
            StorageError: It is missing or damaged.
        """
        table = self._stated(asset, day, version)
        if not table.path.exists():
            message = f"{table.path} is missing: restore the storage folder from a backup."
            raise StorageError(message)
        if sha256(table.path) != table.facts.get("sha256"):
            message = f"{table.path} is not what was written. Run the sync of {day} again, so that it is made anew."
            raise StorageError(message)
        return table

    def days(self, asset: str) -> list[dt.date]:
        """Return the days for which an asset has a table, the latest first.

        Raises:
            StorageError: They may not be read.
        """
        found = names(self._root / asset)
        days = [dt.date.fromisoformat(name) for name in found if _DAY.fullmatch(name)]
        return sorted((day for day in days if self._versions(asset, day)), reverse=True)

    def stated(self, asset: str, day: dt.date) -> Table | None:
        """Return the newest version as its manifest has it, whether or not the table still is that one.

        Raises:
            StorageError: The manifest is damaged, or may not be read.
        """
        versions = self._versions(asset, day)
        return self._stated(asset, day, versions[-1]) if versions else None

    def next_version(self, day: dt.date, *assets: str) -> int:
        """Return a version that none of the assets has or ever had, for tables that belong together."""
        return 1 + max(max([0, *self._versions(asset, day), *self._removed(asset, day)]) for asset in assets)

    def assets(self, kind: str) -> list[str]:
        """Return the assets of a kind: itself, or those within it, as `validated/crm`.

        Raises:
            StorageError: They may not be read.
        """
        found = names(self._root / kind)
        return [kind] if any(map(_DAY.fullmatch, found)) else [f"{kind}/{name}" for name in found]

    def written_at(self, table: Table) -> dt.datetime:
        """Return when a table was finished, UTC.

        Raises:
            StorageError: It is missing.
        """
        manifest = table.path.with_suffix(".json")
        with intact(manifest):
            return dt.datetime.fromtimestamp(manifest.stat().st_mtime, dt.UTC)

    def remove(self, asset: str, day: dt.date, through: int) -> None:
        """Remove the versions of an asset's table for a day up to one; no other ever gets the number of one of them.

        Killed in between, what is left is whole, and the next removal finishes.

        Raises:
            StorageError: They cannot be removed.
            LockHeldError: Another process is writing a version of this table.
        """
        folder = self._folder(asset, day)
        with write_lock(folder), explained(folder):
            replace_file(folder / f"{through:06d}{_REMOVED}", b"")
            for ending in (".json", ".parquet"):
                for name in names(folder):
                    if name.endswith(ending) and int(name.removesuffix(ending)) <= through:
                        (folder / name).unlink()

    @contextmanager
    def new_version(
        self, asset: str, day: dt.date, inputs: Mapping[str, int] | None = None, version: int | None = None
    ) -> Iterator[TableWriter]:
        """Give a writer for a new version; on leaving without an error it becomes the current one.

        Args:
            asset: The asset's name.
            day: The partition.
            inputs: By asset, the version that the table is made from.
            version: From `next_version`; None for the asset's own next one.

        Raises:
            StorageError: The disk is full or cannot be written, or another process has written this very version since
                `next_version`; nothing has changed then.
            LockHeldError: Another process is writing a version of this table.
        """
        folder = make_folder(self._folder(asset, day))
        with write_lock(folder):
            version = version or self.next_version(day, asset)
            if version in numbered(folder):
                message = f"Version {version} of {asset} for {day} has been written by another process. Run again."
                raise StorageError(message)
            unfinished = folder / f".{version:06d}.parquet.tmp"
            with _open(unfinished) as file:
                writer = TableWriter(file)
                yield writer
                digest = file.close()
                commit_file(unfinished, folder / f"{version:06d}.parquet")
                facts = {**writer.facts, "sha256": digest}
                manifest = {"rows": writer.rows, "inputs": dict(inputs or {}), "facts": facts}
                create_file(folder / f"{version:06d}.json", to_json(manifest))
                writer.table = self._stated(asset, day, version)

    def _stated(self, asset: str, day: dt.date, version: int) -> Table:
        """Return a version as its manifest has it; whether the table is that one is not looked at."""
        manifest_path = self._folder(asset, day) / f"{version:06d}.json"
        with intact(manifest_path):
            manifest = read_json(manifest_path)
            path = manifest_path.with_suffix(".parquet")
            return Table(asset, day, version, path, manifest["rows"], manifest["inputs"], manifest["facts"])

    def _versions(self, asset: str, day: dt.date) -> list[int]:
        return numbered(self._folder(asset, day))

    def _removed(self, asset: str, day: dt.date) -> list[int]:
        found = names(self._folder(asset, day))
        return [int(name.removesuffix(_REMOVED)) for name in found if name.endswith(_REMOVED)]

    def _folder(self, asset: str, day: dt.date) -> Path:
        return self._root / asset / day.isoformat()


@contextmanager
def _open(unfinished: Path) -> Iterator[TableFile]:
    """Open an unfinished file, which is gone afterwards unless it was moved to its place."""
    file = TableFile(unfinished)
    try:
        yield file
    finally:
        file.release()
        unfinished.unlink(missing_ok=True)
