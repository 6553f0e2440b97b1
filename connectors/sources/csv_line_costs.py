"""What it takes to read one line of a CSV that starts and ends inside or outside quotes; knows no other line."""

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

STRAY: Final = 2
"""The cost of a quotation mark that has to be taken as not there."""

MISSING: Final = 3
"""The cost of a separator that has to be taken as lost beside a quotation mark.

Less than two strays, so that a cell whose separator was lost stays one cell; more than one, so that the inch marks of
two rows are not taken as the ends of a cell.
"""

IMPOSSIBLE: Final = 1 << 40


class Passage(NamedTuple):
    """The cheapest readings of a line with the same start and end.

    Attributes:
        cost: What they cost.
        separators: How many separators outside quotes each of them sees.
    """

    cost: int = IMPOSSIBLE
    separators: frozenset[int] = frozenset()


class Passages(NamedTuple):
    """The passages of a line from one start.

    Attributes:
        outside: Those that end outside quotes.
        inside: Those that end inside quotes.
    """

    outside: Passage
    inside: Passage


_Steps = dict[int, tuple[tuple[int, int, int], ...]]  # from a state: to which, at what cost, past how many separators

_FRESH, _BARE, _QUOTED, _CLOSED = range(
    4
)  # at a cell's start, in a bare cell, inside quotes, after a mark that closed them

_MARK: Final[_Steps] = {
    _FRESH: ((_QUOTED, 0, 0), (_FRESH, STRAY, 0)),
    _BARE: ((_BARE, STRAY, 0), (_QUOTED, MISSING, 1)),
    _QUOTED: ((_CLOSED, 0, 0), (_QUOTED, STRAY, 0)),
    _CLOSED: ((_QUOTED, 0, 0), (_CLOSED, STRAY, 0)),
}
_SEPARATOR: Final[_Steps] = {
    _FRESH: ((_FRESH, 0, 1),),
    _BARE: ((_FRESH, 0, 1),),
    _QUOTED: ((_QUOTED, 0, 0),),
    _CLOSED: ((_FRESH, 0, 1),),
}
_OTHER: Final[_Steps] = {
    _FRESH: ((_BARE, 0, 0),),
    _BARE: ((_BARE, 0, 0),),
    _QUOTED: ((_QUOTED, 0, 0),),
    _CLOSED: ((_BARE, MISSING, 1),),
}
_STEPS: Final = {'"': _MARK, ",": _SEPARATOR, "x": _OTHER}


def line_costs(body: str, separator: str, quote: str) -> tuple[Passages, Passages]:
    """Return the cheapest passages through a line: those that start outside quotes, then those that start inside.

    Args:
        body: The line without its line end.
        separator: One character.
        quote: One character.
    """
    shape = _other_text(separator, quote).sub("x", body)
    return _passages(shape.translate({ord(separator): ",", ord(quote): '"'}))


@cache
def _other_text(separator: str, quote: str) -> re.Pattern[str]:
    return re.compile(f"[^{re.escape(separator + quote)}]+")


@lru_cache(maxsize=1 << 14)  # the lines of one file have few shapes
def _passages(shape: str) -> tuple[Passages, Passages]:
    return _through(shape, _FRESH), _through(shape, _QUOTED)


def _through(shape: str, start: int) -> Passages:
    passages = {start: Passage(0, frozenset({0}))}
    for token in shape:
        reached: dict[int, Passage] = {}
        for state, passage in passages.items():
            for target, cost, separators in _STEPS[token][state]:
                seen = frozenset(count + separators for count in passage.separators)
                reached[target] = _cheaper(reached.get(target, Passage()), Passage(passage.cost + cost, seen))
        passages = reached
    inside = passages.pop(_QUOTED, Passage())
    outside = Passage()
    for passage in passages.values():
        outside = _cheaper(outside, passage)
    return Passages(outside, inside)


def _cheaper(one: Passage, other: Passage) -> Passage:
    """Return the cheaper passage, or both as one where they cost the same."""
    if one.cost == other.cost:
        return Passage(one.cost, one.separators | other.separators)
    return min(one, other, key=lambda passage: passage.cost)
