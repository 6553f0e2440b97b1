"""E-mail addresses: their canonical form, the key that tells two of them apart, and the strict pattern.

Nearly every address is plain ASCII and is judged by one vectorised pattern. Only the rest is looked at one by one,
by `email-validator`, which knows the rules for international domain names.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl
from email_validator import EmailNotValidError, validate_email

from schemas.fields import EMAIL_MAX_LENGTH
from schemas.mapping import AddressForm
from schemas.texts import INVISIBLE_AT_ENDS, unquoted

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP_LEVEL: Final = r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LOCAL_MAX_LENGTH: Final = 64

EMAIL_PATTERN: Final = rf"\A{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP_LEVEL}\z"
"""A canonical address: dot-atom local part (RFC 5321, 4.1.2), lower-case host name (RFC 1123, 2.1), whose last
label starts with a letter: a host's number is none (RFC 1123, 2.1)."""

# What only email-validator understands: international addresses, quoted local parts, address literals.
_UNUSUAL: Final = r"[^\x00-\x7f]|\A\"|\]\z"

# Copied from web pages; in an address as in a text they say nothing.
_ZERO_WIDTH: Final = "[\u200b\u2060\ufeff]"

# Around an address, as mail programs and web pages write it: RFC 6068 (mailto), RFC 5322, 3.4 (a name and brackets).
_WRAPPED: Final = "[>:\"'\u201c\u201e\u2018\u00ab]"
# A link with escapes stays as it is, and is no address: jo%2Bnews is not who is meant.
_MAILTO: Final = r"(?is)\Amailto:([^?@%]*@[^?@%]*)(?:\?.*)?\z"
_NAMED: Final = r"(?s)\A(?:\"[^\"<>@]*\"|[^<>@,;:\"]*)\s*<\s*([^<>@\s]*@[^<>@\s]*)\s*>\z"


def canonical_email(text: pl.Expr, allow: Sequence[AddressForm] = ()) -> pl.Expr:
    """Return addresses without what stands around them, with their domain in lower case and in ASCII.

    The local part keeps its case, since RFC 5321 (2.4) leaves its meaning to the receiving host. What is no address
    stays as it is.

    Args:
        text: The addresses as found.
        allow: The forms that are addresses beside the plain one.
    """
    return text.map_batches(lambda texts: _canonical(texts, allow), return_dtype=pl.String)


def _canonical(texts: pl.Series, allow: Sequence[AddressForm]) -> pl.Series:
    """Rewrite the addresses that are not canonical already: one look at the others is all that they cost."""
    odd = (~texts.str.contains(EMAIL_PATTERN)).fill_null(value=False).arg_true()
    return texts if odd.is_empty() else texts.scatter(odd, _rewritten(texts.gather(odd), allow))


def _rewritten(texts: pl.Series, allow: Sequence[AddressForm]) -> pl.Series:
    """Work on the values at once: as one nested expression the addresses would be worked out five times over."""
    visible = texts.str.replace_all(_ZERO_WIDTH, "").str.strip_chars(INVISIBLE_AT_ENDS).str.strip_chars()
    found = _unwrapped(visible)
    address = pl.col("address")
    at = address.str.find("@", literal=True)
    lowered = pl.concat_str(address.str.head(at), address.str.slice(at).str.to_lowercase())
    plain = found.alias("address").to_frame().select(pl.when(at.is_null()).then(address).otherwise(lowered)).to_series()
    unusual = _places(found, _UNUSUAL)
    if unusual.is_empty():
        return plain
    read = [
        _read(text, allow) or alike for text, alike in zip(found.gather(unusual), plain.gather(unusual), strict=True)
    ]
    return plain.scatter(unusual, read)


def _unwrapped(texts: pl.Series) -> pl.Series:
    """Take addresses out of `mailto:` links, quotation marks and `Name <address>`, looking only where one is."""
    wrapped = _places(texts, _WRAPPED)
    if wrapped.is_empty():
        return texts
    bare = unquoted(pl.col("address")).str.replace(_NAMED, "$1").str.replace(_MAILTO, "$1").str.strip_chars()
    return texts.scatter(wrapped, texts.gather(wrapped).alias("address").to_frame().select(bare).to_series())


def _places(texts: pl.Series, pattern: str) -> pl.Series:
    return texts.str.contains(pattern).fill_null(value=False).arg_true()


def email_key(email: pl.Expr) -> pl.Expr:
    """Return what makes two canonical addresses the same person: the whole address in lower case.

    The platform keeps addresses unique whatever their case. [assumed: it compares as nearly every mail host does]
    """
    return email.str.to_lowercase()


def is_valid_email(email: pl.Expr, allow: Sequence[AddressForm] = ()) -> pl.Expr:
    """Tell whether canonical addresses obey the pattern and the length limits of RFC 5321 (4.5.3.1).

    Args:
        email: Canonical addresses.
        allow: The forms that are addresses beside the plain one.
    """
    plain = (
        email.str.contains(EMAIL_PATTERN)
        & (email.str.len_bytes() <= EMAIL_MAX_LENGTH)
        & (email.str.find("@", literal=True) <= _LOCAL_MAX_LENGTH)  # in bytes, and so the local part's length
    )
    if not allow:
        return plain
    return plain | email.map_batches(lambda emails: _allowed(emails, allow), return_dtype=pl.Boolean)


def _allowed(emails: pl.Series, allow: Sequence[AddressForm]) -> pl.Series:
    unusual = _places(emails, _UNUSUAL)
    answers = pl.repeat(value=False, n=len(emails), dtype=pl.Boolean, eager=True)
    return answers.scatter(unusual, [_read(text, allow) is not None for text in emails.gather(unusual)])


def _read(address: str, allow: Sequence[AddressForm]) -> str | None:
    """Return an unusual address with its domain in ASCII, or None where it is none of the forms allowed."""
    try:
        checked = validate_email(
            address,
            check_deliverability=False,
            strict=True,
            allow_smtputf8=AddressForm.INTERNATIONAL in allow,
            allow_quoted_local=AddressForm.QUOTED in allow,
            allow_domain_literal=AddressForm.LITERAL in allow,
        )
    except EmailNotValidError:
        return None
    # The limit is on the local part as it is written; the library counts a quoted one without its marks.
    local = address.rpartition("@")[0]
    read = f"{checked.local_part}@{checked.ascii_domain}"
    return read if len(local.encode()) <= _LOCAL_MAX_LENGTH and len(read.encode()) <= EMAIL_MAX_LENGTH else None
