"""A contact's payload: the canonical JSON text that is sent, and the hash that the ledger remembers.

Canonical means: the platform's field names in one fixed order, no white space, fields that are null left out.
The same contact gives the same bytes in every process and on every machine.

Opt-outs travel, opt-ins never do: `suppressed` and `held` are written only where they are true, by construction.
"""

from functools import partial
from hashlib import blake2b
from typing import Final, TypeAlias

import polars as pl

from schemas.fields import EMAIL, FIELDS, OPT_OUT_FIELDS, Field, FieldType, Place
from schemas.looks import is_written_as_it_is

_blake2b: Final = partial(blake2b, digest_size=16)
_digest: Final = blake2b.digest
_UNINTERRUPTED: Final = 500  # other threads have to wait for so many hashes

_Template: TypeAlias = tuple[str, tuple[pl.Expr, ...]]
"""A piece of a payload as `pl.format` takes it: its text, with a place for each of the values."""

_NOTHING: Final[_Template] = ("", ())


def payloads(contacts: pl.DataFrame) -> pl.Series:
    """Return contacts as canonical JSON texts, shaped as `contacts/save` takes them.

    Args:
        contacts: Columns of canonical wire text, of which `email` has no null; those that are no contact field are
            ignored, and so is their order.
    """
    fields = [field for field in FIELDS.values() if field.name in contacts.columns and field.name != EMAIL]
    address, email = _value(contacts, FIELDS[EMAIL])
    # One template for all: with a piece of text of its own for each field it takes three times as long.
    text, values = _together(
        (f'"{EMAIL}":{address}', (email,)),
        *(_member(contacts, field) for field in fields if field.place is Place.TOP),
        *(_nested(contacts, place, fields) for place in (Place.CUSTOM, Place.CONTENT)),
    )
    return contacts.select(pl.format(f"{{{{{text}}}}}", *values).alias("payload")).to_series()


def opt_out_payloads(contacts: pl.DataFrame) -> pl.Series:
    """Return the canonical JSON texts of opt-outs alone: the address and what was opted out of, nothing else."""
    return payloads(contacts.select(EMAIL, *OPT_OUT_FIELDS))


def opts_out(texts: pl.Expr) -> pl.Expr:
    """Tell which canonical payloads carry `suppressed`. A text that looks like it has its quotes escaped."""
    return texts.str.contains(r'[{,]"suppressed":true[,}]')


def payload_hashes(texts: pl.Series, group_ids: pl.Series) -> pl.Series:
    """Return the hash of each payload together with the groups that it enters: 32 hexadecimal digits.

    Args:
        texts: Canonical JSON texts.
        group_ids: For each of them the list of its groups' ids, ascending.
    """
    together = pl.DataFrame({"payload": texts, "groups": group_ids})
    content = together.select(pl.format("{}{}", "payload", _listed(group_ids))).to_series()
    # As bytes, and with no step of Python's own for each row: that would cost as much as the hash itself.
    contents = content.cast(pl.Binary).to_list()
    digests: list[bytes] = []
    for start in range(0, len(contents), _UNINTERRUPTED):
        digests += map(_digest, map(_blake2b, contents[start : start + _UNINTERRUPTED]))
    return pl.Series(digests, dtype=pl.Binary).bin.encode("hex")


def _listed(group_ids: pl.Series) -> pl.Expr:
    """Return lists of groups as text; the same list, as one source gives all its contacts, is written once."""
    if group_ids.n_unique() == 1:
        return pl.lit(f"[{', '.join(str(group) for group in group_ids[0])}]")
    return pl.format("[{}]", pl.col("groups").cast(pl.List(pl.String)).list.join(", "))


def _member(contacts: pl.DataFrame, field: Field) -> _Template:
    """Return `,"name":value`, of which nothing is there for a contact without a value."""
    column = contacts[field.name]
    if column.null_count() == len(column):
        return _NOTHING
    if field.name in OPT_OUT_FIELDS:
        said = pl.when(pl.col(field.name) == "true").then(pl.lit(f',"{field.name}":true'))
        return "{}", (said.otherwise(pl.lit("")),)
    written, value = _value(contacts, field)
    text = f',"{field.name}":{written}'
    if column.has_nulls() or field.type is FieldType.INTEGER:
        return "{}", (pl.format(text, value).fill_null(""),)
    return text, (value,)


def _value(contacts: pl.DataFrame, field: Field) -> tuple[str, pl.Expr]:
    """Return the place of a field's value in a payload, and the value, null where nothing is said."""
    value = pl.col(field.name)
    if field.type is FieldType.INTEGER:
        return "{}", pl.when(value != "").then(value)
    before, after = ('{{"value":', "}}") if field.place is Place.CUSTOM else ("", "")
    if is_written_as_it_is(contacts[field.name]):
        return f'{before}"{{}}"{after}', value
    return f"{before}{{}}{after}", _escaped(value)


def _escaped(text: pl.Expr) -> pl.Expr:
    """Return texts as JSON writes them: what polars makes of a structure of one, without what stands around it."""
    encoded = pl.struct(text.alias("")).struct.json_encode().str.strip_prefix('{"":').str.strip_suffix("}")
    return pl.when(text.is_not_null()).then(encoded)


def _nested(contacts: pl.DataFrame, place: Place, fields: list[Field]) -> _Template:
    """Return one nested object, of which nothing is there where none of its fields has a value."""
    text, values = _together(*(_member(contacts, field) for field in fields if field.place is place))
    if not text:
        return _NOTHING
    if text.startswith(","):  # its first field has a value everywhere
        return f',"{place}":{{{{{text[1:]}}}}}', values
    inner = pl.format(text, *values)
    whole = pl.format(f',"{place}":{{{{{{}}}}}}', inner.str.slice(1))
    return "{}", (pl.when(inner != "").then(whole).otherwise(pl.lit("")),)


def _together(*pieces: _Template) -> _Template:
    return "".join(text for text, _ in pieces), tuple(value for _, values in pieces for value in values)
