"""Where batches are cut, and what their ids depend on."""

import itertools
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.batches import Limits, batch_id, cut
from tests.schemas.strategies import EXAMPLES

TWO = '{"email":"a@b.co"}\n{"email":"b@b.co"}'


def batch_numbers(sizes: list[int], limits: Limits) -> list[int]:
    """Return each contact's batch, by its number."""
    counts = cut(pl.Series(sizes, dtype=pl.UInt32), limits)
    return [number for number, count in enumerate(counts) for _ in range(count)]


@pytest.mark.parametrize(
    ("sizes", "limits", "numbers"),
    [
        ([], Limits(), []),
        ([1] * 5, Limits(contacts=2, size=100), [0, 0, 1, 1, 2]),
        ([10, 10, 10], Limits(contacts=9, size=21), [0, 0, 1]),
        ([10, 10, 10], Limits(contacts=9, size=20), [0, 1, 2]),
        ([500, 1, 1], Limits(contacts=9, size=10), [0, 1, 1]),
        ([1, 500, 1, 1], Limits(contacts=9, size=10), [0, 1, 2, 2]),
        ([500, 500], Limits(contacts=9, size=10), [0, 1]),
        ([1, 2, 3], Limits(contacts=1, size=10), [0, 1, 2]),
    ],
)
def test_a_batch_ends_before_a_limit_breaks(sizes: list[int], limits: Limits, numbers: list[int]) -> None:
    """A request too large is refused whole; a single oversized contact goes alone, for the platform to judge."""
    assert batch_numbers(sizes, limits) == numbers


def test_the_limits_unless_set() -> None:
    """A thousand contacts and four million bytes are the stated assumption."""
    assert (Limits().contacts, Limits().size) == (1000, 4_000_000)


@EXAMPLES
@given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 8), st.integers(1, 100))
def test_every_contact_is_in_one_batch_within_the_limits(sizes: list[int], contacts: int, size: int) -> None:
    """Numbers go up by one, and no batch of several contacts breaks a limit, commas included."""
    numbers = batch_numbers(sizes, Limits(contacts, size))
    assert len(numbers) == len(sizes)
    assert [number for number, _ in itertools.groupby(numbers)] == list(range(len(set(numbers))))
    for number in set(numbers):
        own = [one for one, where in zip(sizes, numbers, strict=True) if where == number]
        assert len(own) <= contacts
        assert len(own) == 1 or len(",".join("x" * one for one in own)) <= size


@EXAMPLES
@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.integers(1, 8), st.integers(1, 100))
def test_no_batch_could_have_taken_the_next_contact(sizes: list[int], contacts: int, size: int) -> None:
    """Batches are as full as the limits allow, since the platform counts requests."""
    numbers = batch_numbers(sizes, Limits(contacts, size))
    for place in range(1, len(sizes)):
        if numbers[place] != numbers[place - 1]:
            batch = [one for one, number in zip(sizes, numbers, strict=True) if number == numbers[place - 1]]
            fuller = len(json.dumps(["x" * one for one in [*batch, sizes[place]]], separators=(",", ":")))
            quotes_and_brackets = 2 * (len(batch) + 1) + 2
            assert len(batch) == contacts or fuller - quotes_and_brackets > size


def test_the_id_is_pinned() -> None:
    """Receipts are found by it after a restart, also by the next version."""
    assert batch_id(TWO, [7, 12]) == "8423ca8b121eec3d4a8fa162"


def test_the_id_depends_on_content_order_and_groups() -> None:
    """A batch with an answer is never sent again, so another batch must never have its id."""
    other = ['{"email":"b@b.co"}\n{"email":"a@b.co"}', '{"email":"a@b.co"}', TWO + "\n", ""]
    ids = [batch_id(TWO, [7, 12]), *(batch_id(TWO, groups) for groups in ([], [7], [71, 2], [12, 7]))]
    ids += [batch_id(text, [7, 12]) for text in other]
    assert len(set(ids)) == len(ids)
    assert batch_id(TWO, (7, 12)) == ids[0]
