"""Which valid rows share an e-mail: found by fingerprints in bounded memory, proved by the e-mails themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from connectors.sources.registry import AnySource
from connectors.storage.tables import Table
from pipelines.steps.slices import copied, slices
from schemas.contact import EMAIL_KEY
from schemas.fields import EMAIL, FIELDS, OPT_OUT_FIELDS
from schemas.mapping import NEWEST_BY
from schemas.winners import KEYS, Choice, choose_winners

MOST_RIVALS: Final = 1_000_000
"""How many rows that share their e-mails are compared at a time; who stands in one row only is never among them."""


@dataclass(frozen=True)
class Ranked:
    """A source's valid rows, and its place among the sources.

    Attributes:
        source: The source.
        rank: Its place by priority, then in the settings.
        table: Its valid rows.
        prints: A fingerprint of each row's e-mail key, in their order, good within this process. Equal keys have equal
            ones; different keys very nearly always have different ones.
    """

    source: AnySource
    rank: int
    table: Table
    prints: pl.Series


def fingerprint(keys: pl.Expr) -> pl.Expr:
    """Return 64 bits for each key."""
    return keys.hash()


def ranked_rows(source: AnySource, rank: int, table: Table) -> Ranked:
    """Return a source's valid rows with their fingerprints."""
    prints = table.scan().select(fingerprint(pl.col(EMAIL_KEY))).collect(engine="streaming").to_series()
    return Ranked(source, rank, table, prints)


def choose(ranked: list[Ranked], *, merge_fields: bool, at_a_time: int = MOST_RIVALS) -> Choice:
    """Choose the winners among rows that share their e-mails, so many at a time; persons are never split.

    Args:
        ranked: All sources, by rank.
        merge_fields: Whether fields are merged, or the winner's row is taken whole.
        at_a_time: About how many rows are compared at a time.
    """
    fields = merged_fields(ranked) if merge_fields else []
    shared = _shared(ranked)
    parts = 1 + sum(int(rows.sum()) for rows in shared) // at_a_time
    return Choice.together([_choose_part(ranked, shared, (part, parts), fields) for part in range(parts)])


def _choose_part(ranked: list[Ranked], shared: list[pl.Series], part: tuple[int, int], fields: list[str]) -> Choice:
    """Choose among those of one part; what was read for it is gone before the next one is read."""
    number, parts = part
    wanted = [rows & (one.prints % parts == number) for rows, one in zip(shared, ranked, strict=True)]
    keys = pl.concat(_keys(one, rows, fields) for one, rows in zip(ranked, wanted, strict=True))
    choice = choose_winners(keys, [one.source.mapping().group_ids for one in ranked], fields)
    return Choice(choice.duplicates, copied(choice.united))


def merged_fields(ranked: list[Ranked]) -> list[str]:
    """Return the fields that are merged: all but the e-mail, which is the same person's, and opt-outs."""
    mapped = {field.field for one in ranked for field in one.source.mapping().fields}
    return [name for name in FIELDS if name in mapped and name not in (EMAIL, *OPT_OUT_FIELDS)]


def row_slices(table: Table, columns: list[str]) -> Iterator[pl.DataFrame]:
    """Yield a table's rows in order, with those of the columns that it has."""
    present = set(table.scan().collect_schema().names())
    return slices(table, [name for name in columns if name in present])


def _shared(ranked: list[Ranked]) -> list[pl.Series]:
    """Tell of each source's rows whether another row has the same fingerprint."""
    in_order = pl.concat([one.prints for one in ranked]).sort()
    repeated = in_order.filter(in_order == in_order.shift(1)).unique().implode()
    return [one.prints.is_in(repeated) for one in ranked]


def _keys(one: Ranked, wanted: pl.Series, fields: list[str]) -> pl.DataFrame:
    """Return what is needed of the wanted rows to choose, as `KEYS`, then the fields to merge."""
    columns = [EMAIL_KEY, "row", NEWEST_BY, *OPT_OUT_FIELDS, *fields]
    found, start = [], 0
    for rows in row_slices(one.table, columns):
        found.append(copied(rows.filter(wanted.slice(start, rows.height))))
        start += rows.height
        if not wanted.slice(start).any():  # mostly there is nobody twice at all
            break
    rows = pl.concat(found)
    opt_outs = {name: pl.col(name) == "true" if name in rows.columns else pl.lit(None) for name in OPT_OUT_FIELDS}
    return rows.select(
        EMAIL_KEY,
        pl.lit(one.rank, pl.UInt32).alias("rank"),
        "row",
        pl.lit(one.source.priority, pl.Int64).alias("priority"),
        _text(NEWEST_BY, rows.columns).alias("newest"),
        *(said.cast(pl.Boolean).fill_null(value=False).alias(name) for name, said in opt_outs.items()),
        *(_text(name, rows.columns).alias(name) for name in fields),
    ).cast({name: KEYS[name] for name in KEYS})


def _text(name: str, present: list[str]) -> pl.Expr:
    return pl.col(name) if name in present else pl.lit(None, pl.String)
