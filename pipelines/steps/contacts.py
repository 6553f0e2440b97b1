"""Step 3: one contact per e-mail over all sources; the rows that lost are named as duplicates."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from connectors.sources.registry import AnySource
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.resume import pinned
from pipelines.steps.slices import slices
from pipelines.steps.validate import required
from schemas.contact import EMAIL_KEY
from schemas.emails import email_key
from schemas.fields import EMAIL, FIELDS, OPT_OUT_FIELDS
from schemas.issues import Severity
from schemas.payload import payload, payload_hashes
from schemas.winners import KEYS, Choice, choose_winners

_ADDRESS: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"


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
    choice = choose_winners(_keys(ranked, validated), {source.name: source.mapping().group_ids for source in ranked})
    inputs = {table.asset: table.version for table in validated.values()}
    version = installation.tables.next_version(day, "contacts", "duplicates")
    with (
        installation.tables.new_version("contacts", day, inputs, version) as contacts,
        installation.tables.new_version("duplicates", day, inputs, version) as duplicates,
    ):
        duplicates.write(choice.duplicates)
        doubtful = _doubtful(installation, validated)
        for rows in _contacts(ranked, validated, choice):
            contacts.write(rows.with_columns(held_back=pl.col(EMAIL_KEY).is_in(doubtful.implode())))
    return ContactTables(contacts.table, duplicates.table)


def by_rank(sources: tuple[AnySource, ...]) -> list[AnySource]:
    """Return sources with the one that wins first: by priority, then in the order of the settings."""
    return sorted(sources, key=lambda source: source.priority)


def _doubtful(installation: Installation, validated: dict[str, Table]) -> pl.Series:
    """Return the keys of people of whom some row cannot tell whether they opted out: no other row mails them."""
    keys = []
    for source, table in validated.items():
        issues = installation.tables.version(f"issues/{source}", table.day, table.version).scan()
        unread = pl.col("field").is_in(OPT_OUT_FIELDS) & (pl.col("severity") == Severity.REJECT.value)
        keys.append(issues.filter(unread).select(email_key(pl.col("email")).alias(EMAIL_KEY)))
    keys += [
        _addresses_set_aside(installation, validated[one.name], one.name)
        for one in installation.settings.sources
        if {field.field for field in one.mapping().fields} & set(OPT_OUT_FIELDS)
    ]
    return pl.concat(keys).unique().collect().to_series().drop_nulls()


def _addresses_set_aside(installation: Installation, validated: Table, source: str) -> pl.LazyFrame:
    """Return every address in the rejected rows of a source that knows of opt-outs: one of them may have said no."""
    rejected = installation.tables.version(f"rejected/{source}", validated.day, validated.version).scan()
    texts = pl.concat_str(pl.col("email"), pl.col("text"), separator=" ", ignore_nulls=True)
    return rejected.select(texts.str.to_lowercase().str.extract_all(_ADDRESS).alias(EMAIL_KEY)).explode(EMAIL_KEY)


def _keys(ranked: list[AnySource], validated: dict[str, Table]) -> pl.DataFrame:
    return pl.concat(_source_keys(validated[one.name], one.name, rank) for rank, one in enumerate(ranked)).collect()


def _source_keys(table: Table, source: str, rank: int) -> pl.LazyFrame:
    rows = table.scan()
    mapped = rows.collect_schema().names()
    opt_outs = {name: pl.col(name) == "true" if name in mapped else pl.lit(None) for name in OPT_OUT_FIELDS}
    keys = rows.select(EMAIL_KEY, pl.lit(source).alias("source"), "row", rank=pl.lit(rank), **opt_outs)
    return keys.cast(KEYS).with_columns(pl.col(OPT_OUT_FIELDS).fill_null(value=False))


def _contacts(ranked: list[AnySource], validated: dict[str, Table], choice: Choice) -> Iterator[pl.DataFrame]:
    """Yield the winning rows of each source; columns that another source has and this one does not are null."""
    mapped = {field.field for source in ranked for field in source.mapping().fields} | set(OPT_OUT_FIELDS)
    columns = [name for name in FIELDS if name in mapped and name != EMAIL]
    for source in ranked:
        own = pl.col("source") == source.name
        lost = choice.duplicates.filter(own).select("row")
        united = choice.united.filter(own).rename({name: f"united {name}" for name in ("group_ids", *OPT_OUT_FIELDS)})
        for rows in slices(validated[source.name]):
            won = rows.join(lost, on="row", how="anti", maintain_order="left")
            yield _hashed(won.join(united.drop("source"), on="row", how="left", maintain_order="left"), source, columns)


def _hashed(rows: pl.DataFrame, source: AnySource, columns: list[str]) -> pl.DataFrame:
    own_groups = pl.lit(list(source.mapping().group_ids), pl.List(pl.Int64))
    contacts = rows.select(
        EMAIL_KEY,
        pl.lit(source.name).alias("source"),
        "row",
        pl.coalesce("united group_ids", own_groups).alias("group_ids"),
        EMAIL,
        *(_value(name, rows.columns) for name in columns),
    )
    payloads = contacts.select(payload(contacts.columns).alias("payload"))["payload"]
    return contacts.with_columns(payload_hashes(payloads, contacts["group_ids"]).alias("payload_hash"))


def _value(name: str, present: list[str]) -> pl.Expr:
    own = pl.col(name) if name in present else pl.lit(None, pl.String)
    if name in OPT_OUT_FIELDS:
        return pl.when(pl.col(f"united {name}")).then(pl.lit("true")).otherwise(own).alias(name)
    return own.alias(name)
