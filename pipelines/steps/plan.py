"""Step 4: the contacts are compared with the ledger, and what will be sent is fixed before the first request."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from connectors.storage.batch_writer import BatchWriter
from connectors.storage.files import explained, make_folder
from connectors.storage.lock import sync_lock
from connectors.storage.plan import Batch, Plan, decisions_path, sent_path
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.fold import take_in_receipts
from pipelines.steps.guards import refuse_useless_sources
from pipelines.steps.resume import open_plan
from pipelines.steps.slices import slices
from pipelines.steps.validate import required
from schemas.batches import Limits
from schemas.contact import EMAIL_KEY
from schemas.decisions import SENT, Decision, against_ledger, decide
from schemas.payload import opt_out_payload, payload, payload_hashes


def make_plan(installation: Installation, day: dt.date, *, full: bool = False) -> Plan:
    """Return the day's plan: the one that was begun and not finished, else a new one.

    Args:
        installation: The installation.
        day: The partition.
        full: Send what is unchanged as well.

    Raises:
        GuardStopError: A source has no valid row.
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
        return _new_plan(installation, contacts, full=full)


def _new_plan(installation: Installation, contacts: Table, *, full: bool) -> Plan:
    plan_id = installation.plans.next_id(contacts.day)
    folder = make_folder(installation.plans.folder(plan_id))
    counts = _write_decisions(installation, contacts, folder, full=full)
    plan = Plan(
        id=plan_id,
        day=contacts.day,
        ledger_version=installation.ledger.current().number,
        inputs=_inputs(installation, contacts),
        destination=installation.destination,
        settings=installation.settings_digest,
        full=full,
        counts=counts,
        batches=_write_batches(installation, contacts, folder),
        folder=folder,
    )
    installation.plans.fix(plan)
    return plan


def _write_decisions(installation: Installation, contacts: Table, folder: Path, *, full: bool) -> dict[str, int]:
    ledger = installation.ledger
    candidates = contacts.scan().select(
        *(EMAIL_KEY, "source", "row", "payload_hash", "held_back"),
        opts_out=(pl.col("suppressed") == "true").fill_null(value=False),
    )
    beside = against_ledger(
        candidates, ledger.scan(ledger.current()), installation.plans.doubts(installation.destination)
    )
    decided = beside.with_columns(decision=decide(contacts.day, full=full))
    path = decisions_path(folder)
    with explained(path):
        decided.select(EMAIL_KEY, "source", "row", "payload_hash", "decision").sink_parquet(path)
    counts = pl.scan_parquet(path).group_by("decision").len().collect()
    return dict(counts.iter_rows())


def _write_batches(installation: Installation, contacts: Table, folder: Path) -> tuple[Batch, ...]:
    destination = installation.settings.destination
    with BatchWriter(sent_path(folder), Limits(destination.batch_contacts, destination.batch_bytes)) as writer:
        for rows in _to_send(contacts, folder):
            writer.write(rows)
    return tuple(writer.batches)


def _to_send(contacts: Table, folder: Path) -> Iterator[pl.DataFrame]:
    """Yield, slice by slice, the contacts to send with their payloads. Decisions stand in the order of contacts."""
    decisions = pl.scan_parquet(decisions_path(folder)).select("decision")
    seen = 0
    for rows in slices(contacts):
        decided = rows.hstack(decisions.slice(seen, rows.height).collect())
        seen += rows.height
        yield _sendable(decided.filter(pl.col("decision").is_in([str(one) for one in SENT])))


def _sendable(rows: pl.DataFrame) -> pl.DataFrame:
    """Return contacts as they are sent; of those that are superseded but for their opt-out, the opt-out alone."""
    alone = pl.col("decision") == Decision.OPT_OUT.value
    whole = rows.filter(~alone).select(EMAIL_KEY, "group_ids", "payload_hash", payload(rows.columns).alias("payload"))
    opt_outs = rows.filter(alone).select(
        EMAIL_KEY, pl.lit([], pl.List(pl.Int64)).alias("group_ids"), opt_out_payload().alias("payload")
    )
    hashes = payload_hashes(opt_outs["payload"], opt_outs["group_ids"]).alias("payload_hash")
    return pl.concat([whole, opt_outs.with_columns(hashes).select(whole.columns)])


def _inputs(installation: Installation, contacts: Table) -> dict[str, int]:
    """Return the version of every table that the contacts came from, down to the snapshots."""
    day, tables = contacts.day, installation.tables
    inputs = {"contacts": contacts.version, "duplicates": contacts.version} | dict(contacts.inputs)
    for asset, version in contacts.inputs.items():
        source = asset.removeprefix("validated/")
        inputs |= {f"rejected/{source}": version, f"issues/{source}": version}
        inputs |= tables.version(asset, day, version).inputs
    return inputs
