"""Acknowledgements to fold, and what a ledger holds of them."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from connectors.storage.ledger import Ledger
from connectors.storage.ledger_version import Fold, LedgerVersion
from connectors.storage.sync_result import SyncResult
from schemas.decisions import LEDGER

DAY: Final = dt.date(2026, 11, 24)
AT: Final = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)


def acknowledged(hashes: dict[str, str], as_of: dt.date = DAY, order: int = 1) -> pl.LazyFrame:
    """Return acknowledgements of these payloads by e-mail."""
    rows = [(email, payload_hash, as_of, "batch", AT, False, order) for email, payload_hash in hashes.items()]
    return pl.LazyFrame(rows, schema=LEDGER, orient="row")


def result(plan: str, rows: pl.LazyFrame, confirmed: Sequence[str] = (), day: dt.date = DAY) -> SyncResult:
    """Return what a sync of these acknowledgements found out."""
    return SyncResult(plan, "", day, 1, rows, pl.LazyFrame({"email_key": confirmed}, schema={"email_key": pl.String}))


def folded(ledger: Ledger, plan: str, hashes: dict[str, str], at: dt.datetime = AT) -> LedgerVersion:
    """Fold in what a plan had acknowledged."""
    return ledger.fold(result(plan, acknowledged(hashes)), at)


def version(*folds: tuple[str, int, int]) -> LedgerVersion:
    """Return the version that folds made: each a plan, how many it acknowledged, and how many there were then."""
    made = tuple(Fold(plan, 1, AT, count, contacts) for plan, count, contacts in folds)
    return LedgerVersion(len(made), made[-1].contacts if made else 0, made)


def held(ledger: Ledger) -> dict[str, str]:
    """Return the ledger's payloads by e-mail."""
    rows = ledger.scan(ledger.current()).collect()
    assert rows.schema == LEDGER
    assert rows["email_key"].is_unique().all()
    assert ledger.current().rows == rows.height
    return dict(rows.select("email_key", "payload_hash").iter_rows())
