"""What a sync does with each contact, decided against the ledger."""

import datetime as dt
from enum import StrEnum
from typing import Final

import polars as pl

from schemas.contact import EMAIL_KEY


class Decision(StrEnum):
    """What is done with one contact."""

    INSERT = "insert"
    """The ledger does not know the e-mail: sent."""

    UPDATE = "update"
    """The ledger has another payload for it, or an earlier request's fate is unknown: sent."""

    OPT_OUT = "opt_out"
    """Everything else is superseded or held back, and this opt-out is not known yet: it alone is sent."""

    UNCHANGED = "unchanged"
    """The ledger has this very payload: not sent."""

    SUPERSEDED = "superseded"
    """The destination has, or may have, data of a later day: not sent."""

    HELD_BACK = "held_back"
    """It cannot be told whether the person opted out: not sent."""


_DECISIONS: Final = pl.Enum([decision.value for decision in Decision])

SENT: Final = (Decision.INSERT, Decision.UPDATE, Decision.OPT_OUT)

LEDGER: Final = pl.Schema(
    [
        (EMAIL_KEY, pl.String),
        ("payload_hash", pl.String),
        ("as_of", pl.Date),
        ("batch", pl.String),
        ("acknowledged_at", pl.Datetime("us", "UTC")),
        ("opted_out", pl.Boolean),
        ("order", pl.Int64),
    ]
)
"""One row per e-mail that the destination has acknowledged.

`as_of` is the latest day of which the destination is known to have the data, `opted_out` whether an opt-out was among
what it ever acknowledged. `order` grows from one sync that sends to the next, whatever the clock says meanwhile.
"""

DOUBTS: Final = pl.Schema([(EMAIL_KEY, pl.String), ("doubt_as_of", pl.Date), ("doubt_order", pl.Int64)])
"""E-mails with a request whose fate is unknown: the day of the data that it carried, and the order of its sync."""


def against_ledger(contacts: pl.LazyFrame, ledger: pl.LazyFrame, doubts: pl.LazyFrame) -> pl.LazyFrame:
    """Return contacts, in no particular order, beside what `decide` looks at.

    Args:
        contacts: With `email_key`.
        ledger: As `LEDGER`.
        doubts: As `DOUBTS`, one row per e-mail. A doubt ends when a later sync has data as new acknowledged.
    """
    known = ledger.select(
        EMAIL_KEY, "order", ledger_hash="payload_hash", ledger_as_of="as_of", ledger_opted_out="opted_out"
    )
    later = (pl.col("order") > pl.col("doubt_order")) & (pl.col("ledger_as_of") >= pl.col("doubt_as_of"))
    settled = later.fill_null(value=False)
    return (
        contacts.join(known, on=EMAIL_KEY, how="left")
        .join(doubts, on=EMAIL_KEY, how="left")
        .with_columns(doubt_as_of=pl.when(~settled).then("doubt_as_of"))
        .drop("order", "doubt_order")
    )


def decide(as_of: dt.date, *, full: bool = False) -> pl.Expr:
    """Return the decision for contacts beside what the ledger knows of them, as `against_ledger` gives them.

    Expects `payload_hash`, `opts_out` and `held_back` of the contact.

    Args:
        as_of: The day that the contacts are of.
        full: Send what is unchanged as well. What is newer at the destination stays even then.
    """
    is_newer = (pl.col("ledger_as_of") > as_of).fill_null(value=False)
    may_be_newer = (pl.col("doubt_as_of") > as_of).fill_null(value=False)
    is_same = (pl.col("payload_hash") == pl.col("ledger_hash")) & pl.col("doubt_as_of").is_null() & pl.lit(not full)
    opt_out_is_due = pl.col("opts_out") & ~pl.col("ledger_opted_out").fill_null(value=False)
    return (
        pl.when(pl.col("held_back") & opt_out_is_due)
        .then(_word(Decision.OPT_OUT))
        .when("held_back")
        .then(_word(Decision.HELD_BACK))
        .when(is_same)
        .then(_word(Decision.UNCHANGED))
        .when((is_newer | may_be_newer) & opt_out_is_due)
        .then(_word(Decision.OPT_OUT))
        .when(is_newer | may_be_newer)
        .then(_word(Decision.SUPERSEDED))
        .when(pl.col("ledger_hash").is_null())
        .then(_word(Decision.INSERT))
        .otherwise(_word(Decision.UPDATE))
    )


def decisions_on(
    contacts: pl.LazyFrame, ledger: pl.LazyFrame, doubts: pl.LazyFrame, decision: pl.Expr, parts: int = 1
) -> pl.Series:
    """Return the decision on each contact, in their order.

    Args:
        contacts: With `email_key`, and what `decide` expects.
        ledger: As for `against_ledger`.
        doubts: The same.
        decision: From `decide`.
        parts: In how many parts to compare, each with other persons: memory grows with the largest.
    """
    decided = []
    for part in range(parts):
        own = pl.col(EMAIL_KEY).hash() % parts == part
        tables = (contacts.with_row_index("place"), ledger, doubts)
        beside = against_ledger(*(rows.filter(own) if parts > 1 else rows for rows in tables))
        decided.append(beside.select("place", decision=decision.cast(_DECISIONS)).collect(engine="streaming"))
    return pl.concat(decided).sort("place")["decision"]


def fold(
    ledger: pl.LazyFrame, acknowledged: pl.LazyFrame, confirmed: pl.LazyFrame, confirmed_as_of: dt.date
) -> pl.LazyFrame:
    """Return the ledger with a sync's result in it; of one e-mail's entries the latest day's stays.

    Folding the same result twice changes nothing. An opt-out that was acknowledged once stays noted.

    Args:
        ledger: As `LEDGER`.
        acknowledged: As `LEDGER`, one row per e-mail; memory grows with them.
        confirmed: The `email_key` of contacts that were found unchanged.
        confirmed_as_of: The day of which they were found so.
    """
    known = _confirm(ledger, confirmed, confirmed_as_of)
    # At once, as are `ours` below: else polars keeps the whole ledger for all of its uses.
    fresh = acknowledged.collect(engine="streaming").lazy()
    theirs = fresh.select(EMAIL_KEY, new_as_of="as_of", new_opted_out="opted_out")
    kept = (
        known.join(theirs, on=EMAIL_KEY, how="left")
        .filter((pl.col("new_as_of") < pl.col("as_of")).fill_null(value=True))
        .with_columns(opted_out=pl.col("opted_out") | pl.col("new_opted_out").fill_null(value=False))
    )
    ours = known.join(theirs, on=EMAIL_KEY, how="semi").select(EMAIL_KEY, old_as_of="as_of", old_opted_out="opted_out")
    newer = (
        fresh.join(ours.collect(engine="streaming").lazy(), on=EMAIL_KEY, how="left")
        .filter((pl.col("old_as_of") <= pl.col("as_of")).fill_null(value=True))
        .with_columns(opted_out=pl.col("opted_out") | pl.col("old_opted_out").fill_null(value=False))
    )
    return pl.concat([kept.select(LEDGER.names()), newer.select(LEDGER.names())])


def _confirm(ledger: pl.LazyFrame, confirmed: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """Return the ledger with those who were found unchanged known to be of that day.

    Nearly everybody is, so that the e-mails themselves would fill the memory: their fingerprints do not. Whoever was
    found unchanged is in the ledger; as long as all its fingerprints differ, an equal one is the same e-mail.
    """
    fingerprint = pl.col(EMAIL_KEY).hash()
    prints, theirs = (rows.select(fingerprint).collect(engine="streaming").to_series() for rows in (ledger, confirmed))
    day = pl.max_horizontal("as_of", pl.lit(as_of))
    if prints.n_unique() < prints.len():  # hardly ever: they are told apart by the e-mails then
        found = confirmed.select(EMAIL_KEY, found=pl.lit(value=True))
        return (
            ledger.join(found, on=EMAIL_KEY, how="left")
            .with_columns(as_of=pl.when("found").then(day).otherwise("as_of"))
            .drop("found")
        )
    is_confirmed = prints.is_in(theirs.implode()).alias("found").to_frame().lazy()
    return (
        pl.concat([ledger, is_confirmed], how="horizontal")
        .with_columns(as_of=pl.when("found").then(day).otherwise("as_of"))
        .drop("found")
    )


def _word(decision: Decision) -> pl.Expr:
    return pl.lit(decision.value)
