"""Finds the line of a CSV's header, also below a preamble: titles, blank lines, a remark on when it was exported."""

import re
from collections.abc import Iterator, Sequence
from csv import Error
from itertools import islice
from typing import Final, NamedTuple

from connectors.sources.csv_layout import Dialect
from connectors.sources.csv_row import read_row
from connectors.sources.errors import SourceBroken, SourceSettingsWrong

MOST_LINES: Final = 100
"""How far down a header is looked for, in lines."""

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


class HeaderLine(NamedTuple):
    """Where a header stands.

    Attributes:
        line: Its first line, from 1, as an editor shows it.
        start: How many characters stand before it.
        origin: Where that is known from: `settings`, `first line`, or `content` for one below a preamble.
    """

    line: int
    start: int
    origin: str


def stated_header(sample: str, line: int, name: str) -> HeaderLine:
    """Return the place of a line that the settings name.

    Args:
        sample: The start of the file.
        line: The line.
        name: What messages call the file.

    Raises:
        SourceSettingsWrong: There is no such line, or it is blank.
    """
    stated = next((one for one in _lines(sample) if one.line == line), None)
    if stated is None:
        raise SourceSettingsWrong(f"{name}: header_line is {line}, and that line is blank or not there.")
    return stated._replace(origin="settings")


def find_header(sample: str, dialect: Dialect, columns: Sequence[str]) -> HeaderLine:
    """Return the first line with all the mapped columns by their exact names, else the first that is not blank.

    Args:
        sample: The start of the file, cut anywhere.
        dialect: How the file is written.
        columns: The mapped columns.
    """
    first = HeaderLine(1, 0, "first line")
    for place, one in enumerate(islice(_lines(sample), MOST_LINES)):
        first = one._replace(origin="first line") if place == 0 else first
        if set(columns) <= set(_cells(sample[one.start :], dialect)):
            return one._replace(origin="content") if place else first
    return first


def refuse_contacts_above(sample: str, header: HeaderLine, dialect: Dialect, email: str, name: str) -> None:
    """Make sure that no line of a preamble is one that a contact could stand on, since it would be passed over.

    Args:
        sample: The start of the file.
        header: The header's place, found and not stated.
        dialect: How the file is written.
        email: The column of the addresses.
        name: What messages call the file.

    Raises:
        SourceBroken: A line above the header has as many cells as the header, and an address in the same one.
    """
    columns = _cells(sample[header.start :], dialect)
    for one in _lines(sample[: header.start]):
        cells = _cells(sample[one.start : header.start], dialect)
        if len(cells) == len(columns) and "@" in cells[columns.index(email)]:
            raise SourceBroken(
                f"{name}: the mapped columns are found on line {header.line}, but line {one.line} above looks like a "
                "contact. Set header_line to the line of the header, or take out what stands above it."
            )


def _lines(sample: str) -> Iterator[HeaderLine]:
    """Yield the places of the lines that are not blank."""
    for number, found in enumerate(_LINE.finditer(sample), start=1):
        if found.group().strip("\r\n"):
            yield HeaderLine(number, found.start(), "")


def _cells(text: str, dialect: Dialect) -> list[str]:
    """Return the cells of the first row, none where its quotation marks make it no row."""
    try:
        return read_row(text, dialect)
    except Error:
        return []
