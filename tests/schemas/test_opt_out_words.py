"""The words of an opt-out: somebody's wish may hang on one that looks right and is written otherwise."""

import datetime as dt

import polars as pl
import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from tests.schemas.frames import read

WORDS = ("Désabonné", "Unsubscribed")


@pytest.mark.parametrize(
    "cell",
    [
        *("Désabonné", "De\u0301sabonne\u0301", "DÉSABONNÉ ", "Unsubscribed\x01", "Un\u00adsubscribed"),
        *("\u200bUnsubscribed", "\ufeffunsubscribed", "\uff35nsubscribed"),
    ],
)
def test_what_looks_like_the_word_is_the_word(cell: str) -> None:
    """Other bytes for the same letters, invisible characters and case change nothing."""
    mapping = FieldMapping("suppressed", FieldType.BOOLEAN, column="cell", when=WORDS)
    assert read(mapping, [cell, "Active", None]) == ([True, False, None], {})


def test_a_star_is_any_word() -> None:
    """A column of days or reasons says by being filled that somebody opted out."""
    mapping = FieldMapping("suppressed", FieldType.BOOLEAN, column="cell", when=("*",))
    assert read(mapping, ["2026-01-01", "no", "x", " ", None]) == ([True, True, True, None, None], {})
    days = pl.Series([dt.date(2026, 1, 1), None])
    assert read(mapping, days) == ([True, None], {})


@pytest.mark.parametrize("cell", ["true", "1", "Yes", "y"])
def test_an_unlisted_yes_is_no_no(cell: str) -> None:
    """Where `when` lists a status or one way to write yes, another way to write it must not mean the opposite."""
    for when in (("Unsubscribed",), ("ja",)):
        mapping = FieldMapping("suppressed", FieldType.BOOLEAN, column="cell", when=when)
        assert read(mapping, [cell, "Active"]) == ([None, False], {"boolean_invalid": [0]})


def test_a_yes_is_a_no_where_no_is_what_was_asked_for() -> None:
    """A column of consent says no for an opt-out, and then yes is one who stays."""
    mapping = FieldMapping("suppressed", FieldType.BOOLEAN, column="cell", when=("no", "false"))
    assert read(mapping, ["yes", "no", "True"]) == ([False, True, False], {})


def test_a_truth_value_is_read_under_any_word() -> None:
    """A Parquet column of true and false, mapped with a word for text, is never read as nobody opted out."""
    mapping = FieldMapping("suppressed", FieldType.BOOLEAN, column="cell", when=("yes",))
    assert read(mapping, pl.Series([True, False])) == ([None, False], {"boolean_invalid": [0]})
