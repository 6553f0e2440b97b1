"""Plans on disk: what one sync will send, fixed before the first request, and the receipts of its batches.

A plan's manifest is written last and never changes. Beside it lie, per batch, a mark that its request was begun and
a receipt of its answer; both are created once. A batch with a receipt is never sent again.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import polars as pl

from connectors.storage.files import create_file, intact, names, read_json, replace_file, seal_file, to_json
from connectors.storage.receipts import Receipt, verdicts
from connectors.storage.sent_rows import SENT, batch_rows, row_group
from schemas.row_outcomes import Verdict

_MANIFEST: Final = "plan.json"
_NAME: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{4,}")


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
        """Return the batches that have no receipt, in sending order.

        Raises:
            StorageError: The receipts may not be read.
        """
        answered = self._answered()
        return [batch for batch in self.batches if batch.id not in answered]

    def contents(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, pl.DataFrame]]:
        """Yield batches, which are in sending order, with their rows, as `SENT`; one row group is held at a time.

        Raises:
            StorageError: The file is missing, or does not hold a batch as it was planned.
        """
        path = sent_path(self.folder)
        loaded, rows = -1, pl.DataFrame(schema=SENT)
        for batch in batches:
            if batch.row_group != loaded:
                loaded, rows = batch.row_group, row_group(path, batch.row_group)
            yield batch, batch_rows(rows, batch.id, batch.group_ids, path)

    def mark(self, batch: Batch, now: dt.datetime) -> None:
        """Note that a batch's request is about to begin; a repeated mark changes nothing.

        Raises:
            StorageError: The disk is full or cannot be written: the batch must not be sent.
        """
        with suppress(FileExistsError):
            create_file(self.folder / "receipts" / f"{batch.id}.begun", to_json({"begun_at": now.isoformat()}))

    def resolve(self, receipt: Receipt) -> None:
        """Keep a batch's receipt.

        Raises:
            FileExistsError: It has one already.
            StorageError: The disk is full or cannot be written.
        """
        create_file(self._receipt(receipt.batch), receipt.to_json())

    def receipts(self) -> Iterator[Receipt]:
        """Yield the receipts of the batches answered so far, in sending order."""
        answered = self._answered()
        for batch in self.batches:
            if batch.id in answered:
                yield Receipt.read(self._receipt(batch.id))

    def verdicts(self) -> pl.LazyFrame:
        """Return answered contacts: `email_key`, `payload_hash`, `batch`, `answered_at`, `verdict`, `sentences`."""
        return verdicts(self.sent(), self.receipts())

    def was_folded(self) -> bool:
        """Tell whether the ledger has taken in receipts of this plan."""
        return (self.folder / "folded.json").exists()

    def receipts_unfolded(self) -> bool:
        """Tell whether there are receipts that the ledger has not taken in yet."""
        folded = self.folder / "folded.json"
        with intact(folded):
            known: int = read_json(folded)["receipts"] if folded.exists() else 0
        return len(self._answered()) > known

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

    def _answered(self) -> set[str]:
        found = names(self.folder / "receipts")
        return {name.removesuffix(".json") for name in found if name.endswith(".json")}

    def _receipt(self, batch: str) -> Path:
        return self.folder / "receipts" / f"{batch}.json"


class Plans:
    """The plans under a storage root."""

    def __init__(self, root: Path) -> None:
        """Keep plans under `root / "plans"`."""
        self._root = root / "plans"

    def next_id(self, day: dt.date) -> str:
        """Return the id of the day's next plan."""
        last = max((_number(plan) for plan in self._ids(day.isoformat())), default=0)
        return f"{day.isoformat()}-{last + 1:04d}"

    def folder(self, plan: str) -> Path:
        """Return where a plan is kept."""
        return self._root / plan

    def latest(self, day: dt.date) -> Plan | None:
        """Return the day's newest plan, or None where there is none.

        Raises:
            StorageError: It is damaged.
        """
        plans = self._ids(day.isoformat())
        return self.get(plans[-1]) if plans else None

    def all_ids(self) -> list[str]:
        """Return the ids of all plans, oldest day first.

        Raises:
            StorageError: The plans may not be read.
        """
        return self._ids("")

    def get(self, plan: str) -> Plan:
        """Return a plan by its id.

        Raises:
            StorageError: It is missing or damaged.
        """
        path = self._root / plan / _MANIFEST
        with intact(path):
            kept = read_json(path)
            batches = tuple(Batch(**batch | {"group_ids": tuple(batch["group_ids"])}) for batch in kept["batches"])
            typed = {"day": dt.date.fromisoformat(kept["day"]), "batches": batches}
            return Plan(id=plan, folder=path.parent, **kept | typed)

    def fix(self, plan: Plan) -> None:
        """Write a plan's manifest; from now on it does not change. Its two tables are there already.

        Raises:
            FileExistsError: It is fixed already.
            StorageError: A table is missing, or the disk is full or cannot be written.
        """
        for path in (decisions_path(plan.folder), sent_path(plan.folder)):
            seal_file(path)
        kept = {name: value for name, value in asdict(plan).items() if name not in ("id", "folder")}
        create_file(plan.folder / _MANIFEST, to_json(kept))

    def _ids(self, day: str) -> list[str]:
        found = [plan for plan in names(self._root) if _NAME.fullmatch(plan) and plan.startswith(day)]
        fixed = [plan for plan in found if _MANIFEST in names(self._root / plan)]
        return sorted(fixed, key=lambda plan: (plan[:10], _number(plan)))


def _number(plan: str) -> int:
    return int(plan[11:])
