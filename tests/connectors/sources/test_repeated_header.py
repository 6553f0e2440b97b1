"""Headers that stand in a file once more are no contacts, and the rows below them are."""

from pathlib import Path

import pytest

from tests.connectors.sources.opening import csv

TABLE = "email,name\na@b.c,A\nd@e.f,D\n"


@pytest.mark.parametrize("again", ["email,name\n", '"email","name"\r\n', '"email",name\n\n'])
def test_exports_joined_end_to_end_are_rows_of_one_file(tmp_path: Path, again: str) -> None:
    """Each file's header but the first is set aside with its line, however it is quoted; no contact goes with it."""
    held = csv(tmp_path, TABLE + again + "g@h.i,G\n" + again + "j@k.l,J\n")
    assert held.cells == [("a@b.c", "A"), ("d@e.f", "D"), ("g@h.i", "G"), ("j@k.l", "J")]
    assert held.faults == {3: ("repeated_header", None), 5: ("repeated_header", None)}
    assert held.lines[2] == 4


def test_a_header_of_two_lines_is_one(tmp_path: Path) -> None:
    """The second line has no contact on it."""
    held = csv(tmp_path, "email,name\n" + TABLE)
    assert held.faults == {1: ("repeated_header", None)}
    assert held.cells == [("a@b.c", "A"), ("d@e.f", "D")]


@pytest.mark.parametrize("row", ["email,Name", "email,A", "a@b.c,name", "email,name ", " email,name"])
def test_what_differs_in_one_cell_is_a_row(tmp_path: Path, row: str) -> None:
    """Only what says nothing but the names is taken for names."""
    assert csv(tmp_path, f"{TABLE}{row}\n").cells[2] == tuple(row.split(","))


def test_other_faults_keep_their_code_beside_it(tmp_path: Path) -> None:
    """In a damaged file, and at its end, a repeated header is one thing and a ragged row another."""
    held = csv(tmp_path, TABLE + 'email,name\nemail\n5" x,y\nemail,name\n')
    assert {number: code for number, (code, _) in held.faults.items()} == {
        3: "repeated_header",
        4: "ragged_row",
        5: "stray_quote",
        6: "repeated_header",
    }


def test_a_column_of_one_name_is_compared_whole(tmp_path: Path) -> None:
    """Also where the header has a name twice or none at all."""
    held = csv(tmp_path, "email,,x,x\n,,x,x\nemail,,x,x\nemail,a,x,x\n")
    assert held.faults == {2: ("repeated_header", None)}
    assert held.cells == [("", "", "x", "x"), ("email", "a", "x", "x")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_exports_joined_with_their_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    """A mark in the middle of a file makes the header above the second half no person."""
    held = csv(tmp_path, "email,name\na@b.c,A\n".encode(encoding) + "email,name\nd@e.f,D\n".encode(encoding))
    assert held.cells == [("a@b.c", "A"), ("d@e.f", "D")]
    assert held.faults == {2: ("repeated_header", None)}
