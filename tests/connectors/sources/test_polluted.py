"""Polluted CSV files: read exactly, set aside row by row, or refused, and never silently different."""

import re
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.errors import SourceError
from tests.connectors.sources.meant import HEADER, ROWS, Row, line, lines, table
from tests.connectors.sources.opening import Held, csv
from tests.connectors.sources.polluted import Polluted, files

FIELDS = dict(zip(["email", "firstName", "city", "notes", "memo"], HEADER, strict=True))
GUIDE = Path(__file__).parents[3] / "docs" / "reading-files.md"
EXACT, ASIDE, REFUSED, DIFFERENT = "exact", "set aside", "refused", "silently different"
ONE_ROW_ONLY = ("a row with a separator less", "a row with a separator more", "comments between rows")


def mapped(held: Held, width: int) -> list[Row]:
    """Return the cells of the mapped columns without the blanks around them, which every field leaves out."""
    places = [held.header.index(name) for name in HEADER[:width]]
    return [tuple(cells[place].strip() for place in places) for cells in held.cells]


def verdict(folder: Path, file: Polluted) -> str:
    """Tell what became of a file."""
    try:
        held = csv(folder, file.content, **{"fields": FIELDS, **file.given})
    except SourceError:
        return REFUSED
    meant = [tuple(text.strip() for text in row[: len(HEADER)]) for row in file.rows]
    found = mapped(held, len(meant[0]))
    if found == meant and not held.faults:
        return EXACT
    left = iter(meant)
    return ASIDE if held.faults and all(row in left for row in found) else DIFFERENT


def published() -> dict[str, Counter[str]]:
    """Return the scores that the guide shows, by kind of pollution."""
    scores = r"^\| ([^|]+?) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$"
    rows = re.findall(scores, GUIDE.read_text("utf-8"), re.MULTILINE)
    verdicts = (EXACT, ASIDE, REFUSED, DIFFERENT)
    return {kind: Counter(dict(zip(verdicts, map(int, counts), strict=True))) for kind, *counts in rows}


def test_no_polluted_file_is_silently_different(tmp_path: Path) -> None:
    """Not one file reads as other contacts than its author meant, and the scores are those that the guide shows."""
    scores: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for file in files():
        scores[file.kind][verdict(tmp_path, file)] += 1
    assert sum(score[DIFFERENT] for score in scores.values()) == 0
    assert scores == published()


def test_a_row_that_is_set_aside_takes_no_other_with_it(tmp_path: Path) -> None:
    """One row with a separator more or less costs that row only."""
    for file in files():
        if file.kind in ONE_ROW_ONLY:
            held = csv(tmp_path, file.content, fields=FIELDS)
            assert len(held.faults) == 1
            assert len(held.rows) >= len(ROWS) - 1


def test_a_file_that_was_cut_off_changes_no_row_before_the_cut(tmp_path: Path) -> None:
    """Where a file ends early, only its last row can be another one; within quotes the file is refused."""
    content = table(*lines()).encode()
    for end in range(0, len(content), 7):
        try:
            held = csv(tmp_path, content[:end], fields=FIELDS)
        except SourceError:
            continue
        complete = held.cells if held.faults else held.cells[:-1]
        assert complete == ROWS[: len(complete)]


@pytest.mark.parametrize("row", [ROWS[1], ROWS[3]])
def test_any_character_of_a_row_may_be_damaged(tmp_path: Path, row: Row) -> None:
    """Whatever stands in a character's place, no row around it becomes another one: it is read, doubted or refused."""
    text, before, after = line(row), ROWS[0], ROWS[6]
    for place in range(len(text)):
        for mark in ('"', ",", "\n", "\\"):
            damaged = text[:place] + mark + text[place + 1 :]
            try:
                held = csv(tmp_path, table(line(HEADER), line(before), damaged, line(after)), fields=FIELDS)
            except SourceError:
                continue
            assert held.faults or (held.cells[0] == before and held.cells[-1] == after)
            assert all(
                cells in (before, after) or number not in (1, len(held.lines)) for number, cells in held.rows.items()
            )


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda junk: b"email,name\n" + junk))
@settings(max_examples=200, deadline=None)
def test_any_bytes_end_in_rows_or_in_our_own_error(junk: bytes) -> None:
    """No file hangs a sync or ends it with a traceback, and what is read has as many cells as the header."""
    try:
        with TemporaryDirectory() as folder:
            held = csv(Path(folder), junk)
    except SourceError:
        return
    assert all(len(cells) == len(held.header) for cells in held.cells)


@given(st.text("email,;'\"\n\r\t| aT@\\", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_marks_end_in_rows_or_in_our_own_error(text: str) -> None:
    """The guesses about separators, quotation marks and preambles never fail on what they find."""
    try:
        with TemporaryDirectory() as folder:
            held = csv(Path(folder), text + "\nemail,name\n" + text)
    except SourceError:
        return
    assert len(held.rows) + len(held.faults) == len(held.lines)
