"""Source text to typed, canonical values: one reader per kind of field, each with what it finds wrong.

Nothing here drops a row. A value that cannot be read becomes null, and its issue code says so.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import polars as pl

from schemas.dates import read_date, read_datetime
from schemas.email_doubts import doubtful
from schemas.emails import canonical_email
from schemas.fields import OPT_OUT_FIELDS, TEXT_TYPES, FieldType
from schemas.found import found_column, found_text
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping
from schemas.optouts import LOOKS_OPTED_OUT
from schemas.places import read_country, read_phone, read_postal_code, read_state, row_country
from schemas.readings import Normalised, checked, step_name
from schemas.texts import INVISIBLE_AT_ENDS, cleaned, filled, has_controls, is_plain, trimmed, unquoted

ANY_WORD: Final = "*"
"""Among the words of a mapping's `when`: whatever is not blank means yes."""

_UNSEEN: Final = r"[\p{Cc}\p{Cf}]"

YES: Final = ("yes", "y", "true", "t", "1")
NO: Final = ("no", "n", "false", "f", "0")


def normalise(mapping: FieldMapping, rows: pl.DataFrame) -> Normalised:
    """Return the expressions that read one field from its column.

    Args:
        mapping: The field's mapping.
        rows: The slice of rows that the expressions are for; only its columns' types, and whether one holds
            anything to clean, decide which expressions those are.
    """
    dtype = pl.String() if mapping.column is None else rows.schema[mapping.column]
    column = pl.lit(mapping.value, pl.String) if mapping.column is None else found_column(mapping.column)
    if mapping.type is FieldType.EMAIL:
        return _email(mapping, column, dtype)
    plain = mapping.column is not None and is_plain(rows[mapping.column])
    if mapping.type in TEXT_TYPES:
        return _text(mapping, column if plain else found_text(column, dtype), rows.schema, plain=plain)
    if dtype == pl.String and not plain:
        column = unquoted(column.str.strip_chars(INVISIBLE_AT_ENDS))
    return _READERS[mapping.type](mapping, column, dtype)


def _text(mapping: FieldMapping, found: pl.Expr, schema: pl.Schema, *, plain: bool) -> Normalised:
    text = filled(found if plain else cleaned(found), mapping.blank_words)
    read = _in_words(mapping, text, schema)
    if plain:
        return read
    return replace(read, findings={IssueCode.CONTROL_CHARACTERS: has_controls(found), **read.findings})


def _in_words(mapping: FieldMapping, text: pl.Expr, schema: pl.Schema) -> Normalised:
    match mapping.type:
        case FieldType.PHONE:
            return read_phone(mapping, text, row_country(mapping, schema))
        case FieldType.COUNTRY:
            return read_country(mapping, text)
        case FieldType.STATE:
            return read_state(mapping, text, row_country(mapping, schema))
        case FieldType.POSTAL_CODE:
            return read_postal_code(mapping, text, row_country(mapping, schema))
        case _:
            return Normalised(text, text.is_null(), {})


def _email(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    address = step_name(mapping, "address")
    canonical = canonical_email(found_text(column, dtype), mapping.allow)
    read = doubtful(mapping, pl.col(address))
    email = filled(read.value, mapping.blank_words)
    return replace(read, value=email, blank=email.is_null(), steps=(canonical.alias(address), *read.steps))


def _integer(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    text = trimmed(column, dtype, mapping.blank_words)
    return checked(text.cast(pl.Int64, strict=False), _is_blank(text, column, dtype), IssueCode.INTEGER_INVALID)


def _boolean(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    # What cannot be seen does not count: somebody's opt-out may hang on one word.
    seen = trimmed(column, dtype, mapping.blank_words).str.replace_all(_UNSEEN, "").str.normalize("NFKC")
    word = seen.str.strip_chars().str.to_lowercase()
    value: pl.Expr
    if ANY_WORD in mapping.when:
        value = pl.when(~_is_blank(word, column, dtype)).then(statement=True)
    elif mapping.when:
        value = word.is_in([_word(text) for text in mapping.when])
        if mapping.field in OPT_OUT_FIELDS:
            # A word that nobody listed and that sounds like an opt-out, or like yes where no "no" is listed, is no
            # "no": it cannot be told.
            unlisted = word.str.contains(LOOKS_OPTED_OUT)
            if not {_word(text) for text in mapping.when} & set(NO):
                unlisted |= word.is_in(YES)
            value = pl.when(value | ~unlisted).then(value)
    else:
        value = pl.when(word.is_in(YES)).then(statement=True).when(word.is_in(NO)).then(statement=False)
    return checked(value, _is_blank(word, column, dtype), IssueCode.BOOLEAN_INVALID)


_READERS: Final[dict[FieldType, Callable[[FieldMapping, pl.Expr, pl.DataType], Normalised]]] = {
    FieldType.DATE: read_date,
    FieldType.DATETIME: read_datetime,
    FieldType.INTEGER: _integer,
    FieldType.BOOLEAN: _boolean,
}


def _word(text: str) -> str:
    visible = "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFKC", visible).strip().lower()


def _is_blank(text: pl.Expr, column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Tell where nothing was found; a date that has no text is something, and may be somebody's opt-out."""
    return column.is_null() if dtype.is_temporal() else text.is_null()
