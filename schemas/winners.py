"""One contact per e-mail: which row wins where several rows, of one source or of many, hold the same person."""

from collections.abc import Mapping, Sequence
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


def choose_winners(keys: pl.DataFrame, group_ids: Mapping[str, Sequence[int]]) -> pl.DataFrame:
    """Return every row with the row that won its e-mail and the groups that the person belongs to.

    The source of the smallest rank wins; within one source the later row, since exports append what is newer.
    The groups of all sources that hold the person are united, and so are opt-outs: whoever opted out anywhere is
    opted out, whichever row wins.

    Args:
        keys: As `KEYS`; no two sources share a rank.
        group_ids: Each source's groups.

    Returns:
        `email_key`, `source`, `row`, `winner_source`, `winner_row`, `group_ids` (ascending), `suppressed`, `held`,
        in the order given. A row that is its own winner is a contact; the others are duplicates.

    Raises:
        pandera.errors.SchemaError: Where two winners share an e-mail, which is a defect of ours.
    """
    ranked = keys.sort(["rank", "row"], descending=[False, True])
    best = ranked.unique(EMAIL_KEY, keep="first", maintain_order=True)
    unique_schema().validate(best.select(EMAIL_KEY))
    winners = best.select(EMAIL_KEY, winner_source="source", winner_row="row")
    holding = winners.join(_holding_sources(keys), on=EMAIL_KEY, how="left").with_columns(
        pl.coalesce("sources", "winner_source").alias("sources")
    )
    united = _united_groups(holding["sources"].unique(), group_ids)
    found = holding.join(united, on="sources", how="left").join(_opt_outs(keys), on=EMAIL_KEY, how="left")
    found = found.drop("sources").with_columns(pl.col(OPT_OUT_FIELDS).fill_null(value=False))
    return keys.select(EMAIL_KEY, "source", "row").join(found, on=EMAIL_KEY, how="left", maintain_order="left")


def _holding_sources(keys: pl.DataFrame) -> pl.DataFrame:
    """Return, for each e-mail that several rows hold, the names of their sources as one text."""
    shared = keys.filter(pl.col(EMAIL_KEY).is_duplicated())
    return shared.group_by(EMAIL_KEY).agg(sources=pl.col("source").unique().sort().str.join(_SEPARATOR))


def _opt_outs(keys: pl.DataFrame) -> pl.DataFrame:
    """Return the e-mails of which any row opts out."""
    opted_out = keys.filter(pl.any_horizontal(OPT_OUT_FIELDS))
    return opted_out.group_by(EMAIL_KEY).agg(pl.col(OPT_OUT_FIELDS).any())


def _united_groups(combinations: pl.Series, group_ids: Mapping[str, Sequence[int]]) -> pl.DataFrame:
    united = [
        sorted({group for source in names.split(_SEPARATOR) for group in group_ids[source]}) for names in combinations
    ]
    return pl.DataFrame(
        {"sources": combinations, "group_ids": united},
        schema={"sources": pl.String, "group_ids": pl.List(pl.Int64)},
    )
