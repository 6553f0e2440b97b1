"""E-mail addresses: their canonical form, the key that tells two of them apart, and the strict pattern.

Nearly every address is plain ASCII and is judged by one vectorised pattern. Only the rest is looked at one by one,
by `email-validator`, which knows the rules for international domain names.
"""

from typing import Final

import polars as pl
from email_validator import EmailNotValidError, validate_email

from schemas.fields import EMAIL_MAX_LENGTH

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP_LEVEL: Final = r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])"
_LOCAL_MAX_LENGTH: Final = 64

EMAIL_PATTERN: Final = rf"\A{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP_LEVEL}\z"
"""A canonical address: dot-atom local part (RFC 5321, 4.1.2), lower-case host name (RFC 1123, 2.1), named top level."""

_ASCII: Final = r"\A[\x00-\x7f]*\z"


def canonical_email(text: pl.Expr) -> pl.Expr:
    """Return addresses trimmed, with their domain in lower case and in ASCII; what is no address stays as it is.

    The local part keeps its case, since RFC 5321 (2.4) leaves its meaning to the receiving host.
    """
    return text.map_batches(_canonical, return_dtype=pl.String)


def _canonical(texts: pl.Series) -> pl.Series:
    """Work on the values at once: as one nested expression the addresses would be worked out five times over."""
    address = pl.col("address")
    at = address.str.find("@", literal=True)
    lowered = pl.concat_str(address.str.head(at), address.str.slice(at).str.to_lowercase())
    addresses = _with_ascii_domains(texts.str.strip_chars()).alias("address").to_frame()
    return addresses.select(pl.when(at.is_null()).then(address).otherwise(lowered)).to_series()


def email_key(email: pl.Expr) -> pl.Expr:
    """Return what makes two canonical addresses the same person: the whole address in lower case.

    The platform keeps addresses unique whatever their case. [assumed: it compares as nearly every mail host does]
    """
    return email.str.to_lowercase()


def is_valid_email(email: pl.Expr) -> pl.Expr:
    """Tell whether canonical addresses obey the pattern and the length limits of RFC 5321 (4.5.3.1)."""
    local = email.str.extract(r"\A([^@]*)@", 1)
    return (
        email.str.contains(EMAIL_PATTERN)
        & (email.str.len_bytes() <= EMAIL_MAX_LENGTH)
        & (local.str.len_bytes() <= _LOCAL_MAX_LENGTH)
    )


def _with_ascii_domains(addresses: pl.Series) -> pl.Series:
    """Put international domains into ASCII, looking only at the addresses that need it."""
    international = (~addresses.str.contains(_ASCII)).fill_null(value=False).arg_true()
    if international.is_empty():
        return addresses
    return addresses.scatter(international, [_ascii_form(text) for text in addresses.gather(international)])


def _ascii_form(address: str) -> str:
    """Return an address with its international domain in ASCII, or the address itself where that is impossible."""
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return address
    return checked.ascii_email or address
