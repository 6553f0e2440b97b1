"""A source that gives only what changed: its whole state is the last one with the changed rows in their places."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from schemas.rows import ROW, TECHNICAL

_PLACE: Final = "place where it stood"


def merged(before: pl.LazyFrame, changed: pl.LazyFrame, deleted: pl.LazyFrame, key: Sequence[str]) -> pl.LazyFrame:
    """Return a source's rows as they are now: changed rows in the places of those of their key, new ones at the end.

    Rows keep their places, since of a person's rows in one source the later one wins: that must not depend on which
    row was changed. All rows of one key go together. A row that was changed and deleted is there: it came back. Rows
    without a key cannot be told apart, so those of before stay, unless the very same row was read again.

    Args:
        before: The source's rows at the last reading, with the technical columns (`schemas.rows`), in their order.
        changed: What was read since, of the same columns.
        deleted: The keys of rows that are gone, of the key's columns.
        key: The columns that tell rows apart.
    """
    columns = [name for name in before.collect_schema().names() if name != ROW]
    placed = changed.join(_places(before, changed, key), on=list(key), how="left").sort(ROW)
    moved_in = placed.filter(pl.col(_PLACE).is_not_null()).sort(_PLACE, maintain_order=True)
    kept = _kept(before, changed, deleted, key).select(*columns, pl.col(ROW).alias(_PLACE))
    in_place = kept.merge_sorted(moved_in.select(*columns, _PLACE), key=_PLACE)
    new = placed.filter(pl.col(_PLACE).is_null())
    rows = pl.concat([in_place.select(columns), new.select(columns)])
    return rows.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))


def tells_apart(rows: pl.LazyFrame, key: Sequence[str]) -> bool:
    """Tell whether no two rows have the same key; rows without one do not count."""
    # Hashes need a fraction of the memory; two that are equal by chance cost a reading of the whole source.
    hashes = rows.select(key).drop_nulls().select(hash=pl.struct(key).hash())
    found = hashes.select(all=pl.len(), different=pl.col("hash").n_unique()).collect(engine="streaming")
    return bool(found["all"].item() == found["different"].item())


def _places(before: pl.LazyFrame, changed: pl.LazyFrame, key: Sequence[str]) -> pl.LazyFrame:
    """Return where the first row of each changed key stood."""
    standing = before.select(*key, ROW).join(changed.select(key), on=list(key), how="semi")
    return standing.group_by(key).agg(pl.col(ROW).min().alias(_PLACE))


def _kept(before: pl.LazyFrame, changed: pl.LazyFrame, deleted: pl.LazyFrame, key: Sequence[str]) -> pl.LazyFrame:
    """Return the rows of before that nobody changed or deleted, in their order."""
    own = [name for name in before.collect_schema().names() if name not in TECHNICAL]
    no_key = pl.any_horizontal(pl.col(list(key)).is_null())
    again = before.filter(no_key).join(changed.filter(no_key), on=own, how="semi", nulls_equal=True).select(ROW)
    kept = before
    for gone in (changed, deleted):
        kept = kept.join(gone.select(key), on=list(key), how="anti", maintain_order="left")
    return kept.join(again, on=ROW, how="anti", maintain_order="left")
