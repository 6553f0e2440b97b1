"""One look at a column's bytes: it may be unsure, and is never wrong about what it is sure of."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.looks import is_surely_plain, is_written_as_it_is
from schemas.texts import by_every_rule
from tests.schemas.strategies import EXAMPLES, TEXTS


def column(*texts: str | None) -> pl.Series:
    """Return a column of texts."""
    return pl.Series(texts, dtype=pl.String)


@EXAMPLES
@given(st.lists(st.none() | TEXTS | st.text(" ~a\"'", max_size=4), max_size=5))
def test_what_is_surely_plain_is_not_changed_by_any_rule(texts: list[str | None]) -> None:
    """Cleaning is left out for such a column: nothing that it would do may be missed."""
    found = column(*texts)
    if is_surely_plain(found):
        assert found.to_frame("text").select(by_every_rule(pl.col("text"))).to_series().to_list() == texts


@EXAMPLES
@given(st.lists(st.none() | TEXTS, max_size=5))
def test_what_is_written_as_it_is_needs_no_escape(texts: list[str | None]) -> None:
    """Escaping is left out for such a column, and for no other one."""
    plain = all(text is None or json.dumps(text, ensure_ascii=False) == f'"{text}"' for text in texts)
    assert is_written_as_it_is(column(*texts)) == plain


@pytest.mark.parametrize("text", ["x ", " x", " ", '"x"', "'x", "x\t", "x\ny", "\u00e9", "x\x7f", "\u200bx"])
@pytest.mark.parametrize("place", [0, 1, 40_000, -1])
def test_one_odd_text_is_found_wherever_it_stands(text: str, place: int) -> None:
    """Long columns are looked at in pieces, and an odd text may lie across two of them."""
    texts = ["abc"] * 70_000
    assert is_surely_plain(column(*texts))
    texts[place] = text
    assert not is_surely_plain(column(*texts))


@pytest.mark.parametrize("length", range(131_065, 131_080))
def test_a_space_at_the_end_is_found_at_the_end_of_a_piece(length: int) -> None:
    """The space is the last byte of one piece, and the end of its text the first of the next one."""
    assert not is_surely_plain(column("a" * length + " ", "b"))
    assert not is_surely_plain(column("a" * length, " b"))
    assert is_surely_plain(column("a" * length, "b c"))


def test_a_column_of_nothing_is_plain() -> None:
    """Empty cells, and slices without rows, have nothing to clean or to escape."""
    for texts in ((), (None,), ("",), ("", None, "")):
        assert is_surely_plain(column(*texts))
        assert is_written_as_it_is(column(*texts))
