"""Total lines: set aside under their own code at the end of a file, and never anywhere else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.errors import SourceEmpty
from tests.connectors.sources.opening import csv
from tests.connectors.sources.test_csv_round_trip import read_back

TOTAL = "total_line"
TABLE = "email,name,spent\na@b.c,A,1\nd@e.f,D,2\n"


@pytest.mark.parametrize(
    "line",
    [
        "Total,,3",
        "TOTAL,,3",
        ",Total,3",
        ",Grand total,3",
        "Totals:,,3",
        "Sub-total,,3",
        "Subtotal,,3",
        "Sum,2 rows,3",
        "Gesamt,,3",
        "Gesamtsumme,,3",
        "Summe:,,3",
        "Total général,,3",
        "Suma,,3",
        "Totale,,3",
        "Totaal,,3",
        "** Total **,,3",
        " Total ,,3",
        '"Total, all shops",,3',
    ],
)
def test_a_total_line_is_set_aside_under_its_code(tmp_path: Path, line: str) -> None:
    """It gets an outcome like every row, and its cells stay to be seen."""
    held = csv(tmp_path, TABLE + line)
    assert held.rows == {1: ("a@b.c", "A", "1"), 2: ("d@e.f", "D", "2")}
    assert held.faults == {3: (TOTAL, None)}
    assert held.lines == [2, 3, 4]
    assert (held.facts["rows"], held.facts["set_aside"]) == (3, 1)


@pytest.mark.parametrize("line", ["Grand total: 2 rows", "Total,3", "Total,,,3", '"Total",'])
def test_a_total_line_that_does_not_fit_the_header_is_one_too(tmp_path: Path, line: str) -> None:
    """A footer of its own width is called a total, not a ragged row, and keeps its text."""
    held = csv(tmp_path, TABLE + line + "\n\n")
    assert held.faults == {3: (TOTAL, line)}


def test_a_total_line_is_found_among_stray_quotes(tmp_path: Path) -> None:
    """The careful way of reading knows it as well."""
    held = csv(tmp_path, TABLE + 'g@h.i,5" pipe,1\nTotal,,3\n')
    assert held.faults == {3: ("stray_quote", 'g@h.i,5" pipe,1'), 4: (TOTAL, None)}
    stray = 'Total,5" pipe and 6" pipe,3'
    assert csv(tmp_path, TABLE + stray).faults == {3: (TOTAL, stray)}


@pytest.mark.parametrize(
    "line",
    [
        "total@b.c,Total,3",
        "g@h.i,Total,3",
        "Summer,,3",
        "Totally,,3",
        ",Sumner,3",
        "Rows,total,3",
        ",,3",
        ",,",
        ",Dr. Sum,3",
    ],
)
def test_what_is_no_total_line_is_a_row(tmp_path: Path, line: str) -> None:
    """An address makes a contact whatever its name is, and a word must be the whole word, at the start."""
    held = csv(tmp_path, TABLE + line)
    assert held.rows[3] == tuple(line.split(","))


def test_a_ragged_last_row_with_an_address_stays_ragged(tmp_path: Path) -> None:
    """A contact whose row is damaged is not called a total."""
    assert csv(tmp_path, TABLE + "Total,g@h.i").faults == {3: ("ragged_row", "Total,g@h.i")}


def test_only_the_last_row_is_judged(tmp_path: Path) -> None:
    """In the middle of a file the word is somebody's name; validation says that the address is missing."""
    held = csv(tmp_path, "email,name,spent\nTotal,,3\na@b.c,A,1\n")
    assert held.rows == {1: ("Total", "", "3"), 2: ("a@b.c", "A", "1")}


def test_the_last_row_of_many_blocks_is_judged(tmp_path: Path) -> None:
    """A file read in pieces has one end, and no piece is lost or swapped before it."""
    rows = "".join(f"{n}@example.com,{'x' * 90},{n}\n" for n in range(1, 100_001))
    held = csv(tmp_path, "email,name,spent\n" + rows + "Total,,3\n")
    assert held.faults == {100_001: (TOTAL, None)}
    assert [cells[2] for cells in held.cells] == [str(n) for n in range(1, 100_001)]


@pytest.mark.parametrize("line", ["Total,,0", "Total: 0 rows"])
def test_a_total_and_no_other_row_is_empty(tmp_path: Path, line: str) -> None:
    """An export of nobody with a total of 0 stops the sync like any empty file."""
    with pytest.raises(SourceEmpty, match="holds a total line and no other row"):
        csv(tmp_path, f"email,name,spent\n{line}\n")


CELLS = st.sampled_from(["", " ", "Total", "Sum", "a@b.c", "A", "Summe: 3"])


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=7))
@settings(max_examples=100, deadline=None)
def test_no_row_vanishes_and_no_contact_is_called_a_total(rows: list[list[str]]) -> None:
    """Whatever the rows are, each is there once; with an address in its column it is never set aside as a total."""
    rows = [["a@b.c", "A", "1"], *rows]
    held = read_back("email,name,spent\n" + "".join(f"{','.join(row)}\n" for row in rows), ",")
    texts = [",".join(row) for row in rows if row != [""]]
    assert len(held.rows) + len(held.faults) == len(texts)
    assert all("@" not in texts[row - 1].split(",")[0] for row, fault in held.faults.items() if fault[0] == TOTAL)
    assert {row for row, fault in held.faults.items() if fault[0] == TOTAL} <= {len(texts)}
