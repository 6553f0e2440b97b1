"""How a personal value is shown where it has no place: enough to recognise a column by, too little to know a person."""

import re
from typing import Final

_TELLING: Final = 3
"""Texts that are no longer than this are masked whole: of "M" or "NY" the first character tells too much."""

_SHAPED: Final = 60
"""Of longer texts the rest is not shown, not even by its shape."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_DIGIT: Final = re.compile(r"\d")
_TOP_LEVEL: Final = re.compile(r"\.[A-Za-z]{2,6}\Z")


def mask(text: str) -> str:
    """Return a text of which at most the first character, and of an address the top level, can be read."""
    if "@" in text:
        top_level = _TOP_LEVEL.search(text)
        return f"{text[:1]}…@…{top_level[0] if top_level else ''}"
    return f"{text[:1]}…" if len(text) > _TELLING else "…" * bool(text)


def shape(text: str) -> str:
    """Return how a text is built, without a letter or digit of it: `a a@a.a` of an address with a space in it.

    Words of any length become one letter; digits keep their number, which is what is wrong with many a date.
    """
    shown = _WORD.sub("a", _DIGIT.sub("9", text[:_SHAPED]))
    cut = "…" if len(text) > _SHAPED else ""
    return "".join(one if one.isascii() and one.isprintable() else "·" for one in shown) + cut
