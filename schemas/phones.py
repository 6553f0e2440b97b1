"""Phone numbers in international form (ITU-T E.164), where it is known of which country they are.

Numbers of North America, which have one simple plan, are read by one vectorised pattern; only the rest is looked at
one by one, each distinct number once, by `phonenumbers`, which knows the plans of all countries.
"""

from typing import Final

import phonenumbers
import polars as pl

E164: Final = r"\A\+[1-9][0-9]{6,14}\z"

# The plan of the North American Numbering Council: area and exchange start with 2 to 9.
_GAP: Final = r"[\s./\u002D\u2010-\u2015]*"
_NORTH_AMERICAN: Final = rf"\A(?:\+?1{_GAP})?\(?([2-9][0-9]{{2}})\)?{_GAP}([2-9][0-9]{{2}}){_GAP}([0-9]{{4}})\z"
_NORTH_AMERICA: Final = ("US", "CA")


def international(phone: pl.Expr, country: pl.Expr) -> pl.Expr:
    """Return phone numbers in E.164, null where they are none of their country or where it is not known.

    Args:
        phone: The numbers; one that starts with `+` names its country itself.
        country: The alpha-2 code of each one's country.
    """
    return pl.struct(phone.alias("phone"), country.alias("country")).map_batches(
        lambda pairs: _international(pairs.struct.unnest()), return_dtype=pl.String
    )


def needs_country(phone: pl.Expr) -> pl.Expr:
    """Tell which numbers do not name their country themselves."""
    return ~phone.str.contains(r"\A\s*\(?\+")


def _international(pairs: pl.DataFrame) -> pl.Series:
    read = pairs.select("phone", "country", _plain().alias("e164"))
    unread = read.filter(pl.col("e164").is_null() & pl.col("phone").is_not_null()).select("phone", "country").unique()
    if unread.is_empty():
        return read["e164"]
    looked_up = unread.with_columns(looked_up=pl.Series([_e164(*pair) for pair in unread.rows()], dtype=pl.String))
    joined = read.join(looked_up, on=["phone", "country"], how="left", nulls_equal=True, maintain_order="left")
    return joined.select(pl.coalesce("e164", "looked_up")).to_series()


def _plain() -> pl.Expr:
    """Return what is in E.164 already, and numbers of North America."""
    phone = pl.col("phone")
    of_north_america = pl.col("country").is_in(_NORTH_AMERICA) | phone.str.starts_with("+1")
    read = pl.when(of_north_america).then(phone.str.replace(_NORTH_AMERICAN, "+1$1$2$3")).otherwise(phone)
    return pl.when(read.str.contains(E164)).then(read)


def _e164(phone: str, country: str | None) -> str | None:
    """Return one number in E.164; an extension has no place there, so a number with one is left alone."""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if number.extension is not None or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
