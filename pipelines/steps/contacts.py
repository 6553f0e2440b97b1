"""Step 3: one contact per e-mail over all sources; the rows that lost are named as duplicates."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from connectors.sources.registry import AnySource
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.ahead import ahead
from pipelines.steps.doubtful import doubtful_keys
from pipelines.steps.resume import pinned
from pipelines.steps.rivals import Ranked, choose, merged_fields, ranked_rows, row_slices
from pipelines.steps.validate import required
from schemas.contact import EMAIL_KEY
from schemas.fields import EMAIL, OPT_OUT_FIELDS
from schemas.payload import payload_hashes, payloads
from schemas.winners import Choice


@dataclass(frozen=True)
class ContactTables:
    """The day's contacts, and the rows that lost their e-mail to another row."""

    contacts: Table
    duplicates: Table


def choose_contacts(installation: Installation, day: dt.date) -> ContactTables:
    """Choose each e-mail's one row over all sources, and write contacts in the order of sources and rows.

    Raises:
        StorageError: A source has not been validated yet, or a table cannot be written.
    """
    kept = [pinned(installation, day, name) for name in ("contacts", "duplicates")]
    if kept[0] is not None and kept[1] is not None:
        return ContactTables(kept[0], kept[1])
    sources = by_rank(installation.settings.sources)
    validated = {source.name: required(installation, f"validated/{source.name}", day) for source in sources}
    ranked = [ranked_rows(source, rank, validated[source.name]) for rank, source in enumerate(sources)]
    merge_fields = installation.settings.merge == "field_by_field"
    choice = choose(ranked, merge_fields=merge_fields)
    doubtful = doubtful_keys(installation, ranked)
    inputs = {table.asset: table.version for table in validated.values()}
    version = installation.tables.next_version(day, "contacts", "duplicates")
    with (
        installation.tables.new_version("contacts", day, inputs, version) as contacts,
        installation.tables.new_version("duplicates", day, inputs, version) as duplicates,
    ):
        for won, lost in _hashed(ahead(_told_apart(ranked, choice, doubtful))):
            contacts.write(won)
            duplicates.write(lost)
    return ContactTables(contacts.table, duplicates.table)


def by_rank(sources: tuple[AnySource, ...]) -> list[AnySource]:
    """Return sources with the one that wins first: by priority, then in the order of the settings."""
    return sorted(sources, key=lambda source: source.priority)


def _told_apart(
    ranked: list[Ranked], choice: Choice, doubtful: pl.Series
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield, slice by slice, the rows that won, as contacts without their hash, and those that lost."""
    fields = merged_fields(ranked)
    columns = ["row", EMAIL_KEY, EMAIL, *fields, *OPT_OUT_FIELDS]
    names = pl.DataFrame(
        {"winner_rank": [one.rank for one in ranked], "winner_source": [one.source.name for one in ranked]},
        schema_overrides={"winner_rank": pl.UInt32},
    )
    for one in ranked:
        lost = choice.duplicates.filter(pl.col("rank") == one.rank)
        united = choice.united.filter(pl.col("rank") == one.rank)
        united = united.drop("rank").rename({name: f"united {name}" for name in united.columns[2:]})
        for rows in row_slices(one.table, columns):
            losing = rows.select("row", EMAIL_KEY).join(_of(rows, lost), on="row", maintain_order="left")
            yield (
                _contacts(_winning(rows, losing, _of(rows, united)), one.source, fields, doubtful),
                losing.join(names, on="winner_rank", how="left", maintain_order="left").select(
                    pl.lit(one.source.name).alias("source"), "row", EMAIL_KEY, "winner_source", "winner_row"
                ),
            )


def _winning(rows: pl.DataFrame, losing: pl.DataFrame, united: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that won, beside what was united for them. In most slices nobody stands twice."""
    if not losing.is_empty():
        rows = rows.join(losing, on="row", how="anti", maintain_order="left")
    return rows if united.is_empty() else rows.join(united, on="row", how="left", maintain_order="left")


def _of(rows: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Return what was chosen of some rows; it stands by row."""
    if rows.is_empty():
        return chosen.clear()
    first, last = rows.select(pl.col("row").min(), pl.col("row").max().alias("last")).row(0)
    start = chosen["row"].search_sorted(first, side="left")
    return chosen.slice(start, chosen["row"].search_sorted(last, side="right") - start)


def _contacts(rows: pl.DataFrame, source: AnySource, fields: list[str], doubtful: pl.Series) -> pl.DataFrame:
    """Return contacts; columns that another source has and this one does not are null."""
    own_groups = pl.lit(list(source.mapping().group_ids), pl.List(pl.Int64))
    contacts = rows.select(
        *(EMAIL_KEY, pl.lit(source.name).alias("source"), "row"),
        _united_or("group_ids", own_groups, rows.columns).alias("group_ids"),
        *(_value(name, rows.columns) for name in (EMAIL, *OPT_OUT_FIELDS, *fields)),
        held_back=pl.col(EMAIL_KEY).is_in(doubtful.implode()),
    )
    return contacts.select(
        *(EMAIL_KEY, "source", "row", "group_ids", EMAIL, *OPT_OUT_FIELDS, "held_back"), payloads(contacts)
    )


def _united_or(name: str, own: pl.Expr, present: list[str]) -> pl.Expr:
    return pl.coalesce(f"united {name}", own) if f"united {name}" in present else own


def _hashed(
    slices: Iterator[tuple[pl.DataFrame, pl.DataFrame]],
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    for won, lost in slices:
        hashes = payload_hashes(won["payload"], won["group_ids"])
        yield won.with_columns(hashes.alias("payload_hash")), lost


def _value(name: str, present: list[str]) -> pl.Expr:
    own = pl.col(name) if name in present else pl.lit(None, pl.String)
    if f"united {name}" not in present:
        return own.alias(name)
    if name in OPT_OUT_FIELDS:
        return pl.when(pl.col(f"united {name}")).then(pl.lit("true")).otherwise(own).alias(name)
    return pl.coalesce(own, f"united {name}").alias(name)
