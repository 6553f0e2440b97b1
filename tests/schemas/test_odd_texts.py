"""Texts of every kind reach the payload byte by byte, after the documented rules and no others."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fields import FieldType
from schemas.mapping import AddressForm, FieldMapping
from schemas.payload import payloads
from schemas.validate import validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, mapping_of, read
from tests.schemas.strategies import EXAMPLES

ODD = [
    *("", " ", "null", "NULL", "None", "nan", "NaN", "undefined", "true", "0", "-0", "1e309", "0x1F", "1/0", "٣"),
    *("=1+1", "@SUM(A1)", "+1", "-2+3", "'; drop table contacts; --", "<b>Ann</b>", "&amp;", "%s %d {0} ${x} {{x}}"),
    *(
        '"',
        '""',
        '"a"',
        "'a'",
        "“a”",
        "»a«",
        "\\",
        "\\n",
        '\\"',
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a\u2028b",
        "a\u0085b",
        "a\x0bb",
    ),
    *(
        "Zoé",
        "Zoe\u0301",
        "\uff26\uff55\uff4c\uff4c",
        "ﬁ",
        "ß",
        "İstanbul",
        "日本語",
        "한국어",
        "עברית",
        "\u200f\u05e2\u05d1",
        "\u202eabc",
        "हिन्दी",
    ),
    *(
        "👩\u200d👩\u200d👧",
        "🏳️\u200d🌈",
        "a\u200bb",
        "\ufeffa",
        "\u2060a",
        "a\u00a0b",
        "\u00a0",
        "\u3000a",
        "\U0010ffff",
        "Ω\u0338",
        "q̣̇",
    ),
    *(
        "a" * 255,
        "é" * 255,
        "👍" * 255,
        "a,b;c\td|e",
        '{"custom1":{"value":"x"}}',
        '"suppressed":true',
        ',"held":true,',
    ),
]

ADDRESSES = [f"p{number}@example.com" for number in range(200)]


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


def check(texts: list[str]) -> None:
    """Compare what is sent with the reference."""
    rows = extracted({EMAIL_COLUMN: ADDRESSES[: len(texts)], "cell": texts})
    contacts = validate(rows, mapping_of(FieldMapping("custom1", FieldType.TEXT, column="cell"))).contacts
    sent = [json.loads(text) for text in payloads(contacts)]
    values = [contact.get("customFields", {}).get("custom1", {}).get("value") for contact in sent]
    assert values == [ruled(text) for text in texts]
    assert not any("suppressed" in contact or "held" in contact for contact in sent)


def test_odd_texts_reach_the_payload_byte_by_byte() -> None:
    """What one person writes is what the platform gets."""
    check(ODD)


@EXAMPLES
@given(st.lists(st.text(max_size=20), min_size=1, max_size=40))
def test_any_text_reaches_the_payload_byte_by_byte(texts: list[str]) -> None:
    """Also what nobody thought of."""
    check(texts)


def test_odd_texts_are_read_once() -> None:
    """A second reading of what was sent changes none of them."""
    mapping = FieldMapping("custom1", FieldType.TEXT, column="cell")
    once, _ = read(mapping, ODD)
    assert read(mapping, once) == (once, {})


@pytest.mark.parametrize("kind", list(FieldType))
def test_odd_texts_end_no_sync(kind: FieldType) -> None:
    """Whatever they are read as, each row ends as a contact or set aside."""
    mapping = FieldMapping("custom1", kind, column="cell", country="US", form="alpha2", allow=tuple(AddressForm))
    result = validate(extracted({EMAIL_COLUMN: ADDRESSES[: len(ODD)], "cell": ODD}), mapping_of(mapping))
    assert len(result.contacts) + len(result.rejected) == len(ODD)
