"""Which row wins an e-mail, and what is united over all rows of a person."""

import random
from collections import defaultdict
from typing import NamedTuple

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.winners import KEYS, Choice, choose_winners
from tests.schemas.strategies import EXAMPLES

CRM, SHOP, NEWS = 0, 1, 2
GROUPS = [(7, 12), (3, 7), ()]
OLD, NEW = "2026-01-01 00:00:00", "2026-01-02 00:00:00"


class Key(NamedTuple):
    """One valid row, as far as it matters here."""

    email: str
    rank: int
    row: int
    priority: int = 1
    newest: str | None = None
    suppressed: bool = False
    held: bool = False
    name: str | None = None
    city: str | None = None


def frame(keys: list[Key]) -> pl.DataFrame:
    """Return rows as the choice takes them."""
    return pl.DataFrame(keys, schema={**KEYS, "firstName": pl.String, "city": pl.String}, orient="row")


def chosen(*keys: Key) -> Choice:
    """Choose winners; the winner's row is taken whole."""
    return choose_winners(frame(list(keys)).select(KEYS.names()), GROUPS)


def merged(*keys: Key) -> list[tuple[str | None, str | None]]:
    """Choose winners, and return the names and cities that are merged."""
    united = choose_winners(frame(list(keys)), GROUPS, ["firstName", "city"]).united
    return united.select("firstName", "city").rows()


def test_the_smallest_priority_wins() -> None:
    """Priority is the settings' word for whom to believe: however new the others are."""
    choice = chosen(
        Key("a", NEWS, 1, 3, NEW), Key("a", SHOP, 9, 2, NEW), Key("a", CRM, 4, 1, OLD), Key("a", CRM, 5, 1, None)
    )
    assert choice.duplicates.rows() == [(CRM, 5, CRM, 4), (SHOP, 9, CRM, 4), (NEWS, 1, CRM, 4)]
    assert choice.united.rows() == [(CRM, 4, [3, 7, 12], False, False)]


def test_of_equal_priorities_the_newest_row_wins() -> None:
    """The shop knows the new address, whichever of them the settings name first and whichever row comes later."""
    choice = chosen(Key("a", CRM, 9, newest=OLD), Key("a", SHOP, 1, newest=NEW), Key("a", SHOP, 2, newest=OLD))
    assert choice.duplicates.rows() == [(CRM, 9, SHOP, 1), (SHOP, 2, SHOP, 1)]


def test_a_row_that_says_when_wins_over_one_that_does_not() -> None:
    """Of a row without a readable day it is not known that it is newer."""
    assert chosen(Key("a", CRM, 9), Key("a", SHOP, 1, newest=OLD)).duplicates.rows() == [(CRM, 9, SHOP, 1)]
    assert chosen(Key("a", CRM, 1, newest=OLD), Key("a", CRM, 2)).duplicates.rows() == [(CRM, 2, CRM, 1)]


def test_equally_new_rows_stand_in_the_order_of_the_settings() -> None:
    """Somebody has to win, and the same one every night."""
    assert chosen(Key("a", SHOP, 9, newest=NEW), Key("a", CRM, 1, newest=NEW)).duplicates.rows() == [(SHOP, 9, CRM, 1)]
    assert chosen(Key("a", SHOP, 9), Key("a", CRM, 1)).duplicates.rows() == [(SHOP, 9, CRM, 1)]


def test_within_a_source_the_later_row_wins() -> None:
    """Exports append what is newer."""
    choice = chosen(Key("a", CRM, 1), Key("b", CRM, 2), Key("a", CRM, 3), Key("a", CRM, 2000))
    assert choice.duplicates.rows() == [(CRM, 1, CRM, 2000), (CRM, 3, CRM, 2000)]
    assert choice.united.rows() == [(CRM, 2000, [7, 12], False, False)]


def test_equal_row_numbers_of_two_sources_are_two_rows() -> None:
    """Row 1 of the shop lost, not row 1 of the customers."""
    assert chosen(Key("a", CRM, 1), Key("a", SHOP, 1)).duplicates.rows() == [(SHOP, 1, CRM, 1)]


def test_opt_outs_are_united_whichever_row_wins() -> None:
    """Whoever opted out anywhere is opted out, and be it in the oldest row of the last source."""
    choice = chosen(
        Key("a", CRM, 1, 1, NEW),
        Key("a", SHOP, 1, 2, OLD, suppressed=True),
        Key("b", CRM, 2, held=True),
        Key("b", CRM, 3),
        Key("c", CRM, 4, suppressed=True),
        Key("c", NEWS, 4, held=True),
    )
    united = {row: (suppressed, held) for _, row, _, suppressed, held in choice.united.rows()}
    assert united == {1: (True, False), 3: (False, True), 4: (True, True)}


def test_opt_outs_of_one_person_are_not_another_s() -> None:
    """Uniting must not spill over."""
    choice = chosen(
        Key("a", CRM, 1), Key("a", SHOP, 1), Key("b", CRM, 2, suppressed=True), Key("b", SHOP, 2, held=True)
    )
    assert choice.united.select("row", "suppressed", "held").rows() == [(1, False, False), (2, True, True)]


def test_fields_are_merged_from_the_best_row_that_has_a_value() -> None:
    """The winner's own values stay; what it leaves open comes from the next best row, not from the fullest one."""
    shop, news = Key("a", SHOP, 1, 2, name="Old", city="Bonn"), Key("a", NEWS, 1, 3, city="Rome")
    assert merged(Key("a", CRM, 1, 1, name="Ann"), shop, news) == [("Ann", "Bonn")]
    assert merged(Key("a", CRM, 1, name="Ann", city="Bonn"), Key("a", CRM, 2, newest=None)) == [("Ann", "Bonn")]


def test_a_field_that_is_cleared_is_not_filled() -> None:
    """An empty text was asked for, with `blank: clear`: another row's value would bring back what was taken out."""
    assert merged(Key("a", CRM, 1, 1, name="", city=""), Key("a", SHOP, 1, 2, name="Ann")) == [("", "")]
    assert merged(Key("a", CRM, 1, 1), Key("a", SHOP, 1, 2, city=""), Key("a", NEWS, 1, 3, city="Rome")) == [(None, "")]


def test_whoever_stands_in_one_row_is_no_matter_of_choice() -> None:
    """Most people are; they take no memory here."""
    choice = chosen(Key("a", CRM, 1, suppressed=True), Key("b", SHOP, 1))
    assert (len(choice.duplicates), len(choice.united)) == (0, 0)


def test_no_rows_at_all() -> None:
    """Every row of the day may have been set aside."""
    choice = chosen()
    assert choice.duplicates.columns == ["rank", "row", "winner_rank", "winner_row"]
    assert choice.united.columns == ["rank", "row", "group_ids", "suppressed", "held"]
    assert choice.united.schema["group_ids"] == pl.List(pl.Int64)
    assert (len(choice.duplicates), len(choice.united)) == (0, 0)


def test_choices_for_different_persons_are_put_together_by_row() -> None:
    """They are looked up by row, whichever persons were compared first."""
    first = chosen(Key("b", CRM, 2), Key("b", CRM, 9), Key("c", SHOP, 1), Key("c", SHOP, 2))
    second = chosen(Key("a", CRM, 1), Key("a", CRM, 5))
    together = Choice.together([first, second])
    assert together.duplicates.select("rank", "row").rows() == [(CRM, 1), (CRM, 2), (SHOP, 1)]
    assert together.united.select("rank", "row").rows() == [(CRM, 5), (CRM, 9), (SHOP, 2)]


TEXTS = st.sampled_from([None, None, "", "x", "y"])
DRAWN = st.lists(
    st.builds(
        Key,
        email=st.sampled_from("abcd"),
        rank=st.sampled_from([CRM, SHOP, NEWS]),
        row=st.integers(1, 30),
        newest=st.sampled_from([None, OLD, NEW]),
        suppressed=st.booleans(),
        held=st.booleans(),
        name=TEXTS,
        city=TEXTS,
    ),
    max_size=30,
    unique_by=lambda one: (one.rank, one.row),
)
PRIORITIES = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 2)).map(sorted)


def with_priorities(keys: list[Key], priorities: list[int]) -> list[Key]:
    """Return rows with their sources' priorities, which ranks follow."""
    return [key._replace(priority=priorities[key.rank]) for key in keys]


@EXAMPLES
@given(DRAWN, PRIORITIES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(keys: list[Key], priorities: list[int], chance: random.Random) -> None:
    """The stated rule decides, not how slices happened to arrive."""
    rows = with_priorities(keys, priorities)
    other = list(rows)
    chance.shuffle(other)
    one, two = (choose_winners(frame(each), GROUPS, ["firstName", "city"]) for each in (rows, other))
    assert one.duplicates.equals(two.duplicates)
    assert one.united.equals(two.united)


@EXAMPLES
@given(DRAWN, PRIORITIES)
def test_one_row_wins_and_all_others_are_named(keys: list[Key], priorities: list[int]) -> None:
    """Judged by a plain rule, one person at a time."""
    persons: dict[str, list[Key]] = defaultdict(list)
    for one in with_priorities(keys, priorities):
        persons[one.email].append(one)
    choice = choose_winners(frame(with_priorities(keys, priorities)), GROUPS, ["firstName", "city"])
    lost, united = by_row(choice)
    expected_lost: dict[tuple[int, int], object] = {}
    expected_united: dict[tuple[int, int], object] = {}
    for rows in persons.values():
        rows.sort(key=lambda one: (one.rank, -one.row))
        rows.sort(key=lambda one: one.newest or "", reverse=True)
        rows.sort(key=lambda one: one.priority)
        best = rows[0]
        expected_lost |= {(one.rank, one.row): (best.rank, best.row) for one in rows[1:]}
        if len(rows) > 1:
            groups = sorted({group for one in rows for group in GROUPS[one.rank]})
            opt_outs = any(one.suppressed for one in rows), any(one.held for one in rows)
            names = next((one.name for one in rows if one.name is not None), None)
            cities = next((one.city for one in rows if one.city is not None), None)
            expected_united[best.rank, best.row] = (groups, *opt_outs, names, cities)
    assert (lost, united) == (expected_lost, expected_united)


def by_row(choice: Choice) -> tuple[dict[tuple[int, int], object], dict[tuple[int, int], object]]:
    """Return what was chosen, by rank and row."""
    lost: dict[tuple[int, int], object] = {(row[0], row[1]): row[2:] for row in choice.duplicates.rows()}
    return lost, {(row[0], row[1]): row[2:] for row in choice.united.rows()}
