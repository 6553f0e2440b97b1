"""Escape marks: read as their writers mean them, or refused where they have two meanings."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.errors import SourceBroken
from tests.connectors.sources.opening import csv
from tests.connectors.sources.test_csv_round_trip import HARD_TEXT

ESCAPED = {"escape": "\\"}
CELL = st.lists(HARD_TEXT | st.sampled_from(["\\", "N", "\\N"]), max_size=5).map("".join)


def mysql(rows: Sequence[tuple[str | None, ...]]) -> str:
    """Return rows as MySQL's SELECT … INTO OUTFILE writes them with quoted texts: FIELDS ENCLOSED BY, ESCAPED BY."""
    return "".join(",".join(_mysql_cell(cell) for cell in row) + "\n" for row in rows)


def _mysql_cell(cell: str | None) -> str:
    if cell is None:
        return "\\N"
    return '"' + "".join("\\" + mark if mark in '\\",\n' else mark for mark in cell) + '"'


def test_what_mysql_escapes_is_read_as_meant(tmp_path: Path) -> None:
    """Marks, separators, line ends and escapes in a cell come back, and a missing value is an empty cell."""
    rows = [("a@b.c", 'Ann "A" B'), ("d@e.f", "C:\\new, old"), ("g@h.i", "1\n2"), ("j@k.l", None), ("m@n.o", "\\N")]
    held = csv(tmp_path, "\ufeff" + mysql([("email", "name"), *rows]), **ESCAPED)
    assert held.cells == [(email, name or "") for email, name in rows]
    assert held.lines == [2, 3, 4, 6, 7]
    assert (held.facts["quotes"], held.facts["escape"]) == ("sound", "\\")


@given(st.lists(st.tuples(CELL, st.none() | CELL), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_as_mysql_wrote_it(rows: list[tuple[str, str | None]]) -> None:
    """Whatever stands in a table is what is read, row by row."""
    with TemporaryDirectory() as folder:
        held = csv(Path(folder), mysql([("email", "name"), *rows]), separator=",", **ESCAPED)
    assert held.cells == [(email, name or "") for email, name in rows]


@pytest.mark.parametrize(
    "cell",
    ['"C:\\temp"', '"\\N"', "a\\,b", '\\"a\\"', "\\Nx", "x\\N", '"a\\', "a\\", "\\0", '"\\0"', '"\\é"', "a\\\nb"],
)
def test_an_escape_with_two_meanings_is_refused(tmp_path: Path, cell: str) -> None:
    """A tab to one program and a letter to the next: nobody's cell is sent on a guess, and the line is named."""
    with pytest.raises(SourceBroken, match=r"people\.csv: on line 3, an escape mark") as caught:
        csv(tmp_path, f"email,name\nsecret@b.c,A\nd@e.f,{cell}", **ESCAPED)
    assert "secret" not in str(caught.value)


def test_without_the_setting_an_escape_is_text(tmp_path: Path) -> None:
    """A path in a cell stays one, and a mark after an escape is stray: the row is set aside, not read otherwise."""
    held = csv(tmp_path, 'email,name\na@b.c,"C:\\temp"\nd@e.f,"5\\" pipe"\ng@h.i,\\N\n')
    assert held.rows == {1: ("a@b.c", "C:\\temp"), 3: ("g@h.i", "\\N")}
    assert held.faults == {2: ("stray_quote", 'd@e.f,"5\\" pipe"')}
    assert "escape" not in held.facts


def test_rows_with_faults_keep_their_lines(tmp_path: Path) -> None:
    """A ragged row below an escaped line end stands where the file has it."""
    held = csv(tmp_path, 'title\n\nemail;name\na@b.c;"1\\\n2\\;"\nshort\nd@e.f;"D"\n', **ESCAPED)
    assert held.rows == {1: ("a@b.c", "1\n2;"), 3: ("d@e.f", "D")}
    assert held.faults == {2: ("ragged_row", "short")}
    assert held.lines == [4, 6, 7]


@pytest.mark.parametrize("given_marks", [{"escape": '"'}, {"escape": ",", "separator": ","}, {"escape": "a"}])
def test_an_escape_that_is_another_mark_is_refused(tmp_path: Path, given_marks: dict[str, str]) -> None:
    """Settings that contradict themselves are found before a file is opened."""
    with pytest.raises(ValueError, match=r"must differ|ASCII character that is no letter"):
        csv(tmp_path, "email", **given_marks)
