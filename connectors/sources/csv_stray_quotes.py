"""Finds the rows of a CSV in which a quotation mark stands where none may: which are certain and which are not.

A stray mark swaps what is inside quotes and what is outside, so each line is read both ways, and whatever a way has to
explain away counts against it. Only what all of the cheapest ways agree on is certain. Cells are not looked at here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from connectors.sources.csv_layout import Dialect
from connectors.sources.csv_line_costs import IMPOSSIBLE, STRAY, line_costs
from connectors.sources.errors import SourceBroken

LONGEST_CELL: Final = 100
"""Lines that a cell may run over in a file with stray marks: it bounds the doubt that one mark spreads."""


@dataclass(frozen=True)
class TextRow:
    """One row as text.

    Attributes:
        line: The line on which it starts.
        text: The row without its last line end.
        certain: Whether its quotation marks are sound and no other reading of the file is as good.
    """

    line: int
    text: str
    certain: bool


@dataclass(frozen=True)
class _Way:
    """One way to read the file up to the end of a line.

    Attributes:
        cost: What it had to explain away.
        rows: The rows that the other way may not share.
        open: The row that is still inside quotes, None outside.
    """

    cost: int
    rows: tuple[TextRow, ...] = ()
    open: TextRow | None = None


_NO_WAY: Final = _Way(IMPOSSIBLE)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def rows_among_stray_quotes(lines: Iterable[str], dialect: Dialect, name: str) -> Iterator[TextRow]:
    """Yield the rows of a CSV without its blank lines; each line that is in doubt is a row of its own.

    Args:
        lines: The file's lines, each with its line end.
        dialect: How the file is written.
        name: What messages call the file.

    Raises:
        SourceBroken: A quotation mark may be open to the end of the file, or for too many lines.
    """
    outside, inside = _Way(0), _NO_WAY
    for number, line in enumerate(lines, start=1):
        outside, inside = _read_line(number, line, outside, inside, dialect)
        if inside.open is not None and number - inside.open.line >= LONGEST_CELL:
            _refuse_open_quote(outside, inside, name)
            inside = _NO_WAY
        shared = len(outside.rows) if inside is _NO_WAY else _shared(outside, inside)
        yield from outside.rows[:shared]
        outside = replace(outside, rows=outside.rows[shared:])
        inside = inside if inside is _NO_WAY else replace(inside, rows=inside.rows[shared:])
    _refuse_open_quote(outside, inside, name)
    yield from outside.rows


def _refuse_open_quote(outside: _Way, inside: _Way, name: str) -> None:
    # A file that ends inside a cell explains an open mark as well as a stray one does.
    if inside.open is not None and inside.cost + STRAY <= outside.cost:
        raise SourceBroken(
            f"{name}: the quotation mark that opens in the row on line {inside.open.line} is not closed, so that "
            "the rows after it cannot be told from its text. Close it, double it or take it out."
        )


def _read_line(number: int, line: str, outside: _Way, inside: _Way, dialect: Dialect) -> tuple[_Way, _Way]:
    body = line.rstrip("\r\n")
    (stay, enter), (leave, remain) = line_costs(body, dialect.separator, dialect.quote)
    alone = TextRow(number, body, certain=stay == 0)
    outsides = [_Way(outside.cost + stay, (*outside.rows, alone) if body else outside.rows)]
    insides = [_Way(outside.cost + enter, outside.rows, TextRow(number, line, certain=enter == 0))]
    if inside.open is not None:
        outsides.append(_Way(inside.cost + leave, (*inside.rows, _longer(inside.open, body, leave))))
        insides.append(_Way(inside.cost + remain, inside.rows, _longer(inside.open, line, remain)))
    return _cheapest(outsides), _cheapest(insides)


def _longer(row: TextRow, text: str, cost: int) -> TextRow:
    return TextRow(row.line, row.text + text, certain=row.certain and cost == 0)


def _cheapest(ways: list[_Way]) -> _Way:
    least = min(way.cost for way in ways)
    if least >= IMPOSSIBLE:
        return _NO_WAY
    best = [way for way in ways if way.cost == least]
    return best[0] if len(best) == 1 else _in_doubt(*best)


def _in_doubt(one: _Way, other: _Way) -> _Way:
    """Merge two ways that are equally good: what they do not share becomes uncertain, line by line."""
    shared = _shared(one, other)
    unshared = (*one.rows[shared:], *([] if one.open is None else [one.open]))
    lines = tuple(line for row in unshared for line in _lines(row))
    if one.open is None:
        return _Way(one.cost, one.rows[:shared] + lines)
    return _Way(
        one.cost,
        one.rows[:shared],
        TextRow(lines[0].line, "\n".join(line.text for line in lines) + "\n", certain=False),
    )


def _shared(one: _Way, other: _Way) -> int:
    pairs = zip(one.rows, other.rows, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))


def _lines(row: TextRow) -> Iterator[TextRow]:
    for offset, text in enumerate(_LINE_END.split(row.text)):
        if text:
            yield TextRow(row.line + offset, text, certain=False)
