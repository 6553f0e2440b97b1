"""Rules for texts beyond trimming: zero-width characters, no-break spaces, quotation marks, blank words."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from schemas.texts import by_every_rule, cleaned, is_plain
from schemas.validate import validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, mapping_of, read
from tests.schemas.strategies import EXAMPLES, TEXTS

TEXT = FieldMapping("custom1", FieldType.TEXT, column="cell")


@pytest.mark.parametrize(
    ("found", "value"),
    [
        ("An\u200bn", "Ann"),
        ("A\u2060\ufeffnn", "Ann"),
        ("e\u200b\u0301", "\u00e9"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("Ann\u00a0Lee", "Ann Lee"),
        ("10\u202f000", "10 000"),
        ("\u2007Ann\u2007", "Ann"),
        ("\u2060", None),
    ],
)
def test_what_cannot_be_seen(found: str, value: str | None) -> None:
    """It makes two texts of one, which nobody can tell apart; joiners that shape words and emoji stay."""
    assert read(TEXT, [found]) == ([value], {})


@pytest.mark.parametrize(
    ("found", "value"),
    [
        ('"Ann"', "Ann"),
        (' " Ann " ', "Ann"),
        ("'Ann'", "Ann"),
        ("\u201cAnn\u201d", "Ann"),
        ("\u201eAnn\u201c", "Ann"),
        ("\u2018Ann\u2019", "Ann"),
        ("\u00abAnn\u00bb", "Ann"),
        ('"O\'Brien"', "O'Brien"),
        ('"two\nlines"', "two\nlines"),
        ('"a"', "a"),
        ('""', None),
        ("' '", None),
        ('"', '"'),
        ("O'Brien", "O'Brien"),
        ('"Ann" and "Bob"', '"Ann" and "Bob"'),
        ('"Big" Al', '"Big" Al'),
        ('the "Big"', 'the "Big"'),
        ("'O'Brien'", "'O'Brien'"),
        ("\"'Ann'\"", "\"'Ann'\""),
        ('"Ann\u201d', '"Ann\u201d'),
        ("\u2019Ann\u2018", "\u2019Ann\u2018"),
    ],
)
def test_one_pair_of_quotation_marks(found: str, value: str | None) -> None:
    """It comes from exports that quote twice; marks that belong to the text stay."""
    assert read(TEXT, [found]) == ([value], {})


@pytest.mark.parametrize(
    ("kind", "found", "value"),
    [
        (FieldType.DATE, '"2024-03-01"', dt.date(2024, 3, 1)),
        (FieldType.INTEGER, "'42'", 42),
        (FieldType.BOOLEAN, ' "yes"', True),
    ],
)
def test_quotation_marks_around_other_values(kind: FieldType, found: str, value: object) -> None:
    """An export that quotes twice does so with every column."""
    assert read(FieldMapping("custom1", kind, column="cell"), [found, None]) == ([value, None], {})


@pytest.mark.parametrize("kind", list(FieldType))
def test_blank_words_are_blank_in_every_kind_of_field(kind: FieldType) -> None:
    """`N/A` in a column of dates is no wrong date, and in a column of names no name."""
    mapping = FieldMapping("custom1", kind, column="cell", blank_words=("N/A", "null", " - "))
    assert read(mapping, ["N/A", " n/a ", "NULL", "-", None]) == ([None] * 5, {})


def test_blank_words_are_whole_cells_and_set_by_somebody() -> None:
    """Mr Null exists, and a dash inside a name is part of it."""
    mapping = FieldMapping("custom1", FieldType.TEXT, column="cell", blank_words=("-", "null"))
    assert read(mapping, ["Null-Smith", "a - b", '"null"']) == (["Null-Smith", "a - b", None], {})
    assert read(TEXT, ["Null", "N/A", "-"]) == (["Null", "N/A", "-"], {})


def test_a_blank_word_clears_where_a_blank_cell_does() -> None:
    """It stands for an empty cell in everything."""
    mapping = FieldMapping("custom1", FieldType.TEXT, column="cell", blank="clear", blank_words=("-",))
    rows = extracted({EMAIL_COLUMN: ["a@example.com"] * 3, "cell": ["-", "", "a-"]})
    assert validate(rows, mapping_of(mapping)).contacts["custom1"].to_list() == ["", "", "a-"]


@EXAMPLES
@given(st.lists(TEXTS | st.text("\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb \u00a0a\n", max_size=8), max_size=8))
def test_cleaning_twice_is_cleaning_once(texts: list[str]) -> None:
    """A text that changed again would be an update every night."""
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    once = frame.select(cleaned(pl.col("text")))
    assert once.select(cleaned(pl.col("text"))).equals(once)


@EXAMPLES
@given(TEXTS | st.text("\"'\u00ab\u00bb \u00a0a\n\u00e9", max_size=8))
def test_what_is_told_to_be_plain_needs_no_cleaning(text: str) -> None:
    """The quicker way must end at the same place: a text is left alone only where every rule would leave it alone."""
    series = pl.Series([text])
    if is_plain(series):
        assert series.to_frame("text").select(by_every_rule(pl.col("text")))["text"].to_list() == [text]


@pytest.mark.parametrize("text", [" a", "a ", "\u00a0a", "a\u200b", "e\u0301", '"a"', "\u201ca\u201d", "a\x00b", "\ta"])
def test_what_cleaning_changes_is_not_plain(text: str) -> None:
    """One such text in a column is enough for a look at each of its texts."""
    assert not is_plain(pl.Series(["plain", None, text]))


def test_texts_are_cleaned_where_they_stand() -> None:
    """The odd ones are worked on apart, and come back to their own rows."""
    frame = pl.DataFrame({"text": [" a", "b", None, "", '"c"', "d", "e\u0301 "]})
    assert frame.select(cleaned(pl.col("text")))["text"].to_list() == ["a", "b", None, "", "c", "d", "\u00e9"]
