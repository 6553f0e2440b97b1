"""What a sync found out about the destination: what is folded into the ledger."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from connectors.storage.plan import Plan


@dataclass(frozen=True)
class SyncResult:
    """What a sync found out about the destination.

    Attributes:
        plan: The plan's id.
        destination: What was synced to.
        day: The day of the data.
        receipts: How many of the plan's batches were answered.
        acknowledged: What was acknowledged, as `schemas.decisions.LEDGER`, one row per e-mail.
        confirmed: The `email_key` of contacts that were found unchanged.
    """

    plan: str
    destination: str
    day: dt.date
    receipts: int
    acknowledged: pl.LazyFrame
    confirmed: pl.LazyFrame


def result_of(plan: Plan) -> SyncResult:
    """Return what a plan's receipts say so far.

    Raises:
        StorageError: A receipt is damaged.
    """
    return SyncResult(plan.id, plan.destination, plan.day, plan.answered(), plan.acknowledged(), plan.confirmed())
