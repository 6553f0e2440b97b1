"""Headers below a preamble: found by the mapped columns or stated, never guessed, and no contact passed over."""

from pathlib import Path

import pytest

from connectors.sources.csv_dialect import SAMPLE_BYTES
from connectors.sources.csv_header import MOST_LINES
from connectors.sources.errors import SourceBroken, SourceEmpty, SourceSettingsWrong
from tests.connectors.sources.opening import csv

TABLE = "email,name\na@b.c,A\nd@e.f,D\n"
PREAMBLES = [
    "Customers\n\n",
    "\n\nCustomers of all shops\nExported on 2026-11-24, 08:00\n\n",
    "Customers,\n,\nExported,2026-11-24\n",
    '"Customers, all"\n5" pipes and 3" nails\n',
    '"Exported by\nAnn"\n',
    '"an open mark\n',
    "# email: the address\n# name; the name\n",
    "Questions: help@example.com\n",
    "sep=,\n",
    "a,b,c,d,e,f\n1,2,3,4,5,6\n",
]


@pytest.mark.parametrize("preamble", PREAMBLES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_header_below_a_preamble_is_found(tmp_path: Path, preamble: str, line_end: str) -> None:
    """Titles, remarks, blank lines and stray marks above the header are no rows, and lines are the file's."""
    held = csv(tmp_path, (preamble + TABLE).replace("\n", line_end), fields={"email": "email", "firstName": "name"})
    above = preamble.count("\n")
    assert held.header == ("email", "name")
    assert held.rows == {1: ("a@b.c", "A"), 2: ("d@e.f", "D")}
    assert held.lines == [above + 2, above + 3]
    assert (held.facts["header_line"], held.facts["header_from"]) == (above + 1, "content")
    assert held.facts["quotes"] == "sound"


def test_a_header_on_the_first_line_is_said_to_be_there(tmp_path: Path) -> None:
    """Blank lines alone make no preamble."""
    held = csv(tmp_path, "\n\r\n" + TABLE)
    assert (held.facts["header_line"], held.facts["header_from"]) == (3, "first line")
    assert held.lines == [4, 5]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_found_below_a_preamble(tmp_path: Path, separator: str) -> None:
    """Commas in the title do not decide about the table."""
    held = csv(tmp_path, "Customers, all, of 2026\nnorth, south, west\n\n" + TABLE.replace(",", separator))
    assert held.cells == [("a@b.c", "A"), ("d@e.f", "D")]
    assert held.facts["separator"] == separator


@pytest.mark.parametrize("row", ['x@y.z,5" pipe', "x@y.z", 'x@y.z,"1\n2"'])
def test_lines_go_on_below_a_preamble_whatever_the_rows(tmp_path: Path, row: str) -> None:
    """Rows with stray marks, too few cells and line ends in cells stand where the file has them."""
    held = csv(tmp_path, f"\ufeffCustomers\nof 2026\n\n{TABLE}{row}\nlast@y.z,L\n")
    assert held.lines == [5, 6, 7, 8 + row.count("\n")]
    assert held.rows[4] == ("last@y.z", "L")


def test_a_nul_byte_below_a_preamble_is_named_by_its_line(tmp_path: Path) -> None:
    """The line is the file's there, too, and what stands above the header may hold what it will."""
    held = csv(tmp_path, "Custo\0mers\n\n" + TABLE.replace("d@e", "d\0e"))
    assert held.faults == {2: ("nul_byte", "d\0e.f,D")}
    assert held.lines == [4, 5]
    with pytest.raises(SourceBroken, match=r"header, on line 3, holds a NUL byte"):
        csv(tmp_path, "Customers\n\n" + TABLE.replace("name", "na\0me"), header_line=3)


def test_every_mapped_column_decides(tmp_path: Path) -> None:
    """A title that happens to be one column's name is no header while another column is not beside it."""
    held = csv(tmp_path, "email\n\n" + TABLE, fields={"email": "email", "firstName": "name"})
    assert held.facts["header_line"] == 3


@pytest.mark.parametrize("name", ["Email", "email ", "e-mail"])
def test_a_header_is_found_by_exact_names_only(tmp_path: Path, name: str) -> None:
    """What is nearly the name is not taken: the message speaks of the first line, as without a preamble."""
    with pytest.raises(SourceSettingsWrong, match='column "email" is not there'):
        csv(tmp_path, "Customers\n" + TABLE.replace("email", name))


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    """The first contact is not eaten as a header."""
    with pytest.raises(SourceSettingsWrong, match="looks like a contact, not like a header") as caught:
        csv(tmp_path, "a@b.c,Ann\nd@e.f,D\n")
    assert "Ann" not in str(caught.value)
    assert "a@b.c" not in str(caught.value)


@pytest.mark.parametrize("above", ["E-mail,Name\nx@y.z,X\n\n", "x@y.z,X\n", "Customers\nx@y.z,\n", '"x@y.z","1\n2"\n'])
def test_contacts_above_the_header_are_not_passed_over(tmp_path: Path, above: str) -> None:
    """A second table, or a header that got between the rows, does not make the rows above it vanish."""
    with pytest.raises(SourceBroken, match="above looks like a contact") as caught:
        csv(tmp_path, above + TABLE)
    assert "x@y.z" not in str(caught.value)


def test_the_stated_line_is_the_header(tmp_path: Path) -> None:
    """Whoever states the line has said that what stands above it is no contact."""
    held = csv(tmp_path, "E-mail;Name\nx@y.z;X\n\n" + TABLE + "email,name\n", header_line=4)
    assert held.cells == [("a@b.c", "A"), ("d@e.f", "D")]
    assert held.faults == {3: ("repeated_header", None)}
    assert held.lines == [5, 6, 7]
    assert (held.facts["header_line"], held.facts["header_from"]) == (4, "settings")


def test_the_stated_line_wins_over_a_better_one(tmp_path: Path) -> None:
    """A stated line without the mapped columns is an error, not a reason to look further."""
    with pytest.raises(SourceSettingsWrong, match=r'column "email" is not there.* The header has "Customers"'):
        csv(tmp_path, "Customers\n" + TABLE, header_line=1)


@pytest.mark.parametrize("line", [2, 9])
def test_a_stated_line_that_is_blank_or_missing_is_refused(tmp_path: Path, line: int) -> None:
    """The next line is not taken instead."""
    with pytest.raises(SourceSettingsWrong, match=f"header_line is {line}, and that line is blank or not there"):
        csv(tmp_path, "Customers\n\n" + TABLE, header_line=line)


def test_a_header_is_looked_for_in_the_first_lines_only(tmp_path: Path) -> None:
    """A row far down that repeats the header is no reason to drop what stands above it."""
    title = "Customers\n"
    assert csv(tmp_path, title * (MOST_LINES - 1) + TABLE).facts["header_line"] == MOST_LINES
    with pytest.raises(SourceSettingsWrong, match='column "email" is not there'):
        csv(tmp_path, title * MOST_LINES + TABLE)
    with pytest.raises(SourceSettingsWrong, match='column "email" is not there'):
        csv(tmp_path, "x" * SAMPLE_BYTES + "\n" + TABLE)


def test_a_header_below_a_preamble_and_nothing_else_is_empty(tmp_path: Path) -> None:
    """Titles are no rows."""
    with pytest.raises(SourceEmpty, match="Source crm is empty"):
        csv(tmp_path, "Customers\n\nemail,name\n")


def test_a_repeated_header_among_the_rows_is_set_aside(tmp_path: Path) -> None:
    """Files that were joined are one, and their headers are named one by one; none vanishes."""
    held = csv(tmp_path, TABLE + TABLE)
    assert held.faults == {3: ("repeated_header", None)}
    assert len(held.rows) == 4


def test_a_preamble_in_another_encoding(tmp_path: Path) -> None:
    """Characters of several bytes above the header do not shift it."""
    for encoding in ("utf-8", "cp1252", "utf-16"):
        held = csv(tmp_path, ("Überblick über Kunden, März\r\n" + TABLE).encode(encoding))
        assert held.cells == [("a@b.c", "A"), ("d@e.f", "D")]
