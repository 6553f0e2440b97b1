"""Plans on disk: what one sync will send, fixed before the first request, and the receipts of its batches.

A plan's manifest is written last and never changes. Beside it lie, per batch, a mark that its request was begun and
a receipt of its answer; both are created once. A batch with a receipt is never sent again.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet as pq
from schemas.row_outcomes import Verdict

from connectors.storage.files import create_file, read_json, replace_file, to_json
from connectors.storage.receipts import Receipt

SENT: Final = pl.Schema(
    {
        "batch": pl.String,
        "position": pl.Int64,
        "email_key": pl.String,
        "payload_hash": pl.String,
        "payload": pl.String,
    }
)
"""A plan's contacts in sending order; a row group of the file holds whole batches."""


def decisions_path(folder: Path) -> Path:
    """Return where a plan's folder holds what is done with each contact."""
    return folder / "decisions.parquet"


def sent_path(folder: Path) -> Path:
    """Return where a plan's folder holds the contacts to send."""
    return folder / "sent.parquet"


@dataclass(frozen=True)
class Batch:
    """The contacts of one `contacts/import` request.

    Attributes:
        id: The hash of its content.
        contacts: How many they are.
        group_ids: The groups that all of them enter.
        row_group: Where they stand in the plan's file.
    """

    id: str
    contacts: int
    group_ids: tuple[int, ...]
    row_group: int


@dataclass(frozen=True)
class Plan:
    """What one sync will send.

    Attributes:
        id: The day and a number, as `2026-11-24-0001`.
        day: The partition.
        ledger_version: The state of the ledger that it was made against.
        inputs: By asset, the version that it was made from.
        full: Whether what is unchanged is sent as well.
        counts: Contacts by decision.
        batches: In sending order.
        folder: Where it is kept.
    """

    id: str
    day: dt.date
    ledger_version: int
    inputs: Mapping[str, int]
    full: bool
    counts: Mapping[str, int]
    batches: tuple[Batch, ...]
    folder: Path

    def decisions(self) -> pl.LazyFrame:
        """Return one row per contact: `email_key`, `source`, `row`, `decision`, `payload_hash`."""
        return pl.scan_parquet(decisions_path(self.folder))

    def sent(self) -> pl.LazyFrame:
        """Return the contacts to send, as `SENT`."""
        return pl.scan_parquet(sent_path(self.folder))

    def unanswered(self) -> list[Batch]:
        """Return the batches that have no receipt, in sending order."""
        return [batch for batch in self.batches if not self._receipt(batch.id).exists()]

    def contents(self, batches: list[Batch]) -> Iterator[tuple[Batch, pl.DataFrame]]:
        """Yield batches, which are in sending order, with their rows, as `SENT`; one row group is held at a time."""
        if not batches:
            return
        with pq.ParquetFile(sent_path(self.folder)) as file:
            loaded, rows = -1, pl.DataFrame(schema=SENT)
            for batch in batches:
                if batch.row_group != loaded:
                    loaded, rows = batch.row_group, _row_group(file, batch.row_group)
                yield batch, rows.filter(pl.col("batch") == batch.id)

    def mark(self, batch: Batch, now: dt.datetime) -> None:
        """Note that a batch's request is about to begin; a repeated mark changes nothing."""
        replace_file(self.folder / "receipts" / f"{batch.id}.begun", to_json({"begun_at": now.isoformat()}))

    def resolve(self, receipt: Receipt) -> None:
        """Keep a batch's receipt.

        Raises:
            FileExistsError: It has one already.
            StorageError: The disk is full or cannot be written.
        """
        create_file(self._receipt(receipt.batch), receipt.to_json())

    def receipts(self) -> Iterator[Receipt]:
        """Yield the receipts of the batches answered so far, in sending order."""
        for batch in self.batches:
            if self._receipt(batch.id).exists():
                yield Receipt.read(self._receipt(batch.id))

    def verdicts(self) -> pl.LazyFrame:
        """Return answered contacts: `email_key`, `payload_hash`, `batch`, `answered_at`, `verdict`, `sentences`."""
        answered, exceptions = [], []
        for receipt in self.receipts():
            answered.append((receipt.batch, receipt.answered_at))
            exceptions += [
                (receipt.batch, at, str(verdict), list(said)) for at, (verdict, said) in receipt.exceptions.items()
            ]
        times = pl.Schema([("batch", pl.String), ("answered_at", pl.Datetime("us", "UTC"))])
        special = pl.Schema(
            [("batch", pl.String), ("position", pl.Int64), ("verdict", pl.String), ("sentences", pl.List(pl.String))]
        )
        return (
            self.sent()
            .drop("payload")
            .join(pl.LazyFrame(answered, schema=times, orient="row"), on="batch")
            .join(pl.LazyFrame(exceptions, schema=special, orient="row"), on=["batch", "position"], how="left")
            .with_columns(pl.col("verdict").fill_null(Verdict.APPLIED.value))
            .drop("position")
        )

    def was_folded(self) -> bool:
        """Tell whether the ledger has taken in receipts of this plan."""
        return (self.folder / "folded.json").exists()

    def receipts_unfolded(self) -> bool:
        """Tell whether there are receipts that the ledger has not taken in yet."""
        folded = self.folder / "folded.json"
        return len(self._answered()) > (read_json(folded)["receipts"] if folded.exists() else 0)

    def note_folded(self) -> None:
        """Note that the ledger has taken in all receipts there are."""
        replace_file(self.folder / "folded.json", to_json({"receipts": len(self._answered())}))

    def acknowledged(self) -> pl.LazyFrame:
        """Return what the destination has acknowledged so far, as `schemas.decisions.LEDGER`."""
        known = pl.col("verdict").is_in([Verdict.APPLIED.value, Verdict.WARNED.value])
        return (
            self.verdicts()
            .filter(known)
            .select(
                "email_key",
                "payload_hash",
                pl.lit(self.day).alias("as_of"),
                "batch",
                pl.col("answered_at").alias("acknowledged_at"),
            )
        )

    def _answered(self) -> list[Path]:
        return list((self.folder / "receipts").glob("*.json"))

    def _receipt(self, batch: str) -> Path:
        return self.folder / "receipts" / f"{batch}.json"


class Plans:
    """The plans under a storage root."""

    def __init__(self, root: Path) -> None:
        """Keep plans under `root / "plans"`."""
        self._root = root / "plans"

    def next_id(self, day: dt.date) -> str:
        """Return the id of the day's next plan."""
        numbers = [int(path.parent.name[-4:]) for path in self._manifests(f"{day.isoformat()}-")]
        return f"{day.isoformat()}-{max(numbers, default=0) + 1:04d}"

    def folder(self, plan: str) -> Path:
        """Return where a plan is kept."""
        return self._root / plan

    def latest(self, day: dt.date) -> Plan | None:
        """Return the day's newest plan, or None where there is none.

        Raises:
            StorageError: It is damaged.
        """
        manifests = self._manifests(f"{day.isoformat()}-")
        return self._read(manifests[-1]) if manifests else None

    def all_ids(self) -> list[str]:
        """Return the ids of all plans, oldest day first."""
        return [path.parent.name for path in self._manifests("")]

    def get(self, plan: str) -> Plan:
        """Return a plan by its id.

        Raises:
            StorageError: It is missing or damaged.
        """
        return self._read(self._root / plan / "plan.json")

    def fix(self, plan: Plan) -> None:
        """Write a plan's manifest; from now on it does not change.

        Raises:
            StorageError: The disk is full or cannot be written.
        """
        kept = {name: value for name, value in asdict(plan).items() if name not in ("id", "folder")}
        create_file(plan.folder / "plan.json", to_json(kept))

    def _manifests(self, prefix: str) -> list[Path]:
        return sorted(self._root.glob(f"{prefix}*/plan.json"))

    def _read(self, path: Path) -> Plan:
        kept = read_json(path)
        batches = tuple(Batch(**batch | {"group_ids": tuple(batch["group_ids"])}) for batch in kept.pop("batches"))
        day = dt.date.fromisoformat(kept.pop("day"))
        return Plan(id=path.parent.name, day=day, batches=batches, folder=path.parent, **kept)


def _row_group(file: pq.ParquetFile, number: int) -> pl.DataFrame:
    frame = pl.from_arrow(file.read_row_group(number))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - from_arrow gives a frame for a table; this tells mypy
    return frame
