"""Walks a CSV at memory speed: where rows start, on which line, and whether quotation marks stand where they may.

Cells are not looked at here: `csv_sound` reads a file whose marks are sound, `csv_unsound` one whose marks are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

CHUNK: Final = 4 << 20
LF, CR = 10, 13
NUL: Final = "\0"

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written: two single ASCII characters."""

    separator: str
    quote: str


@dataclass(frozen=True)
class CsvText:
    """A CSV as UTF-8 text.

    Attributes:
        path: Our copy of it.
        start: Where its header, or a blank line above it, starts, in bytes.
        dialect: How it is written.
        name: What messages call it.
        line: The line that it starts with, later than 1 below a preamble.
    """

    path: Path
    start: int
    dialect: Dialect
    name: str
    line: int = 1


@dataclass
class Layout:
    """What the walk found.

    Attributes:
        sound: Whether every quotation mark opens, closes or is doubled as RFC 4180, section 2 has it.
        nul: Whether the text holds a NUL byte.
        rows: The rows that are not blank, the header included.
        header_start: The offset of the header in bytes.
        header_end: The offset of the first row after the header in bytes, or of the file's end.
        longest: The length of the longest row in bytes.
    """

    sound: bool = True
    nul: bool = False
    rows: int = 0
    header_start: int = 0
    header_end: int = 0
    longest: int = 0
    _last_start: int = field(default=0, repr=False)

    def add(self, starts: Positions) -> None:
        """Take in the offsets of further rows."""
        if not self.rows and starts.size:
            self.header_start = self._last_start = int(starts[0])
        if self.rows < 2 <= self.rows + starts.size:  # noqa: PLR2004 - the second row is the first after the header
            self.header_end = int(starts[1 - self.rows])
        if starts.size:
            self.longest = max(self.longest, int(np.diff(starts, prepend=self._last_start).max()))
            self._last_start = int(starts[-1])
        self.rows += int(starts.size)

    def end(self, size: int) -> None:
        """Close the last row."""
        self.longest = max(self.longest, size - self._last_start)
        self.header_end = self.header_end or size


def walk(csv: CsvText, lines: Path) -> Layout:
    """Find the layout of a CSV, and write the line of each row that is not blank to a file, as int64.

    A line ends with LF, CRLF or a lone CR; a row ends with a line that ends outside quotes; an empty row is no row.

    Args:
        csv: The CSV.
        lines: The file to write the lines to.
    """
    layout, position = Layout(), _Position(csv.start, csv.line - 1)
    quote = ord(csv.dialect.quote)
    boundary = np.zeros(256, dtype=bool)
    boundary[[LF, CR, ord(csv.dialect.separator), quote]] = True
    with lines.open("wb") as numbers:
        for text in _windows(csv):
            layout.nul |= ord(NUL) in text
            window = np.frombuffer(text, dtype=np.uint8)
            quotes = np.flatnonzero(window[1:-1] == quote)
            layout.sound &= _well_placed(window, quotes, position, boundary)
            starts, on_lines = _rows(window, quotes, position)
            layout.add(starts)
            on_lines.tofile(numbers)
            position.offset += len(text) - 2
    layout.sound &= not position.inside
    layout.end(position.offset)
    return layout


@dataclass
class _Position:
    """Where the walk stands: the offset in bytes, the line ends before it in the file, and 1 inside quotes."""

    offset: int
    ends: int = 0
    inside: int = 0
    first: bool = True


def _windows(csv: CsvText) -> Iterator[bytes]:
    """Yield chunks with the byte before and the byte after; a line feed stands in for both ends of the file."""
    with csv.path.open("rb") as file:
        file.seek(csv.start)
        before, chunk = b"\n", file.read(CHUNK)
        while chunk:
            following = file.read(CHUNK)
            yield before + chunk + (following[:1] or b"\n")
            before, chunk = chunk[-1:], following


def _well_placed(
    window: npt.NDArray[np.uint8], quotes: Positions, position: _Position, boundary: npt.NDArray[np.bool_]
) -> bool:
    """Tell whether each quotation mark opens after a boundary or closes before one; a doubled one closes and opens."""
    opens = (position.inside + np.arange(quotes.size)) % 2 == 0
    # The window starts one byte early: window[i] stands before body[i], window[i + 2] after it.
    before, after = window[quotes[opens]], window[quotes[~opens] + 2]
    return bool(boundary[before].all() and boundary[after].all())


def _rows(window: npt.NDArray[np.uint8], quotes: Positions, position: _Position) -> tuple[Positions, Positions]:
    """Return the offsets and the lines of the rows that start in or right after this window."""
    ends = _line_ends(window)
    outside = (position.inside + np.searchsorted(quotes, ends)) % 2 == 0
    if position.first:  # the file's start is like the end of a line before it
        ends, outside = np.insert(ends, 0, -1), np.insert(outside, 0, True)
        position.first = False
    first = window[ends + 2]
    kept = outside & (first != LF) & (first != CR)
    numbers = np.flatnonzero(kept) + position.ends + 1
    position.ends += ends.size
    position.inside = (position.inside + quotes.size) % 2
    return ends[kept] + 1 + position.offset, numbers


def _line_ends(window: npt.NDArray[np.uint8]) -> Positions:
    body, after = window[1:-1], window[2:]
    ends = np.flatnonzero(body == LF)
    returns = np.flatnonzero(body == CR)
    lone = returns[after[returns] != LF]
    return np.sort(np.concatenate([ends, lone])) if lone.size else ends
