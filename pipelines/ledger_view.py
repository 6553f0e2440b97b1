"""What the ledger held at the end of a day, in counts: nobody's data is shown."""

import datetime as dt
from typing import Any

import polars as pl

from connectors.storage.ledger_history import RULE
from connectors.storage.ledger_version import LedgerVersion
from pipelines.installation import Installation


def ledger_document(installation: Installation, day: dt.date) -> dict[str, Any]:
    """Return the ledger as it was when a day, UTC, ended, and the syncs that were folded into it on that day.

    `opted_out` is null where the version's rows are no longer kept, and `note` then says why.

    Raises:
        StorageError: The ledger is gone or damaged.
    """
    ledger = installation.ledger
    version = ledger.current().at_end_of(day)
    is_kept = ledger.is_kept(version)
    return {
        "date": day.isoformat(),
        "version": version.number,
        "destination": version.destination or None,
        "contacts": version.rows,
        "opted_out": _count(ledger.scan(version).filter("opted_out")) if is_kept else None,
        "acknowledged": _acknowledged_on(version, day),
        "syncs": [
            {
                "version": number,
                "plan": fold.plan,
                "at": fold.at.isoformat(timespec="seconds"),
                "acknowledged": fold.acknowledged,
                "contacts": fold.contacts,
            }
            for number, fold in enumerate(version.folds, 1)
            if fold.at.date() == day
        ],
        "note": None
        if is_kept
        else f"The rows of version {version.number} are gone, its counts are not: kept are {RULE}.",
    }


def _acknowledged_on(version: LedgerVersion, day: dt.date) -> int:
    """Return how many contacts were acknowledged on a day; a plan folded again counts what came since."""
    total, known = 0, dict[str, int]()
    for fold in version.folds:
        if fold.at.date() == day:
            total += fold.acknowledged - known.get(fold.plan, 0)
        known[fold.plan] = fold.acknowledged
    return total


def _count(rows: pl.LazyFrame) -> int:
    counted: int = rows.select(pl.len()).collect(engine="streaming").item()
    return counted
