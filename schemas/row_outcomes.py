"""Every source row's one outcome, put together from what each step of a sync decided."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import polars as pl

from schemas.decisions import Decision
from schemas.emails import is_valid_email
from schemas.issues import IssueCode
from schemas.outcomes import Outcome


class Verdict(StrEnum):
    """What the destination's answers say of one contact that was sent."""

    APPLIED = "applied"
    WARNED = "warned"
    REFUSED = "refused"
    UNKNOWN = "unknown"


ROW_OUTCOMES: Final = pl.Schema(
    [
        ("source", pl.String),
        ("row", pl.Int64),
        ("line", pl.Int64),
        ("email", pl.String),
        ("outcome", pl.String),
        ("winner_source", pl.String),
        ("winner_row", pl.Int64),
        ("batch", pl.String),
        ("codes", pl.List(pl.String)),
    ]
)
"""One row per source row. `winner_*` is set for duplicates, `batch` for what was sent, `codes` where issues say why."""

_BY_VERDICT: Final = {
    Verdict.APPLIED: Outcome.ACKNOWLEDGED,
    Verdict.WARNED: Outcome.ACKNOWLEDGED_WITH_WARNING,
    Verdict.REFUSED: Outcome.REFUSED,
    Verdict.UNKNOWN: Outcome.PENDING,
}
_BY_DECISION: Final = {
    Decision.UNCHANGED: Outcome.UNCHANGED,
    Decision.SUPERSEDED: Outcome.SUPERSEDED,
    Decision.HELD_BACK: Outcome.HELD_BACK,
}


def valid_row_outcomes(
    rows: pl.LazyFrame, duplicates: pl.LazyFrame, decided: pl.LazyFrame, issues: pl.LazyFrame
) -> pl.LazyFrame:
    """Return the outcomes of one source's valid rows, in their order, as `ROW_OUTCOMES` without `source`.

    Args:
        rows: `row`, `line`, `email` of each valid row.
        duplicates: `row`, `winner_source`, `winner_row` of those that lost their e-mail to another row.
        decided: One row per contact of the source: `row`, `decision`, and, for what was sent, `batch` and `verdict`.
        issues: `row`, `severity`, `code` of the source's issues.
    """
    joined = (
        rows.join(duplicates, on="row", how="left", maintain_order="left")
        .join(decided, on="row", how="left", maintain_order="left")
        .join(_codes(issues), on="row", how="left", maintain_order="left")
    )
    lost = pl.col("winner_row").is_not_null()
    return joined.select(
        "row",
        "line",
        "email",
        outcome=pl.when(lost).then(pl.lit(Outcome.DUPLICATE.value)).otherwise(_contact_outcome()),
        winner_source="winner_source",
        winner_row="winner_row",
        batch=pl.when(~lost).then(pl.col("batch").cast(pl.String)),
        codes="codes",
    )


def rejected_row_outcomes(rejected: pl.LazyFrame) -> pl.LazyFrame:
    """Return the outcomes of one source's rejected rows, as `ROW_OUTCOMES` without `source`.

    What stands in an address's place and is none may be anything, and stays in the rejected table.

    Args:
        rejected: `row`, `line`, `email`, `codes` of each.
    """
    no_address = pl.col("codes").list.contains(IssueCode.EMAIL_SYNTAX.value) & ~is_valid_email(pl.col("email"))
    return rejected.select(
        "row",
        "line",
        pl.when(~no_address).then("email").alias("email"),
        outcome=pl.lit(Outcome.INVALID.value),
        winner_source=pl.lit(None, pl.String),
        winner_row=pl.lit(None, pl.Int64),
        batch=pl.lit(None, pl.String),
        codes="codes",
    )


def _codes(issues: pl.LazyFrame) -> pl.LazyFrame:
    return issues.group_by("row").agg(codes=pl.col("code").unique().sort())


def _contact_outcome() -> pl.Expr:
    answered = _replaced(pl.col("verdict"), _BY_VERDICT).fill_null(Outcome.PENDING.value)
    noted = (answered == Outcome.ACKNOWLEDGED.value) & pl.col("codes").is_not_null()
    sent = pl.when(noted).then(pl.lit(Outcome.ACKNOWLEDGED_WITH_WARNING.value)).otherwise(answered)
    return pl.coalesce(_replaced(pl.col("decision"), _BY_DECISION), sent)


def _replaced(column: pl.Expr, words: Mapping[Verdict, Outcome] | Mapping[Decision, Outcome]) -> pl.Expr:
    chain: pl.Expr = pl.lit(None, pl.String)
    for word, outcome in words.items():
        chain = pl.when(column == str(word)).then(pl.lit(outcome.value)).otherwise(chain)
    return chain
