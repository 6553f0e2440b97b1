"""Scores against public test sets; docs/rules.md shows them, and `corpora/LICENSES.md` says whose they are."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.emails import is_valid_email
from schemas.fields import FieldType
from schemas.mapping import AddressForm, FieldMapping, SourceMapping
from schemas.payload import payload
from schemas.validate import validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, mapping_of, read

CORPORA = Path(__file__).parent / "corpora"
ALL_FORMS = tuple(AddressForm)


def corpus(name: str) -> Any:
    """Return a test set's document."""
    return json.loads((CORPORA / f"{name}.json").read_text(encoding="ascii"))


IS_EMAIL = corpus("is_email")
FORMATS = corpus("json_schema_formats")
STRINGS: list[str] = corpus("naughty_strings")["strings"]


def accepted(addresses: list[str], *allow: AddressForm) -> dict[str, str]:
    """Return which addresses a source's rows are accepted with, and as what."""
    email = FieldMapping("email", FieldType.EMAIL, column="cell", allow=allow)
    contacts = validate(extracted({"cell": addresses}), SourceMapping("crm", (email,))).contacts
    return {addresses[row - 1]: sent for row, sent in contacts.select("row", "email").rows()}


def wrong(cases: list[tuple[str, bool]], *allow: AddressForm) -> list[str]:
    """Return the addresses that are judged otherwise than the test set does."""
    found = accepted([text for text, _ in cases], *allow)
    return [text for text, valid in cases if (text in found) is not valid]


def test_the_test_sets_are_whole() -> None:
    """A score over half a set would be a better one."""
    assert [len(IS_EMAIL[name]) for name in ("reject", "accept", "unusual")] == [126, 22, 16]
    assert [len(FORMATS[name]) for name in ("email", "idn-email", "date", "date-time")] == [16, 4, 41, 19]
    assert len(STRINGS) == 515


def test_is_email_none_of_what_must_be_refused_is_valid() -> None:
    """126 of 126, with and without the forms that a source may allow."""
    frame = pl.DataFrame({"address": IS_EMAIL["reject"]})
    assert not frame.select(is_valid_email(pl.col("address")))["address"].any()


@pytest.mark.parametrize("allow", [(), ALL_FORMS])
def test_is_email_reading_mends_nothing_but_blanks_around(allow: tuple[AddressForm, ...]) -> None:
    """Whoever is refused as found is accepted only where trimming alone made the address."""
    mended = accepted(IS_EMAIL["reject"], *allow)
    deprecated = {"test@[IPv6:1111:2222:3333:4444:5555:6666::8888]"} if allow else set()
    international = {text for text in mended if not text.isascii()}
    trimmed = {text: sent for text, sent in mended.items() if text not in deprecated | international}
    assert len(trimmed) == 24
    assert all(text.strip(" \r\n") == sent == "test@iana.org" for text, sent in trimmed.items())
    assert set(mended) - set(trimmed) == deprecated | international
    assert not international or AddressForm.INTERNATIONAL in allow


def test_is_email_what_must_be_accepted_is() -> None:
    """21 of 22: a host name without a dot is nobody's mail host."""
    refused = set(IS_EMAIL["accept"]) - set(accepted(IS_EMAIL["accept"]))
    assert refused == {"test@io"}


def test_is_email_unusual_forms_need_a_setting() -> None:
    """RFC 5321 knows them, and few hosts do."""
    assert accepted(IS_EMAIL["unusual"]) == {}
    refused = set(IS_EMAIL["unusual"]) - set(accepted(IS_EMAIL["unusual"], *ALL_FORMS))
    assert refused == {"test@iana.123", "test@255.255.255.255", "test@org", '""@iana.org'}


def test_json_schema_addresses() -> None:
    """All are judged alike once their forms are allowed, and without that only the unusual ones are not."""
    assert all('"' in text or "[" in text for text in wrong(FORMATS["email"]))
    assert len(wrong(FORMATS["email"])) == 5
    assert wrong(FORMATS["email"], AddressForm.QUOTED, AddressForm.LITERAL) == []
    assert len(wrong(FORMATS["idn-email"])) == 1
    assert wrong(FORMATS["idn-email"], AddressForm.INTERNATIONAL) == []


@pytest.mark.parametrize(
    ("name", "kind", "read_all_the_same"),
    [
        ("date", FieldType.DATE, ["1998-1-20", "1998-01-1"]),
        (
            "date-time",
            FieldType.DATETIME,
            [
                *("1998-12-31T23:58:60Z", "1998-12-31T22:59:60Z"),
                *("1963-6-19T08:30:06.283185Z", "1963-06-1T08:30:06.283185Z"),
            ],
        ),
    ],
)
def test_json_schema_dates(name: str, kind: FieldType, read_all_the_same: list[str]) -> None:
    """What is a date is read, and what is read beside can mean one thing only."""
    values, _ = read(FieldMapping("custom1", kind, column="cell"), [text for text, _ in FORMATS[name]])
    other = [
        text for (text, valid), value in zip(FORMATS[name], values, strict=True) if (value is not None) is not valid
    ]
    assert other == read_all_the_same


def ruled(text: str) -> str | None:
    """Return a text after the documented rules, worked out without polars and without patterns."""
    dropped = {"\u200b", "\u2060", "\ufeff"}
    kept = [one for one in text if one not in dropped and (one in "\t\n\r" or unicodedata.category(one) != "Cc")]
    composed = unicodedata.normalize("NFC", "".join(kept))
    spaced = composed.translate({0xA0: " ", 0x2007: " ", 0x202F: " "})
    return without_marks(spaced.strip(" \t\r\n")) or None


def without_marks(text: str) -> str:
    """Return a text without the pair of quotation marks around it, where none of them stands inside or next to it."""
    pairs = ['""', "''", "\u201c\u201d", "\u201e\u201c", "\u2018\u2019", "\u00ab\u00bb"]
    marks = "".join(pairs)
    inside = text[1:-1].strip()
    around = len(text) > 1 and text[0] + text[-1] in pairs
    if not around or any(mark in inside for mark in (text[0], text[-1])):
        return text
    return text if inside and (inside[0] in marks or inside[-1] in marks) else inside


def test_naughty_strings_reach_the_payload_byte_by_byte() -> None:
    """515 of 515: what one person writes is what the platform gets, after the rules that are documented."""
    addresses = [f"p{number}@example.com" for number in range(len(STRINGS))]
    rows = extracted({EMAIL_COLUMN: addresses, "cell": STRINGS})
    mapping = FieldMapping("custom1", FieldType.TEXT, column="cell")
    contacts = validate(rows, mapping_of(mapping)).contacts
    sent = [json.loads(text) for text in contacts.select(payload(contacts.columns)).to_series()]
    values = [contact.get("customFields", {}).get("custom1", {}).get("value") for contact in sent]
    assert [text for text, value in zip(STRINGS, values, strict=True) if ruled(text) != value] == []


def test_naughty_strings_are_read_once() -> None:
    """A second reading of what was sent changes none of them."""
    mapping = FieldMapping("custom1", FieldType.TEXT, column="cell")
    once, _ = read(mapping, STRINGS)
    assert read(mapping, once) == (once, {})


@pytest.mark.parametrize("kind", list(FieldType))
def test_naughty_strings_end_no_sync(kind: FieldType) -> None:
    """Whatever they are read as, each row ends as a contact or set aside."""
    addresses = [f"p{number}@example.com" for number in range(len(STRINGS))]
    mapping = FieldMapping("custom1", kind, column="cell", country="US", form="alpha2", allow=ALL_FORMS)
    result = validate(extracted({EMAIL_COLUMN: addresses, "cell": STRINGS}), mapping_of(mapping))
    assert len(result.contacts) + len(result.rejected) == len(STRINGS)
