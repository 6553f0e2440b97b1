"""Hints for misspelt words."""

import pytest

from connectors.sources.nearest import did_you_mean


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("firstname", ' Did you mean "firstName"?'),
        ("FIRST_NAME", ' Did you mean "firstName"?'),
        ("lastNam", ' Did you mean "lastName"?'),
        ("shoeSize", ""),
        ("", ""),
    ],
)
def test_the_nearest_word_is_named_or_none(word: str, hint: str) -> None:
    """A hint is given where it helps, and never for a word that is nothing like the others."""
    assert did_you_mean(word, ["firstName", "lastName", "email"]) == hint


def test_the_hint_does_not_depend_on_the_order_of_a_set() -> None:
    """The same mistake gets the same message every time."""
    assert did_you_mean("ab", {"abc", "abd"}) == did_you_mean("ab", ["abd", "abc"])
