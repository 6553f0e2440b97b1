"""Work done ahead: nothing lost, nothing out of order, and what fails is told."""

import threading
from collections.abc import Iterator

import pytest

from pipelines.steps.ahead import ahead


def test_items_come_in_their_order() -> None:
    """Rows are written in the order in which they were read."""
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter([None, 0, ()]))) == [None, 0, ()]
    assert list(ahead(iter(()))) == []


def test_the_next_item_is_made_while_the_present_one_is_worked_on() -> None:
    """That is what it is for; and no more than the next one, or memory would grow."""
    made: list[int] = []
    made_two = threading.Event()

    def items() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            if number == 1:
                made_two.set()
            yield number

    working = ahead(items())
    assert next(working) == 0
    assert made_two.wait(timeout=10)
    assert made == [0, 1]
    assert list(working) == [1, 2, 3, 4]


def test_what_fails_is_raised_in_its_place() -> None:
    """A table that ends early because reading it failed must not pass for a short one."""

    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    working = ahead(items())
    assert next(working) == 1
    with pytest.raises(OSError, match="gone"):
        next(working)


def test_whoever_stops_early_leaves_no_thread() -> None:
    """A full disk ends the writing in the middle of a table."""
    before = threading.active_count()
    working = ahead(iter(range(5)))
    next(working)
    working.close()  # type: ignore[attr-defined] # a generator is what it is
    assert threading.active_count() == before
