"""What a sync does with each contact, decided against the ledger."""

from enum import StrEnum
from typing import Final

import polars as pl

from schemas.contact import EMAIL_KEY


class Decision(StrEnum):
    """What is done with one contact."""

    INSERT = "insert"
    """The ledger does not know the e-mail: sent."""

    UPDATE = "update"
    """The ledger has another payload for it: sent."""

    UNCHANGED = "unchanged"
    """The ledger has this very payload: not sent."""

    SUPERSEDED = "superseded"
    """The ledger holds data of a later day: not sent."""


SENT: Final = (Decision.INSERT, Decision.UPDATE)

LEDGER: Final = pl.Schema(
    [
        (EMAIL_KEY, pl.String),
        ("payload_hash", pl.String),
        ("as_of", pl.Date),
        ("batch", pl.String),
        ("acknowledged_at", pl.Datetime("us", "UTC")),
    ]
)
"""One row per e-mail that the destination has acknowledged."""


def decide(as_of: pl.Expr, *, full: bool = False) -> pl.Expr:
    """Return the decision for contacts joined with the ledger.

    Expects `payload_hash` and, from the ledger, `ledger_hash` and `ledger_as_of`, both null for an unknown e-mail.

    Args:
        as_of: The day that the contacts are of.
        full: Send what is unchanged as well. What is newer at the destination stays even then.
    """
    unchanged = (pl.col("payload_hash") == pl.col("ledger_hash")) & pl.lit(not full)
    return (
        pl.when(pl.col("ledger_hash").is_null())
        .then(pl.lit(Decision.INSERT.value))
        .when(unchanged)
        .then(pl.lit(Decision.UNCHANGED.value))
        .when(pl.col("ledger_as_of") > as_of)
        .then(pl.lit(Decision.SUPERSEDED.value))
        .otherwise(pl.lit(Decision.UPDATE.value))
    )


def fold(ledger: pl.LazyFrame, acknowledged: pl.LazyFrame) -> pl.LazyFrame:
    """Return the ledger with newly acknowledged payloads in it; of one e-mail's entries the latest day's stays.

    Folding the same acknowledgements twice changes nothing.

    Args:
        ledger: As `LEDGER`.
        acknowledged: As `LEDGER`, one row per e-mail.
    """
    newer = acknowledged.join(ledger.select(EMAIL_KEY, known_as_of="as_of"), on=EMAIL_KEY, how="left").filter(
        pl.col("known_as_of").is_null() | (pl.col("known_as_of") <= pl.col("as_of"))
    )
    kept = ledger.join(newer, on=EMAIL_KEY, how="anti")
    return pl.concat([kept, newer.select(LEDGER.names())])
