"""What the UI is told of values: enough to find a fault, and nothing of a person."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.masking import mask, shape


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ann lee@example.com", "a a@a.a"),
        ("ann@example", "a@a"),
        ("13/45/2020", "99/99/9999"),
        ("2020-3-1", "9999-9-9"),
        ("Zoë", "a"),
        ("a\tb\x00", "a·a·"),
        ("Ann;Lee;\U0001f642", "a;a;·"),
        ("٣٤", "99"),
        ("", ""),
        ("- " * 40, "- " * 30 + "…"),
    ],
)
def test_shape_shows_how_a_value_is_built(text: str, seen: str) -> None:
    """A space in an address or a month of 13 is seen without the address or the birthday."""
    assert shape(text) == seen


@given(st.text())
def test_shape_holds_no_letter_or_digit_of_the_value(text: str) -> None:
    """Whatever a cell holds, its shape consists of one letter, one digit and signs."""
    assert not set(shape(text)) & (set(string.ascii_letters + string.digits) - {"a", "9"})
    assert shape(text).replace("·", "").replace("…", "").isascii()


def test_mask_shows_a_first_letter_at_most() -> None:
    """Samples of good rows say even less of an address than its shape, and nothing of a short text."""
    assert (mask("ann@example.com"), mask("Annabel"), mask("NY"), mask("")) == ("a…@….com", "A…", "…", "")
