"""What it takes to read one line of a CSV that starts and ends inside or outside quotes; knows no other line."""

import re
from functools import cache, lru_cache
from typing import Final

STRAY: Final = 2
"""The cost of a quotation mark that has to be taken as not there."""

MISSING: Final = 3
"""The cost of a separator that has to be taken as lost beside a quotation mark.

Less than two strays, so that a cell whose separator was lost stays one cell; more than one, so that the inch marks of
two rows are not taken as the ends of a cell.
"""

IMPOSSIBLE: Final = 1 << 40

Costs = tuple[tuple[int, int], tuple[int, int]]
"""`costs[start][end]`, where 0 is outside and 1 is inside quotes."""

_Steps = dict[int, tuple[tuple[int, int], ...]]  # from a state to states, each with its cost

_FRESH, _TEXT, _QUOTED, _CLOSED = range(
    4
)  # at a cell's start, in a bare cell, inside quotes, after a mark that closed them

_MARK: Final[_Steps] = {
    _FRESH: ((_QUOTED, 0), (_FRESH, STRAY)),
    _TEXT: ((_TEXT, STRAY), (_QUOTED, MISSING)),
    _QUOTED: ((_CLOSED, 0), (_QUOTED, STRAY)),
    _CLOSED: ((_QUOTED, 0), (_CLOSED, STRAY)),
}
_SEPARATOR: Final[_Steps] = {
    _FRESH: ((_FRESH, 0),),
    _TEXT: ((_FRESH, 0),),
    _QUOTED: ((_QUOTED, 0),),
    _CLOSED: ((_FRESH, 0),),
}
_OTHER: Final[_Steps] = {
    _FRESH: ((_TEXT, 0),),
    _TEXT: ((_TEXT, 0),),
    _QUOTED: ((_QUOTED, 0),),
    _CLOSED: ((_TEXT, MISSING),),
}
_STEPS: Final[dict[str, _Steps]] = {'"': _MARK, ",": _SEPARATOR, "x": _OTHER}


def line_costs(body: str, separator: str, quote: str) -> Costs:
    """Return the least cost of each way through a line.

    Args:
        body: The line without its line end.
        separator: One character.
        quote: One character.
    """
    other = _other_text(separator, quote)
    return _costs(other.sub("x", body).translate({ord(separator): ",", ord(quote): '"'}))


@cache
def _other_text(separator: str, quote: str) -> re.Pattern[str]:
    return re.compile(f"[^{re.escape(separator + quote)}]+")


@lru_cache(maxsize=1 << 14)  # the lines of one file have few shapes
def _costs(shape: str) -> Costs:
    return _through(shape, _FRESH), _through(shape, _QUOTED)


def _through(shape: str, start: int) -> tuple[int, int]:
    costs = {start: 0}
    for token in shape:
        reached: dict[int, int] = {}
        for state, cost in costs.items():
            for target, more in _STEPS[token][state]:
                reached[target] = min(reached.get(target, IMPOSSIBLE), cost + more)
        costs = reached
    inside = costs.pop(_QUOTED, IMPOSSIBLE)
    return min(costs.values(), default=IMPOSSIBLE), inside
