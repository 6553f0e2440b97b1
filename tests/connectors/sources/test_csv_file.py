"""CSV files: what is a row, what is set aside, on which line it stands, and what is refused."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from connectors.sources.errors import SourceBroken, SourceEmpty
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from tests.connectors.sources.opening import DAY, csv, settings

RAGGED, STRAY = "ragged_row", "stray_quote"


def test_every_cell_is_text_as_it_stands(tmp_path: Path) -> None:
    """No cell is trimmed, turned into a number or read as missing."""
    held = csv(tmp_path, 'email,a,b,c\nann@example.com,007, x ,""\nbob@example.com,NULL,1e5,\n')
    assert held.cells == [("ann@example.com", "007", " x ", ""), ("bob@example.com", "NULL", "1e5", "")]
    assert held.facts["rows"] == 2
    assert held.facts["set_aside"] == 0


def test_a_ragged_row_is_set_aside_at_its_place_with_its_line(tmp_path: Path) -> None:
    """A row with more or fewer cells is never padded or cut, and the rows around it are read."""
    held = csv(tmp_path, 'email,name\na@b.c,"A\nA"\nshort\nd@e.f,D\nlong,x,y\n')
    assert held.rows == {1: ("a@b.c", "A\nA"), 3: ("d@e.f", "D")}
    assert held.faults == {2: (RAGGED, "short"), 4: (RAGGED, "long,x,y")}
    assert held.lines == [2, 4, 5, 6]
    assert held.facts["set_aside"] == 2


def test_a_file_of_ragged_rows_only_has_rows(tmp_path: Path) -> None:
    """A wrong separator does not look like an empty source."""
    held = csv(tmp_path, "email,name\na\nb\n")
    assert held.faults == {1: (RAGGED, "a"), 2: (RAGGED, "b")}


def test_ragged_rows_keep_their_places_over_many_blocks(tmp_path: Path) -> None:
    """Row numbers and lines are right in a file that is read in pieces."""
    rows = [f"{n}@example.com,{'x' * 100}" if n % 1000 else f'{n}@example.com,"x\n",y' for n in range(1, 100_001)]
    held = csv(tmp_path, "email,name\n" + "\n".join(rows))
    assert list(held.faults) == list(range(1000, 100_001, 1000))
    assert held.rows[99_999][0] == "99999@example.com"
    assert held.lines == [n + 1 + (n - 1) // 1000 for n in range(1, 100_001)]


def test_too_many_ragged_rows_on_end_fail_the_file(tmp_path: Path) -> None:
    """A file whose every row ends with a separator that the header lacks does not fill the memory with texts."""
    with pytest.raises(SourceBroken, match="rows on end do not have as many fields as the header"):
        csv(tmp_path, "email,name\n" + "a@b.c,A,\n" * 100_001)


def test_a_trailing_separator_on_every_line_is_a_column_without_a_name(tmp_path: Path) -> None:
    """Header and rows that both end with a separator agree."""
    held = csv(tmp_path, "email,name,\na@b.c,A,\n")
    assert held.header == ("email", "name", "")
    assert held.schema.names[-1] == "column 3"
    assert held.cells == [("a@b.c", "A", "")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("ended", [True, False])
def test_blank_lines_are_no_rows_and_count_as_lines(tmp_path: Path, line_end: str, *, ended: bool) -> None:
    """The line is what an editor shows, whatever ends a line and whether the last one is ended."""
    lines = ["", "email,name", "", "a@b.c,A", "", "", "d@e.f,D"]
    held = csv(tmp_path, line_end.join([*lines, ""] if ended else lines))
    assert held.rows == {1: ("a@b.c", "A"), 2: ("d@e.f", "D")}
    assert held.lines == [4, 7]


def test_a_blank_line_in_a_file_of_one_column_is_no_row(tmp_path: Path) -> None:
    """An empty cell there is written as two quotation marks, as every CSV writer does."""
    held = csv(tmp_path, 'email\na@b.c\n\n""\nd@e.f')
    assert held.rows == {1: ("a@b.c",), 2: ("",), 3: ("d@e.f",)}
    assert held.lines == [2, 4, 5]


def test_mixed_line_ends_and_line_ends_in_cells(tmp_path: Path) -> None:
    """A cell keeps its line ends as they are; lines are counted through it."""
    held = csv(tmp_path, 'email,name\r\na@b.c,"x\r\ny\rz\n"\rd@e.f,D\ng@h.i,""\n')
    assert held.rows == {1: ("a@b.c", "x\r\ny\rz\n"), 2: ("d@e.f", "D"), 3: ("g@h.i", "")}
    assert held.lines == [2, 6, 7]


def test_blanks_around_a_header_name_belong_to_it(tmp_path: Path) -> None:
    """The header is as found: the settings name a column exactly."""
    held = csv(tmp_path, " email ,name\na@b.c,A\n", fields={"email": " email "})
    assert held.header == (" email ", "name")


def test_a_repeated_header_is_kept_apart(tmp_path: Path) -> None:
    """No column of a repeated name is lost."""
    held = csv(tmp_path, "email,tag,tag\na@b.c,x,y\n")
    assert held.header == ("email", "tag", "tag")
    assert held.schema.names[-2:] == ["tag", "tag (2)"]
    assert held.cells == [("a@b.c", "x", "y")]


@pytest.mark.parametrize("content", ["email,name\n", "email,name", "email,name\r\n\r\n\n", '"email","name"'])
def test_a_header_alone_is_empty(tmp_path: Path, content: str) -> None:
    """A file without rows stops the sync; it is not read as everyone gone."""
    with pytest.raises(SourceEmpty, match="Source crm is empty"):
        csv(tmp_path, content)


@pytest.mark.parametrize("content", [b"\n\n", b"\xef\xbb\xbf", b"\r\n", b"\xff\xfe"])
def test_a_file_of_blank_lines_is_empty(tmp_path: Path, content: bytes) -> None:
    """A file that holds nothing that can be seen is empty, too."""
    with pytest.raises(SourceEmpty, match="is empty"):
        csv(tmp_path, content)


def test_a_stray_quote_sets_its_row_aside_and_no_other(tmp_path: Path) -> None:
    """An inch mark swallows none of the rows after it, in a file whose other cells are quoted and run over lines."""
    held = csv(
        tmp_path,
        'email,size,name\na@b.c,"1\n2","A, B"\nd@e.f,24",D\ng@h.i,5" pipe,G\n'
        'j@k.l,"1\n""2""",J\nm@n.o,3,M,M\np@q.r,"x"y,P\n',
    )
    assert held.rows == {1: ("a@b.c", "1\n2", "A, B"), 4: ("j@k.l", '1\n"2"', "J")}
    assert held.faults == {
        2: (STRAY, 'd@e.f,24",D'),
        3: (STRAY, 'g@h.i,5" pipe,G'),
        5: (RAGGED, "m@n.o,3,M,M"),
        6: (STRAY, 'p@q.r,"x"y,P'),
    }
    assert held.lines == [2, 4, 5, 6, 8, 9]
    assert held.facts["quotes"] == "stray"


def test_an_unclosed_quote_fails_the_file_with_its_line(tmp_path: Path) -> None:
    """Where a cell might run to the end of the file, no row after its start is taken for one."""
    with pytest.raises(SourceBroken, match="opens in the row on line 3 is not closed"):
        csv(tmp_path, 'email,name\na@b.c,A\nd@e.f,"D\ng@h.i,G\n')


def test_a_stray_quote_in_the_header_fails_the_file(tmp_path: Path) -> None:
    """Columns are not guessed."""
    with pytest.raises(SourceBroken, match="the header, on line 1, has a quotation mark"):
        csv(tmp_path, 'email,"na"me\na@b.c,A\n')


def test_a_header_alone_with_a_stray_quote_below_it_is_not_empty(tmp_path: Path) -> None:
    """A row that is set aside is a row."""
    held = csv(tmp_path, 'email,name\na@b.c,5" pipe\n', encoding="utf-8", separator=",")
    assert held.faults == {1: (STRAY, 'a@b.c,5" pipe')}


def test_an_unsound_file_starts_after_its_byte_order_mark(tmp_path: Path) -> None:
    """The mark is no part of the header there, either."""
    held = csv(tmp_path, '\ufeffemail,name\na@b.c,5" pipe\nd@e.f,\u2028D\n')
    assert held.header == ("email", "name")
    assert held.rows == {2: ("d@e.f", "\u2028D")}


def test_a_cell_of_many_megabytes_is_read(tmp_path: Path) -> None:
    """A row longer than a block of the parser is a row like any other."""
    large = "x" * 9_000_000
    assert csv(tmp_path, f'email,name\na@b.c,"{large}"\nd@e.f,D\n').cells == [("a@b.c", large), ("d@e.f", "D")]


def test_a_cell_too_long_among_stray_quotes_is_refused(tmp_path: Path) -> None:
    """What Python's reader cannot hold is said, with its line and without its text."""
    with pytest.raises(SourceBroken, match="the row on line 3 has a cell too long") as caught:
        csv(tmp_path, f'email,name\na@b.c,5" pipe\nd@e.f,{"secret" * 30_000}\n')
    assert "secret" not in str(caught.value)


def test_a_header_too_long_to_be_one_is_refused(tmp_path: Path) -> None:
    """A mark that never closes in the header is found there."""
    with pytest.raises(SourceBroken, match="the header is too long to be one"):
        csv(tmp_path, f'email,"{"name" * 40_000}"\na@b.c,A\n')


def test_another_quotation_mark_can_be_set(tmp_path: Path) -> None:
    """A file quoted with apostrophes is read by the same rules, stray ones included."""
    held = csv(tmp_path, "email;name\na@b.c;'x;y'\nd@e.f;O'Hara\n", quote="'")
    assert held.cells == [("a@b.c", "x;y")]
    assert held.faults == {2: (STRAY, "d@e.f;O'Hara")}


def open_files() -> int:
    """Return how many files this process has open."""
    return len(list(Path("/dev/fd").iterdir()))


def test_closing_early_leaves_nothing_open(tmp_path: Path) -> None:
    """The first batch is enough for a preview, and nothing stays open after it."""
    (tmp_path / "people.csv").write_text("email,name\n" + f"a@b.c,{'x' * 200}\n" * 100_000)
    before = open_files()
    with TemporaryDirectory() as scratch:
        request = Request(DAY, tmp_path, {}, Path(scratch))
        with open_source(settings(kind="csv", path="people.csv"), request) as reading:
            assert next(reading.batches).num_rows < 100_000
    assert open_files() == before
