"""Line costs: what one line means from outside and from inside quotes."""

import pytest

from connectors.sources.csv_line_costs import IMPOSSIBLE, MISSING, STRAY, Passage, line_costs


def passage(cost: int, *separators: int) -> Passage:
    """Return a passage in few words."""
    return Passage(cost, frozenset(separators))


@pytest.mark.parametrize(
    ("body", "stay", "enter"),
    [
        ("", passage(0, 0), passage(IMPOSSIBLE)),
        ("a,b", passage(0, 1), passage(IMPOSSIBLE)),
        ('"a,b",c', passage(0, 1), passage(STRAY, 0)),
        ('"a""b"', passage(0, 0), passage(STRAY, 0)),
        ('a,"b', passage(STRAY, 1), passage(0, 1)),
        ('5" pipe,b', passage(STRAY, 1), passage(MISSING, 1)),
        ('24",b', passage(STRAY, 1), passage(MISSING, 1)),
        ('"a"b,c', passage(MISSING, 2), passage(STRAY, 0)),
        ('a"b"', passage(MISSING, 1), passage(MISSING + STRAY, 1)),
    ],
)
def test_from_outside(body: str, stay: Passage, enter: Passage) -> None:
    """A sound line costs nothing; each way to explain an unsound one has its price and its number of separators."""
    assert line_costs(body, ",", '"')[0] == (stay, enter)


@pytest.mark.parametrize(
    ("body", "leave", "remain"),
    [
        ("", IMPOSSIBLE, 0),
        ("a,b", IMPOSSIBLE, 0),
        ('a",b', 0, STRAY),
        ('a"", b', STRAY, 0),
        ('"a","b"', STRAY, 2 * STRAY),
        ('x"y', MISSING, STRAY),
    ],
)
def test_from_inside(body: str, leave: int, remain: int) -> None:
    """The same line is read from within a cell, too."""
    found = line_costs(body, ",", '"')[1]
    assert (found.outside.cost, found.inside.cost) == (leave, remain)


def test_the_marks_are_those_of_the_dialect() -> None:
    """Only the separator and the quotation mark of the file have a meaning."""
    assert line_costs("'a;b';\"c,d", ";", "'") == line_costs('"a,b",c', ",", '"')
