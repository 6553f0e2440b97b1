"""Columns that depend on a country: phones, countries, states, postal codes. What is not understood stays as it is."""

from typing import Final

import polars as pl

from schemas.countries import alpha2, written
from schemas.found import found_column
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping
from schemas.phones import international, needs_country
from schemas.readings import Normalised, step_name
from schemas.states import two_letters
from schemas.texts import trimmed

# Countries whose postal codes have five digits of which the first may be a zero (Universal Postal Union's addressing
# guides); spreadsheets drop it.
_FIVE_DIGITS: Final = ("US", "DE", "ES", "FI", "FR", "IT", "KR", "MX", "MY", "PR")
_SHORT: Final = r"\A[0-9]{3,4}(?:-[0-9]{4})?\z"


def read_phone(mapping: FieldMapping, text: pl.Expr, country: pl.Expr) -> Normalised:
    """Read cleaned texts as phone numbers: in E.164 where their country is known."""
    found, code, e164 = (step_name(mapping, word) for word in ("text", "country", "e164"))
    unread = pl.col(e164).is_null() & pl.col(found).is_not_null()
    unknown = unread & pl.col(code).is_null() & needs_country(pl.col(found))
    steps = (
        text.alias(found),
        country.alias(code),
        international(pl.col(found), pl.col(code)).alias(e164),
    )
    return Normalised(
        pl.coalesce(e164, found),
        pl.col(found).is_null(),
        {IssueCode.PHONE_COUNTRY_UNKNOWN: unknown, IssueCode.PHONE_INVALID: unread & ~unknown},
        steps,
    )


def read_country(mapping: FieldMapping, text: pl.Expr) -> Normalised:
    """Read cleaned texts as countries: in the mapping's form, if it has one."""
    found, code = step_name(mapping, "text"), step_name(mapping, "country")
    value = pl.col(found) if mapping.form is None else pl.coalesce(written(pl.col(code), mapping.form), found)
    unknown = pl.col(found).is_not_null() & pl.col(code).is_null()
    steps = (text.alias(found), alpha2(pl.col(found)).alias(code))
    return Normalised(value, pl.col(found).is_null(), {IssueCode.COUNTRY_UNKNOWN: unknown}, steps)


def read_state(mapping: FieldMapping, text: pl.Expr, country: pl.Expr) -> Normalised:
    """Read cleaned texts as states: those of the USA and of Canada by their two letters."""
    found, code = step_name(mapping, "text"), step_name(mapping, "country")
    steps = (text.alias(found), country.alias(code))
    return Normalised(two_letters(pl.col(found), pl.col(code)), pl.col(found).is_null(), {}, steps)


def read_postal_code(mapping: FieldMapping, text: pl.Expr, country: pl.Expr) -> Normalised:
    """Read cleaned texts as postal codes; one that may have lost a zero is said, and never mended."""
    found, code = step_name(mapping, "text"), step_name(mapping, "country")
    short = pl.col(code).is_in(_FIVE_DIGITS) & pl.col(found).str.contains(_SHORT)
    steps = (text.alias(found), country.alias(code))
    return Normalised(pl.col(found), pl.col(found).is_null(), {IssueCode.POSTAL_CODE_SHORT: short}, steps)


def row_country(mapping: FieldMapping, schema: pl.Schema) -> pl.Expr:
    """Return each row's country as alpha-2: the one it names, else the mapping's.

    A country that is not understood is null, and never replaced: the mapping's would be a guess.
    """
    own = pl.lit(mapping.country, pl.String)
    if mapping.country_column is None:
        return own
    named = trimmed(found_column(mapping.country_column), schema[mapping.country_column], mapping.blank_words)
    return pl.when(named.is_null()).then(own).otherwise(alpha2(named))
