"""CSV round trips: what Python's own writer writes reads back the same, and damage is never silent."""

import csv as writer
import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources.csv_layout import Dialect
from connectors.sources.csv_stray_quotes import rows_among_stray_quotes
from connectors.sources.errors import SourceBroken, SourceEmpty
from tests.connectors.sources.opening import Held, csv

SEPARATORS = st.sampled_from([",", ";", "\t"])
QUOTING: st.SearchStrategy["Quoting"] = st.sampled_from([writer.QUOTE_MINIMAL, writer.QUOTE_ALL])
ANY_CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
# The characters that matter, so that few examples meet many coincidences.
HARD_TEXT = st.sampled_from(["a", " ", '"', ",", ";", "\t", "\n", "\r\n", "é"])
HARD_CELL = st.lists(HARD_TEXT, max_size=4).map("".join)

Rows = list[tuple[str, ...]]
Quoting = Literal[0, 1]


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str]) -> Rows:
    """Draw a header and at least one row."""
    width = draw(st.integers(1, 3))
    row = st.tuples(*[cells] * width)
    return [("email", "b", "c")[:width], *draw(st.lists(row, min_size=1, max_size=6))]


def written(rows: Rows, separator: str, quoting: Quoting) -> str:
    """Return the CSV that Python writes."""
    text = io.StringIO(newline="")
    writer.writer(text, delimiter=separator, quoting=quoting).writerows(rows)
    return text.getvalue()


def read_back(text: str, separator: str | None) -> Held:
    """Read a CSV of this text."""
    with TemporaryDirectory() as folder:
        return csv(Path(folder), text, separator=separator, encoding="utf-8")


@given(rows=tables(ANY_CELL | HARD_CELL), separator=SEPARATORS, quoting=QUOTING)
@settings(max_examples=120, deadline=None)
def test_what_was_written_reads_back_the_same(rows: Rows, separator: str, quoting: Quoting) -> None:
    """Every cell of every row comes back as it was, and every row on its own line."""
    text = written(rows, separator, quoting)
    held = read_back(text, separator)
    assert held.header == rows[0]
    assert held.cells == rows[1:]
    assert held.lines == lines_of(rows, separator, quoting)


def lines_of(rows: Rows, separator: str, quoting: Quoting) -> list[int]:
    """Return the line on which each data row starts, counted another way: by writing the rows before it alone."""
    befores = (written(rows[:count], separator, quoting) for count in range(1, len(rows)))
    return [1 + len(re.findall(r"\r\n|\r|\n", before)) for before in befores]


@st.composite
def damages(draw: st.DrawFn) -> tuple[Rows, str, str]:
    """Draw rows, and their CSV with one separator dropped or added, or one quotation mark too many, after the header.

    A separator within quotes is text: a CSV with one more or less there says something else, and nobody can tell.
    """
    rows, separator, quoting = draw(tables(HARD_CELL)), draw(SEPARATORS), draw(QUOTING)
    text = written(rows, separator, quoting)
    header = len(written(rows[:1], separator, quoting))
    outside = [place for place in range(header, len(text)) if text[:place].count('"') % 2 == 0]
    # Between CR and LF a separator would make a row of its own.
    between = [place for place in outside if text[place - 1 : place + 1] != "\r\n"]
    dropped = [text[:place] + text[place + 1 :] for place in outside if text[place] == separator]
    added = [text[:place] + separator + text[place:] for place in between]
    quoted = [text[:place] + '"' + text[place:] for place in range(header, len(text))]
    return (
        rows,
        separator,
        draw(st.sampled_from(draw(st.sampled_from([one for one in (dropped, added, quoted) if one])))),
    )


@given(damages())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damage_is_never_silent(damaged: tuple[Rows, str, str]) -> None:
    """Every row that reads well after one damage was there before, in the same order; or the file is refused."""
    rows, separator, text = damaged
    try:
        held = read_back(text, separator)
    except (SourceBroken, SourceEmpty):
        return
    left = iter(rows[1:])
    assert all(cells in left for cells in held.cells)
    # Nothing goes missing either, but a row of blank cells that lost its only separator: that is a blank line.
    assert held.faults or [row for row in held.cells if any(row)] == [row for row in rows[1:] if any(row)]


@given(st.lists(st.sampled_from(["a", '"', ",", "\n", "\r\n"]), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_every_line_of_a_file_with_stray_quotes_is_in_one_row(text: str) -> None:
    """No line is dropped and none is read twice, however many marks are stray."""
    try:
        found = list(rows_among_stray_quotes(io.StringIO("h,i\n" + text, newline=""), Dialect(",", '"'), "people.csv"))
    except SourceBroken:
        return
    lines = [(row.line + offset, line) for row in found for offset, line in enumerate(split(row.text)) if line]
    assert lines == [(number, line) for number, line in enumerate(split("h,i\n" + text), start=1) if line]


def split(text: str) -> list[str]:
    """Return the lines of a text."""
    return re.split(r"\r\n|\r|\n", text)
