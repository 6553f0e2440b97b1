"""Stray quotes: what is certain in a damaged file, what is in doubt, and when a file has to be refused."""

import io

import pytest

from connectors.sources.csv_layout import Dialect
from connectors.sources.csv_stray_quotes import LONGEST_CELL, TextRow, rows_among_stray_quotes
from connectors.sources.errors import SourceBroken


def rows(text: str) -> list[TextRow]:
    """Return the data rows of a file of two columns with this text after the header."""
    lines = io.StringIO("h,i\n" + text, newline="")
    header, *found = rows_among_stray_quotes(lines, Dialect(",", '"'), "people.csv")
    assert header == TextRow(1, "h,i", certain=True)
    return found


def certain(text: str) -> dict[int, bool]:
    """Return whether the row on each line is certain."""
    return {row.line: row.certain for row in rows(text)}


def test_a_stray_mark_touches_its_own_row_only() -> None:
    """The rows around it are certain, also those whose cells run over lines."""
    assert rows('"a\nb",c\nd,5" e\n"f\n\ng",h\n') == [
        TextRow(2, '"a\nb",c', certain=True),
        TextRow(4, 'd,5" e', certain=False),
        TextRow(5, '"f\n\ng",h', certain=True),
    ]


def test_many_inch_marks_do_not_make_cells_of_what_lies_between() -> None:
    """Two stray marks are not taken for the start and the end of a cell."""
    assert certain('a,5" b\nc,d\ne,6" f\ng,h\n"i",j\n') == {2: False, 3: True, 4: False, 5: True, 6: True}


def test_an_opening_mark_too_many_ends_with_its_line() -> None:
    """The next quoted cell shows that the mark opened nothing."""
    assert certain('a,"b\nc,d\n"e",f\n') == {2: False, 3: True, 4: True}


def test_rows_that_two_readings_share_out_differently_are_in_doubt() -> None:
    """`"b"` may end a cell, or the stray mark may end it two lines later: none of these lines is read as a row."""
    assert rows('z,z\na,"b"\nc\nd"\ny,"y"\n') == [
        TextRow(2, "z,z", certain=True),
        TextRow(3, 'a,"b"\nc\nd"', certain=False),
        TextRow(6, 'y,"y"', certain=True),
    ]
    assert certain('z,z\n"a","b"\nc,d"\ny,"y"\n') == {2: True, 3: False, 4: False, 5: True}


def test_a_lost_separator_keeps_its_cell_together() -> None:
    """The lines of a cell whose separator was lost are not read as rows, though they look like rows."""
    assert certain('"a\nx,y\nb"c\n"d",e\n') == {2: False, 5: True}
    assert certain('a"b\nx,y\nc"\n"d",e\n') == {2: False, 5: True}


def test_marks_that_could_be_the_two_ends_of_a_cell_leave_what_is_between_in_doubt() -> None:
    """A first mark whose separator was lost and a last one that closes: the lines between may be text, so they wait."""
    assert certain('a,5" b\nc,d\ne,24"\n"f",g\n') == {2: False, 3: False, 4: False, 5: True}


def test_a_row_with_too_few_cells_is_no_reason_for_doubt() -> None:
    """A ragged row in a damaged file is certain as text, and counted later as what it is."""
    assert certain('a\nb,5" c\nd,e,f\n"g",h\n') == {2: True, 3: False, 4: True, 5: True}


def test_blank_lines_are_no_rows() -> None:
    """A blank line between rows is no row here, either."""
    assert certain('a,5" b\n\n\r\nc,d\n') == {2: False, 5: True}


@pytest.mark.parametrize("text", ['a,"b\nc,d\n', '5" a,b\nc,"d', '"', 'a,b\n"c\nd\n'])
def test_a_mark_open_to_the_end_refuses_the_file(text: str) -> None:
    """What follows an opening mark may be its cell, cut by the end of the file."""
    with pytest.raises(SourceBroken, match="is not closed"):
        rows(text)


def test_a_mark_open_for_too_long_refuses_the_file() -> None:
    """A file is not read to its end, in growing memory, to learn what one mark meant."""
    with pytest.raises(SourceBroken, match="opens in the row on line 2 is not closed"):
        rows('a,"b\n' + "c,d\n" * LONGEST_CELL + '"e",f\n5" g,h\n')
    assert certain('a,"b\n' + "c,d\n" * (LONGEST_CELL - 2) + '"e",f\n')[2] is False


def test_doubt_does_not_spread_further_than_a_cell_may() -> None:
    """After many good rows, a stray mark is no reason to doubt the last quoted cell before them."""
    found = certain('"a","b"\n' + "c,d\n" * LONGEST_CELL + 'e,24"\n"f",g\n')
    assert [line for line, sure in found.items() if not sure] == [LONGEST_CELL + 3]


def test_a_header_over_two_lines_is_read() -> None:
    """A header whose name holds a line end is a header."""
    lines = io.StringIO('\n"h\n1",i\na,5" b\n', newline="")
    header, row = rows_among_stray_quotes(lines, Dialect(",", '"'), "people.csv")
    assert header == TextRow(2, '"h\n1",i', certain=True)
    assert row.line == 4


@pytest.mark.parametrize("text", ['"h"1,i\na,b\n', '"h,i\na,b\n', 'h,"i', '"h\n' + "i\n" * LONGEST_CELL + '",i\n'])
def test_an_unsound_header_refuses_the_file(text: str) -> None:
    """Columns are never guessed."""
    with pytest.raises(SourceBroken, match="the header, on line 1"):
        list(rows_among_stray_quotes(io.StringIO(text, newline=""), Dialect(",", '"'), "people.csv"))
