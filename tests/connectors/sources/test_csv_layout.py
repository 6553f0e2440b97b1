"""Layouts: rows, lines and soundness, found in pieces of a file as in the whole."""

import csv
from pathlib import Path

import numpy as np
import pytest

from connectors.sources.csv_layout import CHUNK, CsvText, Dialect, Layout, walk


def walked(folder: Path, content: bytes, start: int = 0) -> tuple[Layout, list[int]]:
    """Return the layout and the lines of a CSV of this content."""
    (folder / "people.csv").write_bytes(content)
    layout = walk(CsvText(folder / "people.csv", start, Dialect(",", '"'), "people.csv"), folder / "lines")
    return layout, np.fromfile(folder / "lines", dtype=np.int64).tolist()


@pytest.mark.parametrize(
    "text",
    [
        'a,"b"\n',
        '"a"',
        '"a""b",c',
        '"",""\r\n"",""',
        '"a\n\r\nb",c\n',
        '"""",""""""\n',
        '"a"\r"b"\r',
    ],
)
def test_what_rfc_4180_allows_is_sound(tmp_path: Path, text: str) -> None:
    """A quotation mark at the start and at the end of a cell, and a doubled one within, are where they may be."""
    assert walked(tmp_path, text.encode())[0].sound
    assert list(csv.reader(text.splitlines(keepends=True), strict=True))


@pytest.mark.parametrize("text", ['a"b\n', 'a"b"\n', '"a"b\n', '"a" ,b\n', ' "a"\n', '"a\n', '"a""\n', 'a,""b"\n', '"'])
def test_what_rfc_4180_does_not_allow_is_not(tmp_path: Path, text: str) -> None:
    """Every other place is stray, whether or not the marks are even in number."""
    assert not walked(tmp_path, text.encode())[0].sound


def test_offsets_and_lines(tmp_path: Path) -> None:
    """The header and the first row are found behind a byte order mark and blank lines."""
    layout, lines = walked(tmp_path, b'\xef\xbb\xbf\r\n\nh,"i\nj"\r\n\r\nfoo,bar\rx,y', start=3)
    assert (layout.header_start, layout.header_end, layout.rows) == (6, 17, 3)
    assert lines == [3, 6, 7]
    assert layout.longest == len(b'h,"i\nj"\r\n\r\n')


def test_the_end_of_the_file_ends_the_last_row(tmp_path: Path) -> None:
    """A last line without a line end is a row, and a header alone ends with the file."""
    assert walked(tmp_path, b"h\nlonger")[0].longest == len("longer")
    assert walked(tmp_path, b"h,i")[0].header_end == len("h,i")
    assert walked(tmp_path, b"\n\n")[0].rows == 0


@pytest.mark.parametrize("around", [b'\r\n"a""b",c\r\n', b'"\n\n",x\r\r\n\ny,z\n', b'\n\r\n""""\n', b'",",b\n,\n'])
def test_a_piece_ends_anywhere(tmp_path: Path, around: bytes) -> None:
    """The same rows and lines are found wherever the pieces that are read at a time meet."""
    for shift in range(len(around) + 1):
        before = b"h\n" + b"x" * (CHUNK - 2 - shift - 1) + b"\n"
        layout, lines = walked(tmp_path, before + around)
        alone, alone_lines = walked(tmp_path, b"h\nx\n" + around)
        assert (layout.sound, layout.rows, lines) == (alone.sound, alone.rows, alone_lines)


def test_a_piece_ends_within_a_cell_that_is_never_closed(tmp_path: Path) -> None:
    """What a piece leaves open counts for the next."""
    assert not walked(tmp_path, b'h\n"' + b"x\n" * CHUNK)[0].sound
