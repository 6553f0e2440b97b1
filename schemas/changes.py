"""A source that gives only what changed: its whole state is the last one with the changed rows in their places."""

from collections.abc import Sequence

import polars as pl

from schemas.rows import ROW, TECHNICAL


def merged(before: pl.LazyFrame, changed: pl.LazyFrame, deleted: pl.LazyFrame, key: Sequence[str]) -> pl.LazyFrame:
    """Return a source's rows as they are now: those of before that nobody changed or deleted, then the changed ones.

    All rows of one key go together: where a query gives several rows per key, the changed ones take the place of all.
    A row that was changed and deleted is there: it came back. Rows without a key cannot be told apart, so those of
    before stay, unless the very same row was read again.

    Args:
        before: The source's rows at the last reading, with the technical columns (`schemas.rows`).
        changed: What was read since, of the same columns.
        deleted: The keys of rows that are gone, of the key's columns.
        key: The columns that tell rows apart.
    """
    columns = [name for name in before.collect_schema().names() if name != ROW]
    own = [name for name in columns if name not in TECHNICAL]
    no_key = pl.any_horizontal(pl.col(list(key)).is_null())
    known = before.filter(~no_key)
    for gone in (changed, deleted):
        known = known.join(gone.select(key), on=list(key), how="anti", maintain_order="left")
    nameless = before.filter(no_key).join(
        changed.filter(no_key), on=own, how="anti", nulls_equal=True, maintain_order="left"
    )
    rows = pl.concat([known.select(columns), nameless.select(columns), changed.select(columns)])
    return rows.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
