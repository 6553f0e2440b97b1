"""Which row wins an e-mail, and what is united over all rows of a person."""

import random
from collections import defaultdict

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.winners import KEYS, Choice, choose_winners
from tests.schemas.strategies import EXAMPLES

GROUPS = {"crm": (7, 12), "shop": (3, 7), "news": ()}
RANKS = {"crm": 0, "shop": 1, "news": 2}

Key = tuple[str, str, int, bool, bool]


def chosen(*keys: Key) -> Choice:
    """Choose winners among keys of e-mail, source, row, suppressed and held."""
    rows = [(email, source, row, RANKS[source], suppressed, held) for email, source, row, suppressed, held in keys]
    return choose_winners(pl.DataFrame(rows, schema=KEYS, orient="row"), GROUPS)


def key(email: str, source: str, row: int, *, suppressed: bool = False, held: bool = False) -> Key:
    """Return one row's key."""
    return (email, source, row, suppressed, held)


def test_the_source_of_the_smallest_rank_wins() -> None:
    """Priority is the settings' word for whom to believe."""
    choice = chosen(key("a", "news", 1), key("a", "shop", 9), key("a", "crm", 4))
    assert choice.duplicates.rows() == [("shop", 9, "a", "crm", 4), ("news", 1, "a", "crm", 4)]
    assert choice.united.rows() == [("crm", 4, [3, 7, 12], False, False)]


def test_within_a_source_the_later_row_wins() -> None:
    """Exports append what is newer."""
    choice = chosen(key("a", "crm", 1), key("b", "crm", 2), key("a", "crm", 3), key("a", "crm", 2000))
    assert choice.duplicates.rows() == [("crm", 1, "a", "crm", 2000), ("crm", 3, "a", "crm", 2000)]
    assert choice.united.rows() == [("crm", 2000, [7, 12], False, False)]


def test_equal_row_numbers_of_two_sources_are_two_rows() -> None:
    """Row 1 of the shop lost, not row 1 of the customers."""
    choice = chosen(key("a", "crm", 1), key("a", "shop", 1))
    assert choice.duplicates.rows() == [("shop", 1, "a", "crm", 1)]


def test_opt_outs_are_united_whichever_row_wins() -> None:
    """Whoever opted out anywhere is opted out."""
    choice = chosen(
        key("a", "crm", 1),
        key("a", "shop", 1, suppressed=True),
        key("b", "crm", 2, held=True),
        key("b", "crm", 3),
        key("c", "crm", 4, suppressed=True),
        key("c", "news", 4, held=True),
    )
    united = {row: (suppressed, held) for _, row, _, suppressed, held in choice.united.rows()}
    assert united == {1: (True, False), 3: (False, True), 4: (True, True)}


def test_opt_outs_of_one_person_are_not_another_s() -> None:
    """Uniting must not spill over."""
    choice = chosen(
        key("a", "crm", 1), key("a", "shop", 1), key("b", "crm", 2, suppressed=True), key("b", "shop", 2, held=True)
    )
    assert choice.united.sort("row").select("row", "suppressed", "held").rows() == [(1, False, False), (2, True, True)]


def test_whoever_stands_in_one_row_is_no_matter_of_choice() -> None:
    """Most people are; they take no memory here."""
    choice = chosen(key("a", "crm", 1, suppressed=True), key("b", "shop", 1))
    assert (len(choice.duplicates), len(choice.united)) == (0, 0)


def test_no_rows_at_all() -> None:
    """Every row of the day may have been set aside."""
    choice = chosen()
    assert choice.duplicates.columns == ["source", "row", "email_key", "winner_source", "winner_row"]
    assert choice.united.columns == ["source", "row", "group_ids", "suppressed", "held"]
    assert choice.united.schema["group_ids"] == pl.List(pl.Int64)
    assert (len(choice.duplicates), len(choice.united)) == (0, 0)


DRAWN = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from(sorted(RANKS)), st.integers(1, 30), st.booleans(), st.booleans()
    ),
    max_size=30,
    unique_by=lambda one: (one[1], one[2]),
)


@EXAMPLES
@given(DRAWN, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(keys: list[Key], shuffler: random.Random) -> None:
    """Row numbers and ranks decide, not how slices happened to arrive."""
    other = list(keys)
    shuffler.shuffle(other)
    assert by_row(chosen(*keys)) == by_row(chosen(*other))


@EXAMPLES
@given(DRAWN)
def test_one_row_wins_and_all_others_are_named(keys: list[Key]) -> None:
    """Judged by a plain rule, one person at a time."""
    persons: dict[str, list[Key]] = defaultdict(list)
    for one in keys:
        persons[one[0]].append(one)
    lost, united = by_row(chosen(*keys))
    expected_lost, expected_united = {}, {}
    for email, rows in persons.items():
        best = min(rows, key=lambda one: (RANKS[one[1]], -one[2]))
        for one in rows:
            if one != best:
                expected_lost[one[1], one[2]] = (email, best[1], best[2])
        if len(rows) > 1:
            groups = sorted({group for one in rows for group in GROUPS[one[1]]})
            expected_united[best[1], best[2]] = (groups, any(one[3] for one in rows), any(one[4] for one in rows))
    assert (lost, united) == (expected_lost, expected_united)


def by_row(choice: Choice) -> tuple[dict[tuple[str, int], object], dict[tuple[str, int], object]]:
    """Return what was chosen, by source and row."""
    lost: dict[tuple[str, int], object] = {(row[0], row[1]): row[2:] for row in choice.duplicates.rows()}
    return lost, {(row[0], row[1]): row[2:] for row in choice.united.rows()}
