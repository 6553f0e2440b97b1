"""Makes plans the way a sync does, with small invented contacts."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from connectors.storage.batch_writer import BatchWriter
from connectors.storage.files import make_folder
from connectors.storage.plan import Batch, Plan, decisions_path, sent_path
from connectors.storage.plans import Plans
from connectors.storage.receipts import Receipt
from schemas.batches import Limits
from schemas.row_outcomes import Verdict

DAY: Final = dt.date(2026, 11, 24)
AT: Final = dt.datetime(2026, 11, 24, 3, 0, 0, 123456, tzinfo=dt.UTC)

CONTACTS: Final = pl.Schema(
    [("email_key", pl.String), ("group_ids", pl.List(pl.Int64)), ("payload_hash", pl.String), ("payload", pl.String)]
)
"""What a batch writer takes."""


def contacts(numbers: Iterable[int], groups: Sequence[int] = (7,)) -> pl.DataFrame:
    """Return contacts by number, all of the same groups."""
    rows = [(f"{n}@x.org", list(groups), f"hash {n}", f'{{"email":"{n}@x.org"}}') for n in numbers]
    return pl.DataFrame(rows, schema=CONTACTS, orient="row")


def unfixed(root: Path, *slices: pl.DataFrame, limit: int = 2, day: dt.date = DAY) -> Plan:
    """Write a plan's tables; its manifest is not there yet."""
    plans = Plans(root)
    folder = make_folder(plans.folder(plans.next_id(day)))
    decided = pl.concat([contacts([]), *slices]).select("email_key", "payload_hash", decision=pl.lit("insert"))
    decided.write_parquet(decisions_path(folder))
    with BatchWriter(sent_path(folder), Limits(limit, 4_000_000)) as writer:
        for rows in slices:
            writer.write(rows)
    inputs, counts = {"contacts": 3, "extracted/crm": 2}, {"insert": decided.height}
    return Plan(
        *(folder.name, day, 5, inputs, "the platform", "digest of settings"),
        full=False,
        counts=counts,
        batches=tuple(writer.batches),
        folder=folder,
    )


def planned(root: Path, *slices: pl.DataFrame, limit: int = 2, day: dt.date = DAY) -> Plan:
    """Write and fix a plan."""
    plan = unfixed(root, *slices, limit=limit, day=day)
    Plans(root).fix(plan)
    return plan


def receipt(
    batch: Batch, exceptions: Mapping[int, tuple[Verdict, tuple[str, ...]]] | None = None, at: dt.datetime = AT
) -> Receipt:
    """Return the receipt of a batch that was applied, but for some rows."""
    return Receipt(batch.id, at, ("request 1",), batch.contacts, 0, exceptions or {}, ())
