"""Who may have opted out: people of whom some row that was set aside, or a value in it, cannot be told."""

from typing import Final

import polars as pl

from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.rivals import Ranked, fingerprint
from schemas.contact import EMAIL_KEY
from schemas.emails import canonical_email, email_key
from schemas.fields import OPT_OUT_FIELDS
from schemas.issues import Severity
from schemas.mapping import AddressForm

# A mark may be part of an address, or stand beside it as the file's separator or quotation mark: both are looked for.
_LOCALS: Final = tuple(
    rf"[a-z0-9{marks}.\x{{80}}-\x{{10ffff}}-]+"
    for marks in ("!#$%&'*+/=?^_`{|}~", "!#$%&*+/=?^_`{|}~", "!#$%&'*+/=?^_`{}~", "!#$%&*+/=?^_`{}~", "+_")
)
_QUOTED: Final = r'"[^"]*"'
_HOST: Final = r"@[a-z0-9\x{80}-\x{10ffff}-]+(?:\.[a-z0-9\x{80}-\x{10ffff}-]+)+"
_UNSEEN: Final = r"[\p{Cc}\p{Cf}]"


def doubtful_keys(installation: Installation, ranked: list[Ranked]) -> pl.Series:
    """Return the keys of people of whom some row cannot tell whether they opted out: no other row mails them.

    Only those that have a valid row somewhere matter. They are looked for by fingerprints first: a file that broke in
    the middle may have been set aside with all the addresses in it.
    """
    found = pl.concat(_suspects(installation, one) for one in ranked)
    prints = found.select(fingerprint(pl.col(EMAIL_KEY)).unique()).collect(engine="streaming").to_series().implode()
    present = pl.concat([one.prints.filter(one.prints.is_in(prints)) for one in ranked]).unique()
    if present.is_empty():
        return pl.Series(EMAIL_KEY, [], pl.String)
    wanted = found.filter(fingerprint(pl.col(EMAIL_KEY)).is_in(present.implode()))
    return wanted.unique().collect(engine="streaming").to_series()


def _suspects(installation: Installation, one: Ranked) -> pl.LazyFrame:
    issues = installation.tables.version(f"issues/{one.source.name}", one.table.day, one.table.version).scan()
    unread = pl.col("field").is_in(OPT_OUT_FIELDS) & (pl.col("severity") == Severity.REJECT.value)
    suspects = [issues.filter(unread).select(email_key(pl.col("email")).alias(EMAIL_KEY))]
    if {field.field for field in one.source.mapping().fields} & set(OPT_OUT_FIELDS):
        suspects.append(_addresses_set_aside(installation, one.source.name, one.table))
    return pl.concat(suspects).drop_nulls()


def _addresses_set_aside(installation: Installation, source: str, validated: Table) -> pl.LazyFrame:
    """Return every address in the rejected rows of a source that knows of opt-outs: one of them may have said no."""
    rejected = installation.tables.version(f"rejected/{source}", validated.day, validated.version).scan()
    joined = pl.col("email").str.replace_all(r"\s", "")
    texts = pl.concat_str(pl.col("email"), joined, pl.col("text"), separator=" ", ignore_nulls=True)
    seen = texts.str.normalize("NFKC").str.replace_all(_UNSEEN, "").str.replace_all('""', '"', literal=True)
    found = [seen.str.to_lowercase().str.extract_all(local + _HOST) for local in (*_LOCALS, _QUOTED)]
    addresses = rejected.select(pl.concat_list(found).list.unique().alias(EMAIL_KEY)).explode(EMAIL_KEY)
    return addresses.select(email_key(canonical_email(pl.col(EMAIL_KEY), tuple(AddressForm))))
