"""The score of DuckDB's CSV files, kept by files of our own for every kind of breakage among them."""

import bz2
import gzip
from pathlib import Path

import pytest

from tests.connectors.sources.opening import csv
from tests.corpora import broken_csv
from tests.corpora.broken_csv import ASIDE, READ, REFUSED, agrees, outcome

TABLE = "email,name\n" + "".join(f"p{number}@example.com,Person {number}\n" for number in range(500))

BROKEN: dict[str, tuple[bytes, str]] = {
    "sound": (TABLE.encode(), READ),
    "no last line end": (TABLE.rstrip().encode(), READ),
    "line ends of three kinds": (TABLE.replace("\n", "\r\n", 5).encode() + b"a@b.c,A\rd@e.f,D", READ),
    "a mark of the encoding": (b"\xef\xbb\xbf" + TABLE.encode(), READ),
    "latin-1": (TABLE.replace("Person 7", "Zo\u00e9").encode("latin-1"), READ),
    "utf-16": (TABLE.encode("utf-16"), READ),
    "semicolons": (TABLE.replace(",", ";").encode(), READ),
    "gzip": (gzip.compress(TABLE.encode()), READ),
    "a comment between rows": (TABLE.encode() + b"# a comment\na@b.c,A\n", ASIDE),
    "too few cells": (TABLE.encode() + b"a@b.c\n", ASIDE),
    "too many cells": (TABLE.encode() + b"a@b.c,A,B\n", ASIDE),
    "text after a closing mark": (TABLE.encode() + b'a@b.c,"A"x\nd@e.f,D\n', ASIDE),
    "a mark within a bare cell": (TABLE.encode() + b'a@b.c,5" pipe\nd@e.f,D\n', ASIDE),
    "a NUL byte": (TABLE.encode() + b"a@b.c,A\0A\n", ASIDE),
    "zeros at the end": (TABLE.encode() + bytes(10), ASIDE),
    "a mark that is never closed": (TABLE.encode() + b'a@b.c,"A\nd@e.f,D\n', REFUSED),
    "a mark never closed above many rows": (b'email,name\na@b.c,"A\n' + TABLE.encode() * 4, REFUSED),
    "a sequence of UTF-8 cut short": (TABLE.encode() + b"a@b.c,\xe2\x82\n\x81", REFUSED),
    "nothing": (b"", REFUSED),
    "blank lines": (b"\n\r\n\n", REFUSED),
    "zeros": (bytes(1000), REFUSED),
    "a lone mark": (b'"', REFUSED),
    "marks": (b'"' * 999, REFUSED),
    "separators": (b"," * 99_999 + b"\n", REFUSED),
    "a header alone": (b"email,name\n", REFUSED),
    "gzip cut short": (gzip.compress(TABLE.encode())[:-9], REFUSED),
    "bz2 with a byte flipped": (
        bz2.compress(TABLE.encode())[:60] + b"\xff\xff" + bz2.compress(TABLE.encode())[62:],
        REFUSED,
    ),
    "a file of another kind": (b"PK\x03\x04 is no zip", REFUSED),
}


@pytest.mark.parametrize(("content", "end"), BROKEN.values(), ids=BROKEN)
def test_every_kind_of_breakage_ends_as_it_should(content: bytes, end: str) -> None:
    """In rows, in rows set aside, or in a sentence."""
    assert outcome(content, "email") == end


def test_the_score_runs_over_a_folder(tmp_path: Path) -> None:
    """Each file is read both ways, in a process of its own, in subfolders too."""
    for number, name in enumerate(("sound", "a NUL byte", "marks", "gzip cut short", "blank lines")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "file.csv").write_bytes(BROKEN[name][0])
    result = broken_csv.score(tmp_path)
    assert result.wrong == []
    assert result.counts.total() == 10
    assert set(result.counts) == {READ, ASIDE, REFUSED}


def test_a_reading_that_pythons_own_reader_does_not_share_is_told(tmp_path: Path) -> None:
    """Every row was read, and one cell of the file says otherwise: that is what the second opinion is for."""
    held = csv(tmp_path, TABLE)
    assert agrees(held, TABLE.encode())
    assert not agrees(held, TABLE.replace("Person 7", "Person 8").encode())
    assert not agrees(held, TABLE.encode() + b"a@b.c,A\n")
