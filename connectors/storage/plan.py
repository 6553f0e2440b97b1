"""One plan on disk: what one sync will send, fixed before the first request, and the receipts of its batches.

Beside a plan's manifest lie, per batch, a mark that its request was begun and a receipt of its answer; both are
created once. A batch with a receipt is never sent again.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from connectors.storage.files import create_file, intact, names, read_json, replace_file, to_json
from connectors.storage.ledger_version import Fold
from connectors.storage.receipts import Receipt, verdicts
from connectors.storage.sent_rows import SENT, batch_rows, row_group
from schemas.decisions import DOUBTS, LEDGER, Decision
from schemas.row_outcomes import Verdict


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
        destination: What it is sent to.
        settings: The digest of the settings that it follows from.
        full: Whether what is unchanged is sent as well.
        counts: Contacts by decision.
        batches: In sending order.
        folder: Where it is kept.
        digests: By name, the SHA-256 of its two tables; empty until it is fixed.
    """

    id: str
    day: dt.date
    ledger_version: int
    inputs: Mapping[str, int]
    destination: str
    settings: str
    full: bool
    counts: Mapping[str, int]
    batches: tuple[Batch, ...]
    folder: Path
    digests: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def order(self) -> int:
        """A number that grows from one plan of which anything is sent to the next, whatever the clock says.

        A plan is sent only while no other one has changed the ledger since it was made, and whatever is sent is folded
        before another plan is: so the ledger's version at its making tells which of two was sent later.
        """
        return self.ledger_version + 1

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
            create_file(self._mark(batch.id), to_json({"begun_at": now.isoformat()}))

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
        """Return answered contacts, as `connectors.storage.receipts.verdicts`."""
        return verdicts(self.sent(), self.receipts())

    def was_folded(self) -> bool:
        """Tell whether the ledger has taken in receipts of this plan."""
        return bool(self.folds())

    def is_begun(self) -> bool:
        """Tell whether any of its requests was begun.

        Raises:
            StorageError: The receipts may not be read.
        """
        return bool(names(self.folder / "receipts"))

    def answered(self) -> int:
        """Return how many of its batches have a receipt.

        Raises:
            StorageError: The receipts may not be read.
        """
        return len(self._answered())

    def is_folded(self) -> bool:
        """Tell whether the ledger has taken in all that is known of this plan."""
        folds = self.folds()
        return bool(folds) and folds[max(folds)].receipts == self.answered()

    def folds(self) -> dict[int, Fold]:
        """Return, by the numbers of the ledger's versions, the folds of this plan that were noted.

        Raises:
            StorageError: The note is damaged.
        """
        path = self._note()
        if not path.exists():
            return {}
        with intact(path):
            return {int(number): Fold.from_json(kept) for number, kept in read_json(path)["folds"].items()}

    def note_folds(self, folds: Mapping[int, Fold]) -> None:
        """Note, beside the plan, which versions of the ledger came from it: the ledger is rebuilt in that order.

        Raises:
            StorageError: A receipt is damaged, or the disk is full or cannot be written.
        """
        unknown = sum(verdict is Verdict.UNKNOWN for one in self.receipts() for verdict, _ in one.exceptions.values())
        kept = {str(number): asdict(fold) for number, fold in folds.items()}
        replace_file(self._note(), to_json({"folds": kept, "unknown": unknown}))

    def doubts(self) -> pl.LazyFrame | None:
        """Return, as `schemas.decisions.DOUBTS`, the contacts whose request's fate is unknown; None where none is.

        The plan's receipts are folded.
        """
        answered = self._answered()
        begun = [batch.id for batch in self.batches if batch.id not in answered and self._mark(batch.id).exists()]
        if not begun and not self._unknown():
            return None
        unknown = self.verdicts().filter(pl.col("verdict") == Verdict.UNKNOWN.value)
        doubted = [self.sent().filter(pl.col("batch").is_in(begun)).select("email_key"), unknown.select("email_key")]
        order = pl.lit(self.order, DOUBTS["doubt_order"]).alias("doubt_order")
        return pl.concat(doubted).select("email_key", pl.lit(self.day).alias("doubt_as_of"), order)

    def confirmed(self) -> pl.LazyFrame:
        """Return the `email_key` of the contacts that the destination had already."""
        return self.decisions().filter(pl.col("decision") == Decision.UNCHANGED.value).select("email_key")

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
                "opted_out",
                pl.lit(self.order, LEDGER["order"]).alias("order"),
            )
        )

    def _unknown(self) -> int:
        if not self._note().exists():
            return 0
        with intact(self._note()):
            return int(read_json(self._note())["unknown"])

    def _note(self) -> Path:
        return self.folder / "folded.json"

    def _mark(self, batch: str) -> Path:
        return self.folder / "receipts" / f"{batch}.begun"

    def _answered(self) -> set[str]:
        found = names(self.folder / "receipts")
        return {name.removesuffix(".json") for name in found if name.endswith(".json")}

    def _receipt(self, batch: str) -> Path:
        return self.folder / "receipts" / f"{batch}.json"
