"""Step 4: the contacts are compared with the ledger, and what will be sent is fixed before the first request."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from connectors.storage.batch_writer import BatchWriter
from connectors.storage.files import explained, make_folder
from connectors.storage.lock import sync_lock
from connectors.storage.plan import Batch, Plan, decisions_path, sent_path
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.ahead import ahead
from pipelines.steps.fold import take_in_receipts
from pipelines.steps.guards import refuse_useless_sources
from pipelines.steps.quality import refuse_rejected_share
from pipelines.steps.resume import open_plan
from pipelines.steps.slices import SLICE_ROWS
from pipelines.steps.validate import required
from schemas.batches import Limits
from schemas.contact import EMAIL_KEY
from schemas.decisions import SENT, Decision, decide, decisions_on
from schemas.fields import EMAIL, OPT_OUT_FIELDS
from schemas.payload import opt_out_payloads, payload_hashes

MOST_KNOWN: Final = 4_000_000
"""How many of the ledger's e-mails the contacts are compared with at a time; more take more memory."""


def make_plan(installation: Installation, day: dt.date, *, full: bool = False) -> Plan:
    """Return the day's plan: the one that was begun and not finished, else a new one.

    Args:
        installation: The installation.
        day: The partition.
        full: Send what is unchanged as well.

    Raises:
        GuardStopError: A source has no valid row, or too many rejected ones.
        StorageError: The contacts have not been made yet, the ledger is lost, or the plan cannot be written.
        LockHeldError: Another sync is sending.
    """
    with sync_lock(installation.storage, installation.now()):
        take_in_receipts(installation)
        begun = open_plan(installation, day)
        if begun is not None and begun.full >= full:
            return begun
        contacts = required(installation, "contacts", day)
        refuse_useless_sources(installation, contacts)
        refuse_rejected_share(installation, contacts)
        return _new_plan(installation, contacts, full=full)


def _new_plan(installation: Installation, contacts: Table, *, full: bool) -> Plan:
    plan_id = installation.plans.next_id(contacts.day)
    folder = make_folder(installation.plans.folder(plan_id))
    decisions = _decisions(installation, contacts, full=full)
    _write_decisions(contacts, decisions, folder)
    plan = Plan(
        id=plan_id,
        day=contacts.day,
        ledger_version=installation.ledger.current().number,
        inputs=_inputs(installation, contacts),
        destination=installation.destination,
        settings=installation.settings_digest,
        full=full,
        counts=dict(decisions.cast(pl.String).value_counts().iter_rows()),
        batches=_write_batches(installation, contacts, decisions, folder),
        folder=folder,
    )
    installation.plans.fix(plan)
    return plan


def _decisions(installation: Installation, contacts: Table, *, full: bool) -> pl.Series:
    """Return the decision on each contact, in their order."""
    ledger = installation.ledger.current()
    candidates = contacts.scan().select(
        *(EMAIL_KEY, "payload_hash", "held_back"),
        opts_out=(pl.col("suppressed") == "true").fill_null(value=False),
    )
    return decisions_on(
        candidates,
        installation.ledger.scan(ledger),
        installation.plans.doubts(installation.destination),
        decide(contacts.day, full=full),
        parts=1 + ledger.rows // MOST_KNOWN,
    )


def _write_decisions(contacts: Table, decisions: pl.Series, folder: Path) -> None:
    rows = contacts.scan().select(EMAIL_KEY, "source", "row", "payload_hash")
    words = decisions.to_frame().lazy().cast(pl.String)
    path = decisions_path(folder)
    with explained(path):
        pl.concat([rows, words], how="horizontal").sink_parquet(path)


def _write_batches(
    installation: Installation, contacts: Table, decisions: pl.Series, folder: Path
) -> tuple[Batch, ...]:
    destination = installation.settings.destination
    with BatchWriter(sent_path(folder), Limits(destination.batch_contacts, destination.batch_bytes)) as writer:
        for rows in ahead(_to_send(contacts, decisions)):
            writer.write(rows)
    return tuple(writer.batches)


def _to_send(contacts: Table, decisions: pl.Series) -> Iterator[pl.DataFrame]:
    """Yield, slice by slice, the contacts to send with their payloads."""
    columns = (EMAIL_KEY, "group_ids", EMAIL, *OPT_OUT_FIELDS, "payload_hash", "payload")
    rows, is_sent = contacts.scan().select(columns), decisions.is_in([str(one) for one in SENT])
    for start in range(0, contacts.rows, SLICE_ROWS):
        chosen = is_sent.slice(start, SLICE_ROWS)
        if chosen.any():
            decided = rows.slice(start, SLICE_ROWS).collect().with_columns(decisions.slice(start, SLICE_ROWS))
            yield _sendable(decided.filter(chosen))


def _sendable(rows: pl.DataFrame) -> pl.DataFrame:
    """Return contacts as they are sent; of those that are superseded but for their opt-out, the opt-out alone."""
    alone = pl.col("decision") == Decision.OPT_OUT.value
    whole = rows.filter(~alone).select(EMAIL_KEY, "group_ids", "payload_hash", "payload")
    opt_outs = rows.filter(alone)
    if opt_outs.is_empty():
        return whole
    texts, no_groups = opt_out_payloads(opt_outs), opt_outs["group_ids"].list.head(0)
    hashes = payload_hashes(texts, no_groups).alias("payload_hash")
    return pl.concat([whole, opt_outs.select(EMAIL_KEY, no_groups, hashes, texts)])


def _inputs(installation: Installation, contacts: Table) -> dict[str, int]:
    """Return the version of every table that the contacts came from, down to the snapshots."""
    day, tables = contacts.day, installation.tables
    inputs = {"contacts": contacts.version, "duplicates": contacts.version} | dict(contacts.inputs)
    for asset, version in contacts.inputs.items():
        source = asset.removeprefix("validated/")
        inputs |= {f"rejected/{source}": version, f"issues/{source}": version}
        inputs |= tables.version(asset, day, version).inputs
    return inputs
