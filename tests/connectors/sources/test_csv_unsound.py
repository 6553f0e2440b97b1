"""Unsound CSV files in batches: rows numbered on, faults with their text, and many stray marks at once."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connectors.sources.opening import csv
from tests.connectors.sources.test_csv_round_trip import read_back

CELL = st.text(st.sampled_from("ab é"), min_size=1, max_size=3)
STRAYS = st.sampled_from(["{}", "{}", "{}", '{}" b', 'say "{}" b'])


def test_rows_and_lines_go_on_over_batches(tmp_path: Path) -> None:
    """A damaged file of many rows is read in batches like a sound one, and agrees with it but for the stray row."""
    rows = [f'{n}@example.com,"a, b",{n}' for n in range(1, 50_001)]
    rows[39_999] = '40000@example.com,5" b,40000'
    held = csv(tmp_path, "email,name,n\r\n" + "\r\n".join(rows) + "\r\n")
    assert held.faults == {40_000: ("stray_quote", rows[39_999])}
    assert held.rows[50_000] == ("50000@example.com", "a, b", "50000")
    assert held.rows[39_999] == ("39999@example.com", "a, b", "39999")
    assert held.lines == list(range(2, 50_002))
    assert (held.facts["rows"], held.facts["set_aside"]) == (50_000, 1)


def test_cells_are_read_as_in_a_sound_file(tmp_path: Path) -> None:
    """One stray mark at the end of a file changes nothing about the rows before it."""
    content = 'email,b\n"a""b",\n"",""\n" x ", y \n"1\r\n2\r3\n4",\u2028\x0b\x0c\x1c\x85\n'
    sound = csv(tmp_path, content)
    unsound = csv(tmp_path, content + '5" b,c\n')
    assert sound.facts["quotes"] == "sound"
    assert unsound.facts["quotes"] == "stray"
    assert sound.cells == unsound.cells
    assert unsound.lines == [*sound.lines, 9]


def test_text_in_doubt_is_kept_as_found(tmp_path: Path) -> None:
    """Whoever mends the file sees the lines as they are, with their marks."""
    held = csv(tmp_path, 'email,b\n"a@b.c","x"\ny,z"\n"d@e.f","w"\n')
    assert held.faults == {1: ("stray_quote", '"a@b.c","x"'), 2: ("stray_quote", 'y,z"')}
    assert held.rows == {3: ("d@e.f", "w")}


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), st.data())
@settings(max_examples=100, deadline=None)
def test_a_nul_byte_anywhere_costs_its_row_only(table: list[tuple[str, str]], data: st.DataObject) -> None:
    """Wherever one byte was lost to a zero, the rows around it are the ones that were written, quoted or not."""
    rows = [f'{first},"{second},\n{second}"\n' for first, second in table]
    place = data.draw(st.integers(0, len(rows) - 1))
    at = data.draw(st.integers(0, len(rows[place]) - 1))
    spoiled = f"{rows[place][:at]}\0{rows[place][at:]}"
    held = read_back("email,b\n" + "".join([*rows[:place], spoiled, *rows[place + 1 :]]), ",")
    texts = [(first, f"{second},\n{second}") for first, second in table]
    assert held.cells == texts[:place] + texts[place + 1 :]
    assert "nul_byte" in {code for code, _ in held.faults.values()}
    assert "\0" in "".join(text or "" for _, text in held.faults.values())


@given(st.lists(st.tuples(CELL, CELL, STRAYS), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_number_of_stray_marks_sets_aside_their_rows_only(table: list[tuple[str, str, str]]) -> None:
    """In a file whose cells are not quoted, each row with a mark in the middle of a cell is set aside, and no other."""
    rows = [(first, stray.replace("{}", second)) for first, second, stray in table]
    held = read_back("email,b\n" + "".join(",".join(row) + "\n" for row in rows), ",")
    stray = {number for number, row in enumerate(rows, start=1) if '"' in row[1]}
    assert held.faults == {number: ("stray_quote", ",".join(rows[number - 1])) for number in sorted(stray)}
    assert held.rows == {number: row for number, row in enumerate(rows, start=1) if number not in stray}


@given(st.lists(st.tuples(CELL, CELL, STRAYS), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_stray_marks_among_quoted_cells_never_change_another_row(table: list[tuple[str, str, str]]) -> None:
    """In a file whose first cells are quoted and run over lines, every row that is read is one that was written."""
    rows = [(f"{first},\n{first}", stray.replace("{}", second)) for first, second, stray in table]
    held = read_back("email,b\n" + "".join(f'"{first}",{second}\n' for first, second in rows), ",")
    assert set(held.cells) <= {row for row in rows if '"' not in row[1]}
    texts = "\n".join(text or "" for _, text in held.faults.values())
    assert all(re.search(re.escape(row[1]), texts) for row in rows if '"' in row[1])
