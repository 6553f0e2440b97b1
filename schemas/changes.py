"""A source that gives only what changed: its whole state is the last one with the changed rows in their places."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from schemas.rows import ROW, TECHNICAL

# No source has such names.
_NUMBER: Final = "\0number"
_NEW: Final = "\0new"


def merged(
    before: Iterable[pl.DataFrame], changed: pl.DataFrame, deleted: pl.DataFrame, key: Sequence[str]
) -> Iterator[pl.DataFrame]:
    """Yield a source's rows as they are now: changed rows in the places of those of their key, new ones at the end.

    Rows keep their places, since of a person's rows in one source the later one wins: that must not depend on which
    row was changed. A row that was changed and deleted is there: it came back. Rows without a key cannot be told apart,
    so those of before stay, unless the very same row was read again.

    Args:
        before: The source's rows at the last reading, with the technical columns (`schemas.rows`), in their order and
            slice by slice. The key tells them apart (`tells_apart`).
        changed: What was read since, of the same columns.
        deleted: The keys of rows that are gone, of the key's columns.
        key: The columns that tell rows apart.
    """
    new = changed.drop(ROW).with_row_index(_NUMBER)
    gone = deleted.select(key).join(changed.select(key), on=list(key), how="anti")
    nameless = changed.filter(_no_key(key))
    placed, rows = [pl.Series(dtype=pl.UInt32)], 0
    for part in before:
        kept = _without(part, nameless, key).join(gone, on=list(key), how="anti", maintain_order="left")
        taking = new.join(kept.select(key), on=list(key), how="semi", maintain_order="left")
        placed.append(taking[_NUMBER])
        state = _in_place(kept, taking, key) if taking.height else kept
        yield _numbered(state.select(changed.columns), rows)
        rows += state.height
    yield _numbered(new.filter(~pl.col(_NUMBER).is_in(pl.concat(placed).implode())), rows).select(changed.columns)


def tells_apart(rows: pl.LazyFrame, key: Sequence[str]) -> bool:
    """Tell whether no two rows have the same key; rows without one do not count."""
    # Hashes need a fraction of the memory; two that are equal by chance cost a reading of the whole source.
    hashes = rows.select(key).drop_nulls().select(hash=pl.struct(key).hash())
    found = hashes.select(all=pl.len(), different=pl.col("hash").n_unique()).collect(engine="streaming")
    return bool(found["all"].item() == found["different"].item())


def _no_key(key: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(list(key)).is_null())


def _without(part: pl.DataFrame, nameless: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return rows without those that have no key and were read again."""
    if nameless.is_empty():
        return part
    own = [name for name in part.columns if name not in TECHNICAL]
    again = part.filter(_no_key(key)).join(nameless, on=own, how="semi", nulls_equal=True)[ROW]
    return part.filter(~pl.col(ROW).is_in(again.implode()))


def _in_place(kept: pl.DataFrame, taking: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return rows with those that take the places of some of them, all of a key's in the place of one."""
    beside = kept.join(taking, on=list(key), how="left", maintain_order="left_right", suffix=_NEW)
    is_taken = pl.col(_NUMBER).is_not_null()
    others = [name for name in kept.columns if name not in (ROW, *key)]
    return beside.with_columns(
        pl.when(is_taken).then(pl.col(f"{name}{_NEW}")).otherwise(pl.col(name)).alias(name) for name in others
    )


def _numbered(rows: pl.DataFrame, before: int) -> pl.DataFrame:
    return rows.with_columns(pl.int_range(before + 1, before + 1 + pl.len(), dtype=pl.Int64).alias(ROW))
