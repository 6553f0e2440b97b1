"""The ledger on disk: what the destination has acknowledged, as numbered versions of one Parquet table.

A version's manifest holds its digest and names the plans that made it. The newest manifest counts; a fold that dies
leaves the last one.
"""

import datetime as dt
from dataclasses import dataclass
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
    sha256,
    to_json,
)
from schemas.decisions import LEDGER, fold

_KEPT_VERSIONS: Final = 3


@dataclass(frozen=True)
class LedgerVersion:
    """One state of the ledger.

    Attributes:
        number: 0 for the empty ledger before the first sync.
        rows: The number of e-mails in it.
        folds: The plan that each version came from, the first version's first; a plan may be there more than once.
        destination: What acknowledged it; empty for the empty ledger.
    """

    number: int
    rows: int
    folds: tuple[str, ...]
    destination: str = ""

    def moved_on(self, since: int, plan: str) -> bool:
        """Tell whether another plan than this one has changed the ledger since the version `since`."""
        return any(name != plan for name in self.folds[since:])


@dataclass(frozen=True)
class SyncResult:
    """What a sync found out about the destination.

    Attributes:
        plan: The plan's id.
        destination: What was synced to.
        day: The day of the data.
        acknowledged: What was acknowledged, as `schemas.decisions.LEDGER`, one row per e-mail.
        confirmed: The `email_key` of contacts that were found unchanged.
    """

    plan: str
    destination: str
    day: dt.date
    acknowledged: pl.LazyFrame
    confirmed: pl.LazyFrame


class Ledger:
    """The ledger under a storage root. One process folds at a time: the caller holds the storage's lock."""

    def __init__(self, root: Path) -> None:
        """Keep the ledger under `root / "ledger"`."""
        self._folder = root / "ledger"

    def current(self) -> LedgerVersion:
        """Return the newest version.

        Raises:
            StorageError: The ledger is damaged.
        """
        numbers = self._numbers()
        if not numbers:
            return LedgerVersion(0, 0, ())
        if not self._table(numbers[-1]).exists():
            message = f"{self._table(numbers[-1])} is missing: restore the storage folder from a backup."
            raise StorageError(message)
        with intact(self._manifest(numbers[-1])):
            manifest = read_json(self._manifest(numbers[-1]))
            return LedgerVersion(numbers[-1], manifest["rows"], tuple(manifest["folds"]), manifest["destination"])

    def scan(self, version: LedgerVersion) -> pl.LazyFrame:
        """Return a version's rows, as `schemas.decisions.LEDGER`.

        Raises:
            StorageError: They are not what was written: what is decided on them could send everyone's data again.
        """
        if version.number == 0:
            return pl.LazyFrame(schema=LEDGER)
        with intact(self._manifest(version.number)):
            written = read_json(self._manifest(version.number))["sha256"]
        path = self._table(version.number)
        if sha256(path) != written:
            message = f"{path} is not what was written: restore the storage folder from a backup."
            raise StorageError(message)
        return pl.scan_parquet(path)

    def fold(self, result: SyncResult) -> LedgerVersion:
        """Fold a sync's result in, and return the new version.

        Raises:
            StorageError: The disk is full or cannot be written; the ledger stays as it was.
        """
        before = self.current()
        number = before.number + 1
        make_folder(self._folder)
        unfinished = self._folder / f".{number:06d}.parquet.tmp"
        try:
            with explained(unfinished):
                after_sync = fold(self.scan(before), result.acknowledged, result.confirmed, result.day)
                after_sync.sink_parquet(unfinished)
            commit_file(unfinished, self._table(number))
        finally:
            unfinished.unlink(missing_ok=True)
        rows = pl.scan_parquet(self._table(number)).select(pl.len()).collect().item()
        after = LedgerVersion(number, rows, (*before.folds, result.plan), result.destination if rows else "")
        facts = {"rows": rows, "folds": after.folds, "destination": after.destination}
        manifest = {**facts, "sha256": sha256(self._table(number))}
        create_file(self._manifest(number), to_json(manifest))
        self._drop_old(number)
        return after

    def _drop_old(self, newest: int) -> None:
        for number in self._numbers():
            if number <= newest - _KEPT_VERSIONS:
                self._table(number).unlink(missing_ok=True)
                self._manifest(number).unlink()

    def _numbers(self) -> list[int]:
        return numbered(self._folder)

    def _manifest(self, number: int) -> Path:
        return self._folder / f"{number:06d}.json"

    def _table(self, number: int) -> Path:
        return self._folder / f"{number:06d}.parquet"
