"""is_email's addresses (Dominic Sayers' test set): which must be rejected, which accepted, which may be either."""

from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl

from schemas.emails import is_valid_email
from schemas.fields import FieldType
from schemas.mapping import AddressForm, FieldMapping, SourceMapping
from schemas.validate import validate
from tests.corpora.score import Score
from tests.schemas.frames import extracted

MUST_REJECT = ("ISEMAIL_ERR", "ISEMAIL_RFC5322", "ISEMAIL_DEPREC", "ISEMAIL_CFWS")
"""No address, or one that RFC 5322 has in a header and RFC 5321 does not let through a mail host."""
MUST_ACCEPT = ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN")
"""Valid, whatever the name servers say of the domain."""

_PICTURES = {0x2400 + code: code for code in range(0x20)}  # the set writes a control character as its picture


def score(file: Path) -> Score:
    """Score the file `tests.xml`, with no form allowed beyond the plain one, as where nothing is set.

    As an address each is judged as it stands. As a cell it loses the blanks and line ends around it first, and what
    is sent then is another, valid address.
    """
    result = Score()
    for test in ET.parse(file).getroot().iter("test"):  # noqa: S314 - a file that a person has fetched
        address = (test.findtext("address") or "").translate(_PICTURES)
        name = f"{test.get('id')} {(category := test.findtext('category'))}"
        sent = sent_as(address)
        if category in MUST_REJECT:
            result.add(name, *rejection(address, sent))
        elif category in MUST_ACCEPT:
            result.add(name, "must be accepted, accepted" if sent else "must be accepted, rejected")
        else:
            forms = sent_as(address, AddressForm.QUOTED, AddressForm.LITERAL)
            word = "accepted" if forms else "rejected"
            result.add(name, f"not plain, {word} once its form is allowed", wrong=sent is not None)
    return result


def rejection(address: str, sent: str | None) -> tuple[str, bool]:
    """Return how an address that must be rejected ended, and whether that is wrong."""
    if pl.select(is_valid_email(pl.lit(address))).item():
        return "must be rejected, accepted", True
    if sent is None:
        return "must be rejected, rejected", False
    return "must be rejected, sent without the blanks around it", sent != address.strip(" \t\r\n") or sent == address


def sent_as(address: str, *allow: AddressForm) -> str | None:
    """Return what a row with this address is sent as, None where it is set aside."""
    email = FieldMapping("email", FieldType.EMAIL, column="cell", allow=allow)
    contacts = validate(extracted({"cell": [address]}), SourceMapping("crm", (email,))).contacts
    return contacts["email"][0] if contacts.height else None
