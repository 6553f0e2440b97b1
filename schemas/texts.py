"""Cleaning of text, one rule after the other: what is invisible, composed, spaced, quoted, or means nothing.

Every rule keeps its own result: a text that was cleaned once is not changed by a second cleaning.
"""

from typing import Final

import polars as pl

from schemas.found import found_text
from schemas.looks import is_surely_plain

# C0 without tab, line feed and carriage return; DEL; C1.
_CONTROLS: Final = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\u009F]"
# Zero-width space, word joiner, byte order mark. The joiners U+200C, U+200D stay: Persian words and emoji need them.
_INVISIBLE: Final = rf"{_CONTROLS}|[\u200B\u2060\uFEFF]"
_FIXED_SPACES: Final = r"[\u00A0\u2007\u202F]"
INVISIBLE_AT_ENDS: Final = " \t\r\n\u00a0\u2007\u202f\u200b\u2060\ufeff"

_QUOTES: Final = "\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
_PAIRS: Final = ('""', "''", "\u201c\u201d", "\u201e\u201c", "\u2018\u2019", "\u00ab\u00bb")

# What cleaning could change: control characters, and all from U+0300 on, below which every text is in NFC already;
# no-break spaces; and a quotation mark at the start.
_UNCLEAN: Final = rf"[^\t\n\r\x20-\x7E\u00A1-\u02FF]|\u00A0|\A\s*[{_QUOTES}]"
# What cleaning and trimming could change. Every space at an end counts, of which trimming takes out some.
_UNPLAIN: Final = rf"{_UNCLEAN}|\A\s|\s\z"


def _between(pair: str) -> str:
    """Return the pattern of a text between two marks: none of them inside, nor any mark or space at its own ends."""
    opening, closing = pair[0], pair[1]
    edge, inside = rf"[^\s{_QUOTES}]", f"[^{opening}{closing}]"
    return rf"{opening}\s*((?:{edge}(?:{inside}*{edge})?)?)\s*{closing}"


_QUOTED: Final = rf"(?s)\A(?:{'|'.join(_between(pair) for pair in _PAIRS)})\z"
_INSIDE: Final = "".join(f"${{{group}}}" for group in range(1, len(_PAIRS) + 1))


def is_plain(column: pl.Series) -> bool:
    """Tell whether cleaning would change nothing, trimming included: true of nearly every column of an export.

    One look at every value costs as much as trimming it, and a tenth of cleaning it.
    """
    return column.dtype == pl.String and (is_surely_plain(column) or not column.str.contains(_UNPLAIN).any())


def has_controls(text: pl.Expr) -> pl.Expr:
    """Tell which texts hold control characters, which are taken out with a warning."""
    return text.str.contains(_CONTROLS)


def cleaned(text: pl.Expr) -> pl.Expr:
    """Return texts without what is invisible, composed (Unicode's NFC), with plain spaces, trimmed and unquoted."""
    return text.map_batches(_cleaned, return_dtype=pl.String)


def _cleaned(texts: pl.Series) -> pl.Series:
    """Clean the texts that it could change: one odd text does not slow down the rest of its column."""
    odd = texts.str.contains(_UNPLAIN).fill_null(value=False).arg_true()
    if odd.is_empty():
        return texts
    changed = texts.gather(odd).to_frame("text").select(by_every_rule(pl.col("text")))
    return texts.scatter(odd, changed.to_series())


def by_every_rule(text: pl.Expr) -> pl.Expr:
    """Return texts after every rule, whether they need it or not; `cleaned` gives the same and looks first.

    Invisible characters go first: one that stood between a letter and its accent would keep them apart.
    """
    visible = text.str.replace_all(_INVISIBLE, "")
    return unquoted(visible.str.normalize("NFC").str.replace_all(_FIXED_SPACES, " ").str.strip_chars(INVISIBLE_AT_ENDS))


def unquoted(text: pl.Expr) -> pl.Expr:
    """Return trimmed texts without the one pair of quotation marks that may stand around them."""
    return text.str.replace(_QUOTED, _INSIDE)


def trimmed(column: pl.Expr, dtype: pl.DataType, blank_words: tuple[str, ...] = ()) -> pl.Expr:
    """Return a column's values as trimmed text, null where nothing stands.

    Args:
        column: The column.
        dtype: Its type.
        blank_words: Texts that stand for an empty cell, whatever their case.
    """
    return filled(found_text(column, dtype).str.strip_chars(INVISIBLE_AT_ENDS), blank_words)


def filled(text: pl.Expr, blank_words: tuple[str, ...] = ()) -> pl.Expr:
    """Return texts with null where they say nothing: the empty ones, and the words that stand for one."""
    if not blank_words:
        return pl.when(text != "").then(text)
    words = ["", *(word.strip().lower() for word in blank_words)]
    return pl.when(~text.str.to_lowercase().is_in(words)).then(text)
