"""Tables as versions: one Parquet file and one manifest per asset, day and version; the newest manifest counts.

A version is never changed. Its manifest is written last, so that a table exists whole or not at all.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.storage.files import (
    StorageError,
    commit_file,
    create_file,
    explained,
    intact,
    make_folder,
    numbered,
    read_json,
    sha256,
    to_json,
)
from connectors.storage.lock import write_lock


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
        rows: How many rows were written so far.
        facts: What else is worth knowing of the table, to be filled in while writing; never personal data.
        table: The finished version; there once the `Tables.new_version` block is left.
    """

    table: Table

    def __init__(self, path: Path) -> None:
        """Write to `path`, which is made when the first slice comes."""
        self.rows = 0
        self.facts: dict[str, Any] = {}
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: pl.DataFrame | pa.RecordBatch) -> None:
        """Append rows of the same columns as the first ones."""
        batch = rows.to_arrow() if isinstance(rows, pl.DataFrame) else pa.Table.from_batches([rows])
        with explained(self._path):
            if self._writer is None:
                self._writer = pq.ParquetWriter(self._path, batch.schema, compression="zstd")
            self._writer.write_table(batch)
        self.rows += batch.num_rows

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            with explained(self._path):
                self._writer.close()
            self._writer = None


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
        folder = self._folder(asset, day)
        path = folder / f"{version:06d}.parquet"
        with intact(folder / f"{version:06d}.json"):
            manifest = read_json(folder / f"{version:06d}.json")
            table = Table(asset, day, version, path, manifest["rows"], manifest["inputs"], manifest["facts"])
        if not path.exists():
            message = f"{path} is missing: restore the storage folder from a backup."
            raise StorageError(message)
        if sha256(path) != table.facts.get("sha256"):
            message = f"{path} is not what was written. Run the sync of {day} again, so that it is made anew."
            raise StorageError(message)
        return table

    def next_version(self, day: dt.date, *assets: str) -> int:
        """Return a version that none of the assets has yet, for tables that belong together."""
        return 1 + max((self._versions(asset, day)[-1:] or [0])[0] for asset in assets)

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
            with _writer(unfinished) as writer:
                yield writer
                writer.close()
                path = folder / f"{version:06d}.parquet"
                commit_file(unfinished, path)
                facts = {**writer.facts, "sha256": sha256(path)}
                manifest = {"rows": writer.rows, "inputs": dict(inputs or {}), "facts": facts}
                create_file(folder / f"{version:06d}.json", to_json(manifest))
                writer.table = self.version(asset, day, version)

    def _versions(self, asset: str, day: dt.date) -> list[int]:
        return numbered(self._folder(asset, day))

    def _folder(self, asset: str, day: dt.date) -> Path:
        return self._root / asset / day.isoformat()


@contextmanager
def _writer(unfinished: Path) -> Iterator[TableWriter]:
    """Give a writer to an unfinished file, which is gone afterwards unless it was moved to its place."""
    writer = TableWriter(unfinished)
    try:
        yield writer
    finally:
        try:
            writer.close()
        finally:
            unfinished.unlink(missing_ok=True)
