"""Whole syncs of a few invented people, as a sync makes them: decided against the ledger, answered in part, folded."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from connectors.storage.batch_writer import BatchWriter
from connectors.storage.files import make_folder
from connectors.storage.ledger import Ledger
from connectors.storage.plan import Plan, decisions_path, sent_path
from connectors.storage.plans import Plans
from connectors.storage.receipts import Receipt
from connectors.storage.sync_result import result_of
from schemas.batches import Limits
from schemas.decisions import SENT, decide, decisions_on
from schemas.row_outcomes import Verdict

DESTINATION: Final = "the platform"
START: Final = dt.date(2026, 11, 1)


@dataclass(frozen=True)
class Night:
    """One sync.

    Attributes:
        day: The day of its data, counted from the first.
        people: By name, what is said of each; a text that begins with `-` is an opt-out.
        answers: What became of the contacts in sending order; those beyond it stay without an answer, marked as begun.
        folded_after: After how many batches the ledger takes in what there is, besides at the end.
        full: Whether what is unchanged is sent as well.
        clock: What the clock says, in hours from the first day; it may go back.
    """

    day: int
    people: Mapping[str, str]
    answers: tuple[Verdict, ...] = (Verdict.APPLIED,) * 9
    folded_after: int | None = None
    full: bool = False
    clock: int = field(default=0)

    @property
    def at(self) -> dt.datetime:
        """The time that the clock shows."""
        return dt.datetime.combine(START, dt.time(), dt.UTC) + dt.timedelta(hours=self.clock)


def synced(root: Path, night: Night, *, contacts_of_a_batch: int = 2) -> Plan:
    """Run a sync, and return its plan."""
    plan = _planned(root, night, contacts_of_a_batch)
    answers = list(night.answers)
    for number, batch in enumerate(plan.batches):
        if number == night.folded_after:
            fold(root, plan, night.at)
        plan.mark(batch, night.at)
        said, answers = answers[: batch.contacts], answers[batch.contacts :]
        if len(said) < batch.contacts:
            break
        exceptions = {place: (one, (str(one),)) for place, one in enumerate(said) if one is not Verdict.APPLIED}
        plan.resolve(Receipt(batch.id, night.at, ("request",), batch.contacts, 0, exceptions, ()))
    fold(root, plan, night.at)
    return plan


def fold(root: Path, plan: Plan, at: dt.datetime) -> None:
    """Fold what is known of a plan into the ledger, and note it."""
    plan.note_folds(Ledger(root).fold(result_of(plan), at).folds_of(plan.id))


def _planned(root: Path, night: Night, contacts_of_a_batch: int) -> Plan:
    day = START + dt.timedelta(days=night.day)
    ledger = Ledger(root)
    version = ledger.current()
    contacts = _contacts(night.people)
    candidates = contacts.lazy().select("email_key", "payload_hash", "opts_out", held_back=False)
    doubts = Plans(root).doubts(DESTINATION)
    decisions = decisions_on(candidates, ledger.scan(version), doubts, decide(day, full=night.full)).cast(pl.String)
    folder = make_folder(Plans(root).folder(Plans(root).next_id(day)))
    contacts.select("email_key", "payload_hash", decision=decisions).write_parquet(decisions_path(folder))
    sent = contacts.filter(decisions.is_in([str(one) for one in SENT])).drop("opts_out")
    with BatchWriter(sent_path(folder), Limits(contacts_of_a_batch, 4_000_000)) as writer:
        writer.write(sent)
    plan = Plan(
        *(folder.name, day, version.number, {"contacts": 1}, DESTINATION, "digest of settings"),
        full=night.full,
        counts={"insert": sent.height},
        batches=tuple(writer.batches),
        folder=folder,
    )
    Plans(root).fix(plan)
    return plan


def _contacts(people: Mapping[str, str]) -> pl.DataFrame:
    rows = []
    for name, said in people.items():
        opts_out = said.startswith("-")
        suppressed = ',"suppressed":true' if opts_out else ""
        payload = f'{{"email":"{name}@x.org","notes":"{said}"{suppressed}}}'
        rows.append((f"{name}@x.org", [7], f"hash of {said}", payload, opts_out))
    schema = pl.Schema(
        [
            *(("email_key", pl.String), ("group_ids", pl.List(pl.Int64)), ("payload_hash", pl.String)),
            *(("payload", pl.String), ("opts_out", pl.Boolean)),
        ]
    )
    return pl.DataFrame(rows, schema=schema, orient="row")
