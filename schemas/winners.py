"""One contact per e-mail: which row wins where several rows, of one source or of many, hold the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.contact import EMAIL_KEY, unique_schema
from schemas.fields import OPT_OUT_FIELDS

KEYS: Final = pl.Schema(
    [
        (EMAIL_KEY, pl.String),
        ("rank", pl.UInt32),
        ("row", pl.Int64),
        ("priority", pl.Int64),
        ("newest", pl.String),
        *((field, pl.Boolean) for field in OPT_OUT_FIELDS),
    ]
)
"""What is needed of a valid row to choose: its key, where it stands, what it is ranked by, and whether it opts out.

`rank` is its source's place by priority, then in the settings; `newest` the canonical text of the day or moment that
`newest_by` names, null where there is none. Where fields are merged, a column for each of them follows.
"""

_SEPARATOR: Final = ","


@dataclass(frozen=True)
class Choice:
    """What was chosen for the e-mails that several rows hold. Every other row is the only one of its e-mail, and wins.

    Attributes:
        duplicates: The rows that lost: `rank`, `row`, `winner_rank`, `winner_row`.
        united: The rows that won over others: `rank`, `row`, `group_ids` (ascending), `suppressed`, `held`, the latter
            three over all rows of the person; then each merged field, from the best row that has a value for it.
    """

    duplicates: pl.DataFrame
    united: pl.DataFrame

    @staticmethod
    def together(parts: Sequence["Choice"]) -> "Choice":
        """Return what was chosen for different persons as one choice, by rank and row."""
        return Choice(
            pl.concat(part.duplicates for part in parts).sort("rank", "row"),
            pl.concat(part.united for part in parts).sort("rank", "row"),
        )


def choose_winners(keys: pl.DataFrame, group_ids: Sequence[Sequence[int]], merged: Sequence[str] = ()) -> Choice:
    """Choose one row per e-mail.

    The smallest priority wins; then the newest row, one without a readable day or moment after those that have one;
    then the smallest rank; then the later row of a source, since exports append what is newer. The groups of all
    sources that hold the person are united, and so are opt-outs: whoever opted out anywhere is opted out, whichever
    row wins.

    Args:
        keys: As `KEYS`, with all rows of each e-mail among them.
        group_ids: Each source's groups, by rank.
        merged: The fields that are taken from the best row that has a value, and not from the winner whatever it has.
            An empty text is a value: it was set to clear the field.

    Raises:
        pandera.errors.SchemaError: Where two winners share an e-mail, which is a defect of ours.
    """
    best_first = keys.filter(keys[EMAIL_KEY].is_duplicated()).sort(
        ["priority", "newest", "rank", "row"], descending=[False, True, False, True], nulls_last=True
    )
    persons = best_first.group_by(EMAIL_KEY, maintain_order=True).agg(
        winner_rank=pl.col("rank").first(),
        winner_row=pl.col("row").first(),
        ranks=pl.col("rank").unique().sort().cast(pl.String).str.join(_SEPARATOR),
        **{field: pl.col(field).any() for field in OPT_OUT_FIELDS},
        **{_merged(field): pl.col(field).drop_nulls().first() for field in merged},
    )
    losing = (pl.col("rank") != pl.col("winner_rank")) | (pl.col("row") != pl.col("winner_row"))
    lost = best_first.select(EMAIL_KEY, "rank", "row").join(
        persons.select(EMAIL_KEY, "winner_rank", "winner_row"), on=EMAIL_KEY, how="left"
    )
    duplicates = lost.filter(losing).drop(EMAIL_KEY).sort("rank", "row")
    unique_schema().validate(keys.join(duplicates, on=["rank", "row"], how="anti").select(EMAIL_KEY))
    united = persons.join(_united_groups(persons["ranks"].unique(), group_ids), on="ranks", how="left").select(
        *(pl.col("winner_rank").alias("rank"), pl.col("winner_row").alias("row"), "group_ids", *OPT_OUT_FIELDS),
        *(pl.col(_merged(field)).alias(field) for field in merged),
    )
    return Choice(duplicates, united.sort("rank", "row"))


def _merged(field: str) -> str:
    return f"merged {field}"  # no field's name holds a space


def _united_groups(combinations: pl.Series, group_ids: Sequence[Sequence[int]]) -> pl.DataFrame:
    united = [
        sorted({group for rank in ranks.split(_SEPARATOR) for group in group_ids[int(rank)]}) for ranks in combinations
    ]
    return pl.DataFrame(
        {"ranks": combinations, "group_ids": united}, schema={"ranks": pl.String, "group_ids": pl.List(pl.Int64)}
    )
