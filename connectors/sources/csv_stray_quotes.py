"""Finds the rows of a CSV in which a quotation mark stands where none may: which are certain and which are not.

A stray mark swaps what is inside quotes and what is outside, so each line is read both ways, and whatever a way has to
explain away counts against it. Only what all of the cheapest ways agree on is certain. Cells are not looked at here.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import dropwhile, takewhile
from typing import Final, NamedTuple

from connectors.sources.csv_layout import NUL, Dialect
from connectors.sources.csv_line_costs import IMPOSSIBLE, STRAY, Passage, Passages, line_costs
from connectors.sources.errors import SourceBroken

RAGGED: Final = 1
"""What it costs a way that a row does not have as many cells as the header."""

LONGEST_CELL: Final = 100
"""Lines that a cell may run over in a file with stray marks: it bounds the doubt that one mark spreads."""


class TextRow(NamedTuple):
    """One row as text.

    Attributes:
        line: The line on which it starts.
        text: The row without its last line end.
        certain: Whether its quotation marks are sound and no other reading of the file is as good.
    """

    line: int
    text: str
    certain: bool


class _Way(NamedTuple):
    """One way to read the file up to the end of a line.

    Attributes:
        cost: What it had to explain away.
        rows: The rows that the other way may not share.
        open: The row that is still inside quotes, None outside.
        separators: How many separators the open row may have so far.
    """

    cost: int
    rows: tuple[TextRow, ...] = ()
    open: TextRow | None = None
    separators: frozenset[int] = frozenset()


class _Line(NamedTuple):
    number: int
    text: str
    body: str
    passages: tuple[Passages, Passages]


_NO_WAY: Final = _Way(IMPOSSIBLE)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def rows_among_stray_quotes(lines: Iterable[str], dialect: Dialect, name: str, first: int = 1) -> Iterator[TextRow]:
    """Yield the rows of a CSV without its blank lines, the header first; each line in doubt is a row of its own.

    Args:
        lines: The file's lines, each with its line end.
        dialect: How the file is written.
        name: What messages call the file.
        first: The number of the first of the lines.

    Raises:
        SourceBroken: A quotation mark in the header is stray, or one may be open to the end of the file or for too
            many lines.
    """
    measured = _measured(lines, dialect, first)
    header, separators = _header(measured, name)
    yield header
    outside, inside = _Way(0), _NO_WAY
    for line in measured:
        outside, inside = _read_line(line, outside, inside, separators)
        if inside.open is not None and line.number - inside.open.line >= LONGEST_CELL:
            _refuse_open_quote(outside, inside, name)
            inside = _NO_WAY
        shared = len(outside.rows) if inside is _NO_WAY else _shared(outside, inside)
        yield from outside.rows[:shared]
        outside = outside._replace(rows=outside.rows[shared:])
        inside = inside if inside is _NO_WAY else inside._replace(rows=inside.rows[shared:])
    _refuse_open_quote(outside, inside, name)
    yield from outside.rows


def _measured(lines: Iterable[str], dialect: Dialect, first: int) -> Iterator[_Line]:
    for number, text in enumerate(lines, start=first):
        body = text.rstrip("\r\n")
        seen = body.replace(NUL, "")  # no writer's: the marks stand as if it were not there
        yield _Line(number, text, body, line_costs(seen, dialect.separator, dialect.quote))


def _header(lines: Iterator[_Line], name: str) -> tuple[TextRow, int]:
    """Read the header, which must be sound by itself, and count its separators."""
    text, number, separators, start = "", 0, 0, 0
    for line in dropwhile(lambda line: not line.body, lines):
        number = number or line.number
        passages = line.passages[start]
        if passages.outside.cost == 0:
            return TextRow(number, text + line.body, certain=True), separators + max(passages.outside.separators)
        if passages.inside.cost or line.number - number >= LONGEST_CELL:
            break
        text, separators, start = text + line.text, separators + max(passages.inside.separators), 1
    raise SourceBroken(f"{name}: the header, on line {number}, has a quotation mark where none may stand. Mend it.")


def _refuse_open_quote(outside: _Way, inside: _Way, name: str) -> None:
    # A file that was cut inside a cell explains an open mark as well as a stray one does, if the cell is sound so far.
    if inside.open is not None and inside.cost + STRAY < outside.cost + inside.open.certain:
        raise SourceBroken(
            f"{name}: the quotation mark that opens in the row on line {inside.open.line} is not closed, so that "
            "the rows after it cannot be told from its text. Close it, double it or take it out."
        )


def _read_line(line: _Line, outside: _Way, inside: _Way, separators: int) -> tuple[_Way, _Way]:
    (stay, enter), (leave, remain) = line.passages
    start = TextRow(line.number, "", certain=True)
    outsides = [_closed(outside, start, stay, line.body, separators) if line.body else outside]
    insides = [_opened(outside, start, enter, line.text)]
    if inside.open is not None:
        outsides.append(_closed(inside, inside.open, leave, line.body, separators))
        insides.append(_opened(inside, inside.open, remain, line.text))
    return _cheapest(outsides), _cheapest(insides)


def _closed(way: _Way, row: TextRow, passage: Passage, text: str, separators: int) -> _Way:
    fits = separators in _sums(way.separators, passage.separators)
    cost = way.cost + passage.cost + (0 if fits else RAGGED)
    return _Way(cost, (*way.rows, _longer(row, text, passage.cost)))


def _opened(way: _Way, row: TextRow, passage: Passage, text: str) -> _Way:
    seen = _sums(way.separators, passage.separators)
    return _Way(way.cost + passage.cost, way.rows, _longer(row, text, passage.cost), seen)


def _sums(some: frozenset[int], more: frozenset[int]) -> frozenset[int]:
    return frozenset(one + other for one in some for other in more) if some else more


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
    text = _joined(lines, one.open.line + len(_LINE_END.findall(one.open.text)))
    row = TextRow(lines[0].line, text, certain=False)
    return _Way(one.cost, one.rows[:shared], row, one.separators | other.separators)


def _joined(lines: tuple[TextRow, ...], end: int) -> str:
    """Return the text of lines up to the line `end`, with the blank lines that lie between them."""
    numbers = [*(line.line for line in lines), end]
    return "".join(line.text + "\n" * (below - line.line) for line, below in zip(lines, numbers[1:], strict=True))


def _shared(one: _Way, other: _Way) -> int:
    pairs = zip(one.rows, other.rows, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))


def _lines(row: TextRow) -> Iterator[TextRow]:
    for offset, text in enumerate(_LINE_END.split(row.text)):
        if text:
            yield TextRow(row.line + offset, text, certain=False)
