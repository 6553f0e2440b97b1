"""A contact's payload: the canonical JSON text that is sent, and the hash that the ledger remembers.

Canonical means: the platform's field names in one fixed order, no white space, fields that are null left out.
The same contact gives the same bytes in every process and on every machine.

Opt-outs travel, opt-ins never do: `suppressed` and `held` are written only where they are true, by construction.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

import polars as pl

from schemas.fields import EMAIL, FIELDS, OPT_OUT_FIELDS, Field, FieldType, Place

_HASH_BYTES: Final = 16


def payload(columns: Iterable[str]) -> pl.Expr:
    """Return contacts as canonical JSON texts, shaped as `contacts/save` takes them.

    Args:
        columns: The columns of canonical wire text that the frame has; those that are no contact field are ignored.
    """
    present = set(columns)
    fields = [field for field in FIELDS.values() if field.name in present]
    top = [_member(field) for field in fields if field.place is Place.TOP]
    nested = [_nested(place, [field for field in fields if field.place is place]) for place in Place]
    members = [*top, *(member for member in nested if member is not None)]
    return pl.concat_str(pl.lit("{"), _joined(members), pl.lit("}"))


def opt_out_payload() -> pl.Expr:
    """Return the canonical JSON text of an opt-out alone: the address and what was opted out of, nothing else."""
    return payload((EMAIL, *OPT_OUT_FIELDS))


def opts_out(payloads: pl.Expr) -> pl.Expr:
    """Tell which canonical payloads carry `suppressed`. A text that looks like it has its quotes escaped."""
    return payloads.str.contains(r'[{,]"suppressed":true[,}]')


def payload_hashes(payloads: pl.Series, group_ids: pl.Series) -> pl.Series:
    """Return the hash of each payload together with the groups that it enters: 32 hexadecimal digits.

    Args:
        payloads: Canonical JSON texts.
        group_ids: For each of them the list of its groups' ids, ascending.
    """
    groups = pl.concat_str(pl.lit("["), pl.col("groups").cast(pl.List(pl.String)).list.join(", "), pl.lit("]"))
    # One text per row first: a list column costs ten times as much to walk through as a text column.
    texts = pl.DataFrame({"payload": payloads, "groups": group_ids}).select(pl.concat_str("payload", groups))
    return pl.Series([_hash(text) for text in texts.to_series().to_list()], dtype=pl.String)


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).hexdigest()


def _joined(members: list[pl.Expr]) -> pl.Expr:
    return pl.concat_str(members, separator=",", ignore_nulls=True)


def _nested(place: Place, fields: list[Field]) -> pl.Expr | None:
    """Return one nested object as a member, null where none of its fields has a value."""
    if place is Place.TOP or not fields:
        return None
    inner = _joined([_member(field) for field in fields])
    return pl.when(inner != "").then(pl.concat_str(pl.lit(f'"{place}":{{'), inner, pl.lit("}")))


def _member(field: Field) -> pl.Expr:
    """Return `"name":value` for each row, null where the value is null."""
    value = pl.col(field.name)
    if field.name in OPT_OUT_FIELDS:
        return pl.when(value == "true").then(pl.lit(f'"{field.name}":true'))
    if field.type is FieldType.INTEGER:
        return pl.concat_str(pl.lit(f'"{field.name}":'), pl.when(value != "").then(value))
    # polars escapes the text; a struct of one column gives exactly `{"name":"text"}`.
    inner = pl.struct(value.alias("value" if field.place is Place.CUSTOM else field.name)).struct.json_encode()
    if field.place is Place.CUSTOM:
        return pl.when(value.is_not_null()).then(pl.concat_str(pl.lit(f'"{field.name}":'), inner))
    return pl.when(value.is_not_null()).then(inner.str.slice(1).str.strip_suffix("}"))
