"""Source text to canonical text and addresses."""

import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from tests.schemas.frames import read

TEXT = FieldMapping("custom1", FieldType.TEXT, column="cell")
EMAIL = FieldMapping("email", FieldType.EMAIL, column="cell")


def test_texts_are_trimmed_and_blank_ones_are_null() -> None:
    """A cell of spaces is an empty cell; spaces inside are the person's own."""
    cells = ["  Ann  Lee ", "\u00a0", "", None, "\ufeffAnn\u200b", "\t\r\n", "two\nlines"]
    assert read(TEXT, cells) == (["Ann  Lee", None, None, None, "Ann", None, "two\nlines"], {})


def test_control_characters_are_taken_out_and_said() -> None:
    """They are invisible in a mail and break it; tab and line ends are not among them."""
    cells = ["a\x00b", "ok\tok", "\x1f \x7f", "c1\x85", "a\x0bb", None]
    values, findings = read(TEXT, cells)
    assert values == ["ab", "ok\tok", None, "c1", "ab", None]
    assert findings == {"control_characters": [0, 2, 3, 4]}


def test_texts_are_composed() -> None:
    """One name in two spellings of Unicode would give two hashes, and an update every night."""
    cells = ["Zoe\u0308", "Zo\u00eb", "\u212bngstr\u00f6m", "e\u0000\u0301"]
    assert read(TEXT, cells)[0] == ["Zo\u00eb", "Zo\u00eb", "\u00c5ngstr\u00f6m", "\u00e9"]


@pytest.mark.parametrize("other", ["plain", "\u0301", "a\x00", "\u65e5\u672c", "\U0001f600"])
def test_a_text_reads_the_same_whatever_stands_beside_it(other: str) -> None:
    """A slice without anything to clean takes a quicker way, which must end at the same place."""
    cells = [" \u00fcber\u00a0", "caf\u00e9", "\u02ff x", "", other]
    assert read(TEXT, cells)[0][:4] == ["\u00fcber", "caf\u00e9", "\u02ff x", None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301", "\u00e9"),
        ("\u0340x", "\u0300x"),
        ("a\u037eb", "a;b"),
        ("\u03b9\u0308", "\u03ca"),
        ("\u212b", "\u00c5"),
        ("\u1100\u1161", "\uac00"),
        ("a\x9fb", "ab"),
        ("\u200bx\ufeff", "x"),
        ("\u02ffx", "\u02ffx"),
    ],
)
def test_a_text_alone_in_its_slice_is_cleaned(text: str, expected: str) -> None:
    """Nothing beside it gives it away as one that needs cleaning."""
    assert read(TEXT, [text])[0] == [expected]


def test_e_mails_are_canonical_and_blank_ones_null() -> None:
    """Invisible characters come with addresses that were copied from a web page."""
    cells = [" \u200bJo@Example.COM\u00a0", "", "  ", None, "no address"]
    assert read(EMAIL, cells) == (["Jo@example.com", None, None, None, "no address"], {})
