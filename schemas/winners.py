"""One contact per e-mail: which row wins where several rows, of one source or of many, hold the same person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.contact import EMAIL_KEY, unique_schema
from schemas.fields import OPT_OUT_FIELDS

KEYS: Final = pl.Schema(
    [
        (EMAIL_KEY, pl.String),
        ("source", pl.String),
        ("row", pl.Int64),
        ("rank", pl.Int64),
        *((field, pl.Boolean) for field in OPT_OUT_FIELDS),
    ]
)
"""What is needed of each valid row to choose: its key, where it stands, its source's rank, and whether it opts out."""

_SEPARATOR: Final = ","  # no source's name holds one


@dataclass(frozen=True)
class Choice:
    """What was chosen for the e-mails that several rows hold. Every other row is the only one of its e-mail, and wins.

    Attributes:
        duplicates: The rows that lost: `source`, `row`, `email_key`, `winner_source`, `winner_row`.
        united: The rows that won over others: `source`, `row`, `group_ids` (ascending), `suppressed`, `held`, the
            latter three over all rows of the person.
    """

    duplicates: pl.DataFrame
    united: pl.DataFrame


def choose_winners(keys: pl.DataFrame, group_ids: Mapping[str, Sequence[int]]) -> Choice:
    """Choose one row per e-mail.

    The source of the smallest rank wins; within one source the later row, since exports append what is newer.
    The groups of all sources that hold the person are united, and so are opt-outs: whoever opted out anywhere is
    opted out, whichever row wins.

    Args:
        keys: As `KEYS`; no two sources share a rank.
        group_ids: Each source's groups.

    Raises:
        pandera.errors.SchemaError: Where two winners share an e-mail, which is a defect of ours.
    """
    is_shared = keys[EMAIL_KEY].is_duplicated()
    shared = keys.filter(is_shared).sort(["rank", "row"], descending=[False, True])
    winners = shared.unique(EMAIL_KEY, keep="first", maintain_order=True)
    unique_schema().validate(pl.concat([keys.select(EMAIL_KEY).filter(~is_shared), winners.select(EMAIL_KEY)]))
    named = winners.select(EMAIL_KEY, winner_source="source", winner_row="row")
    losing = (pl.col("source") != pl.col("winner_source")) | (pl.col("row") != pl.col("winner_row"))
    duplicates = shared.join(named, on=EMAIL_KEY, how="left").filter(losing).sort("rank", "row")
    return Choice(
        duplicates.select("source", "row", EMAIL_KEY, "winner_source", "winner_row"),
        _united(winners, shared, group_ids),
    )


def _united(winners: pl.DataFrame, shared: pl.DataFrame, group_ids: Mapping[str, Sequence[int]]) -> pl.DataFrame:
    persons = shared.group_by(EMAIL_KEY).agg(
        pl.col("source").unique().sort().str.join(_SEPARATOR).alias("sources"), pl.col(OPT_OUT_FIELDS).any()
    )
    groups = _united_groups(persons["sources"].unique(), group_ids)
    return (
        winners.select("source", "row", EMAIL_KEY)
        .join(persons, on=EMAIL_KEY, how="left", maintain_order="left")
        .join(groups, on="sources", how="left", maintain_order="left")
        .select("source", "row", "group_ids", *OPT_OUT_FIELDS)
    )


def _united_groups(combinations: pl.Series, group_ids: Mapping[str, Sequence[int]]) -> pl.DataFrame:
    united = [
        sorted({group for source in names.split(_SEPARATOR) for group in group_ids[source]}) for names in combinations
    ]
    return pl.DataFrame(
        {"sources": combinations, "group_ids": united},
        schema={"sources": pl.String, "group_ids": pl.List(pl.Int64)},
    )
