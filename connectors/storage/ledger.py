"""The ledger on disk: what the destination has acknowledged, as numbered versions of one Parquet table.

The newest manifest counts; a fold that dies leaves the last version. A mark beside the ledger's folder holds the
highest number that was ever written, so that a ledger that is gone or has gone back is never taken for a young one.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import polars as pl

from connectors.storage.files import (
    StorageError,
    commit_file,
    create_file,
    explained,
    intact,
    make_folder,
    numbered,
    read_json,
    replace_file,
    sha256,
    to_json,
)
from connectors.storage.ledger_history import kept_versions
from connectors.storage.ledger_version import Fold, LedgerVersion, manifest, read_manifest
from connectors.storage.sync_result import SyncResult
from schemas.contact import EMAIL_KEY
from schemas.decisions import LEDGER, fold

REMEDY: Final = 'Run "contact-sync ledger rebuild", or restore the whole storage folder from a backup.'

MOST_ACKNOWLEDGED: Final = 4_000_000
"""How many acknowledged contacts are folded in at a time; more take more memory."""


class LedgerLostError(StorageError):
    """The ledger is gone, damaged, or older than what was recorded in it: rebuild it, or restore it."""


class Ledger:
    """The ledger under a storage root. One process folds at a time: the caller holds the storage's lock."""

    def __init__(self, root: Path, at_a_time: int = MOST_ACKNOWLEDGED) -> None:
        """Keep the ledger under `root / "ledger"`, and fold about so many acknowledged contacts in at a time."""
        self.folder = root / "ledger"
        self._at_a_time = at_a_time
        self.mark = root / "ledger.json"

    def current(self) -> LedgerVersion:
        """Return the newest version.

        Raises:
            LedgerLostError: The ledger is damaged, or older than what was written.
            StorageError: It may not be read.
        """
        numbers = numbered(self.folder)
        newest, written = max(numbers, default=0), self._marked()
        if newest < written:
            message = (
                f"The ledger in {self.folder} is gone, or older than the syncs that were recorded in it: version "
                f"{written} was written, and the newest there is {newest}. {REMEDY}"
            )
            raise LedgerLostError(message)
        if newest == 0:
            return LedgerVersion(0, 0, ())
        if not self._table(newest).exists():
            message = f"{self._table(newest)} is missing. {REMEDY}"
            raise LedgerLostError(message)
        return self._manifest(newest)[0]

    def is_kept(self, version: LedgerVersion) -> bool:
        """Tell whether a version's rows are still there."""
        return version.number == 0 or self._table(version.number).exists()

    def scan(self, version: LedgerVersion) -> pl.LazyFrame:
        """Return a version's rows, as `schemas.decisions.LEDGER`.

        Raises:
            LedgerLostError: They are not what was written: what is decided on them could send everyone's data again.
        """
        if version.number == 0:
            return pl.LazyFrame(schema=LEDGER)
        path = self._table(version.number)
        if sha256(path) != self._manifest(version.number)[1]:
            message = f"{path} is not what was written. {REMEDY}"
            raise LedgerLostError(message)
        return pl.scan_parquet(path)

    def fold(self, result: SyncResult, at: dt.datetime) -> LedgerVersion:
        """Fold a sync's result in at a time, UTC, and return the new version.

        Raises:
            LedgerLostError: The ledger is damaged.
            StorageError: The disk is full or cannot be written; the ledger stays as it was.
        """
        before = self.current()
        number = before.number + 1
        acknowledged = _count(result.acknowledged)
        rows, digest = self._write(before, result, number, acknowledged)
        folded = Fold(result.plan, result.receipts, at, acknowledged, rows)
        after = LedgerVersion(number, rows, (*before.folds, folded), result.destination if rows else "")
        self._publish(after, digest)
        return after

    def replay(self, result: SyncResult, folds: tuple[Fold, ...]) -> LedgerVersion:
        """Fold a result in again as the last of `folds`, which made the ledger once, and return that version.

        Raises:
            LedgerLostError: It does not come out as it was.
            StorageError: The disk is full or cannot be written.
        """
        before, after = self.current(), folds[-1]
        rows, digest = self._write(before, result, len(folds), after.acknowledged)
        if rows != after.contacts:
            message = (
                f"Plan {after.plan} does not give the ledger that it gave before ({rows:,} contacts instead of "
                f"{after.contacts:,}): its files are not those of then. Restore the whole storage folder from a backup."
            )
            raise LedgerLostError(message)
        version = LedgerVersion(len(folds), rows, folds, result.destination if rows else "")
        self._publish(version, digest)
        return version

    def note_written(self, version: LedgerVersion) -> None:
        """Mark a version as the newest one that was written, unless it is so marked already.

        Raises:
            StorageError: The disk is full or cannot be written.
        """
        if not self.mark.exists() or self._marked() != version.number:
            replace_file(self.mark, to_json({"version": version.number}))

    def highest_seen(self) -> int:
        """Return the highest number that the mark or a file of the ledger bears, whatever state they are in."""
        try:
            written = self._marked()
        except LedgerLostError:
            written = 0
        return max(written, *numbered(self.folder), 0)

    def legible(self) -> Iterator[tuple[Path, LedgerVersion]]:
        """Yield what the manifests tell that are still sound, with where they are."""
        for number in numbered(self.folder):
            with suppress(LedgerLostError):
                yield self._manifest_path(number), self._manifest(number)[0]

    def _write(self, before: LedgerVersion, result: SyncResult, number: int, acknowledged: int) -> tuple[int, str]:
        """Write a version's table; return how many rows it has, and its digest."""
        make_folder(self.folder)
        unfinished = self.folder / f".{number:06d}.parquet.tmp"
        parts = 1 + acknowledged // self._at_a_time
        try:
            with explained(unfinished):
                _write_folded(self.scan(before), result, parts, unfinished)
            rows, digest = _count(pl.scan_parquet(unfinished)), sha256(unfinished)
            commit_file(unfinished, self._table(number))
        finally:
            unfinished.unlink(missing_ok=True)
        return rows, digest

    def _publish(self, version: LedgerVersion, digest: str) -> None:
        create_file(self._manifest_path(version.number), manifest(version, digest))
        self.note_written(version)
        kept = kept_versions(version)
        for number in numbered(self.folder):
            if number not in kept:
                self._table(number).unlink(missing_ok=True)
                self._manifest_path(number).unlink()

    def _marked(self) -> int:
        if not self.mark.exists():
            return 0
        try:
            with intact(self.mark):
                return int(read_json(self.mark)["version"])
        except StorageError as error:
            message = f"{error} {REMEDY}"
            raise LedgerLostError(message) from error

    def _manifest(self, number: int) -> tuple[LedgerVersion, str]:
        path = self._manifest_path(number)
        try:
            with intact(path):
                return read_manifest(read_json(path))
        except StorageError as error:
            message = f"{error} {REMEDY}"
            raise LedgerLostError(message) from error

    def _manifest_path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.json"

    def _table(self, number: int) -> Path:
        return self.folder / f"{number:06d}.parquet"


def _write_folded(known: pl.LazyFrame, result: SyncResult, parts: int, path: Path) -> None:
    """Write the ledger with a result in it, in parts with other persons each.

    Memory grows with those of a part who were acknowledged, as everybody is on a first night; on others they are few.
    """
    if parts == 1:
        _sink(fold(known, result.acknowledged, result.confirmed, result.day), path)
        return
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".parts-") as name:
        files = [Path(name, f"{part}.parquet") for part in range(parts)]
        for part, file in enumerate(files):
            own = pl.col(EMAIL_KEY).hash() % parts == part
            acknowledged, confirmed = result.acknowledged.filter(own), result.confirmed.filter(own)
            _sink(fold(known.filter(own), acknowledged, confirmed, result.day), file)
        _sink(pl.scan_parquet(files), path)


def _sink(rows: pl.LazyFrame, path: Path) -> None:
    """Write rows; measured on a ledger, a higher level takes twice as long and the file is no smaller."""
    rows.sink_parquet(path, compression="zstd", compression_level=1, statistics=False)


def _count(rows: pl.LazyFrame) -> int:
    counted: int = rows.select(pl.len()).collect(engine="streaming").item()
    return counted
