"""Step 3: one contact per e-mail over all sources; the rows that lost are named as duplicates."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from connectors.sources.registry import AnySource
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.resume import pinned
from pipelines.steps.slices import slices
from pipelines.steps.validate import required
from schemas.contact import EMAIL_KEY
from schemas.fields import EMAIL, FIELDS, OPT_OUT_FIELDS
from schemas.payload import payload, payload_hashes
from schemas.winners import KEYS, choose_winners


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
    ranked = by_rank(installation.settings.sources)
    validated = {source.name: required(installation, f"validated/{source.name}", day) for source in ranked}
    chosen = choose_winners(_keys(ranked, validated), {source.name: source.mapping().group_ids for source in ranked})
    wins = (pl.col("source") == pl.col("winner_source")) & (pl.col("row") == pl.col("winner_row"))
    inputs = {table.asset: table.version for table in validated.values()}
    version = installation.tables.next_version(day, "contacts", "duplicates")
    with (
        installation.tables.new_version("contacts", day, inputs, version) as contacts,
        installation.tables.new_version("duplicates", day, inputs, version) as duplicates,
    ):
        duplicates.write(chosen.filter(~wins).select("source", "row", EMAIL_KEY, "winner_source", "winner_row"))
        winners = chosen.filter(wins).select(
            "source", "row", "group_ids", *(_united(field) for field in OPT_OUT_FIELDS)
        )
        del chosen
        for rows in _winning_rows(ranked, validated, winners):
            contacts.write(rows)
    return ContactTables(contacts.table, duplicates.table)


def by_rank(sources: tuple[AnySource, ...]) -> list[AnySource]:
    """Return sources with the one that wins first: by priority, then in the order of the settings."""
    return sorted(sources, key=lambda source: source.priority)


def _keys(ranked: list[AnySource], validated: dict[str, Table]) -> pl.DataFrame:
    return pl.concat(_source_keys(validated[one.name], one.name, rank) for rank, one in enumerate(ranked)).collect()


def _source_keys(table: Table, source: str, rank: int) -> pl.LazyFrame:
    rows = table.scan()
    mapped = rows.collect_schema().names()
    opt_outs = {name: pl.col(name) == "true" if name in mapped else pl.lit(None) for name in OPT_OUT_FIELDS}
    keys = rows.select(EMAIL_KEY, pl.lit(source).alias("source"), "row", rank=pl.lit(rank), **opt_outs)
    return keys.cast(KEYS).with_columns(pl.col(OPT_OUT_FIELDS).fill_null(value=False))


def _united(opt_out: str) -> pl.Expr:
    """Return a winner's opt-out over all rows of the person, as wire text."""
    return pl.when(opt_out).then(pl.lit("true")).alias(f"united {opt_out}")


def _winning_rows(
    ranked: list[AnySource], validated: dict[str, Table], winners: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Yield the winners as contacts; columns that another source has and this one does not are null."""
    mapped = {field.field for source in ranked for field in source.mapping().fields} | set(OPT_OUT_FIELDS)
    columns = [name for name in FIELDS if name in mapped and name != EMAIL]
    for source in ranked:
        winning = winners.filter(pl.col("source") == source.name)
        for rows in slices(validated[source.name]):
            won = rows.join(winning, on="row", how="inner", maintain_order="left")
            yield _contacts(won, columns)


def _contacts(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    values = [_value(name, rows.columns) for name in columns]
    contacts = rows.select(EMAIL_KEY, "source", "row", "group_ids", EMAIL, *values)
    payloads = contacts.select(payload(contacts.columns).alias("payload"))["payload"]
    return contacts.with_columns(payload_hashes(payloads, contacts["group_ids"]).alias("payload_hash"))


def _value(name: str, present: list[str]) -> pl.Expr:
    if name in OPT_OUT_FIELDS:
        return pl.col(f"united {name}").alias(name)
    return pl.col(name) if name in present else pl.lit(None, pl.String).alias(name)
