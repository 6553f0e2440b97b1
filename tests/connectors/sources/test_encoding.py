"""Encodings: told apart strictly, said in the facts, and never read with replaced or dropped bytes."""

import codecs
from pathlib import Path

import pytest

from connectors.sources.errors import SourceBroken, SourceSettingsWrong
from tests.connectors.sources.opening import csv

TEXT = "email,name\nzoe@example.com,Zoé\n"


@pytest.mark.parametrize(
    ("content", "encoding", "origin"),
    [
        (TEXT.encode("utf-8"), "utf-8", "content"),
        (TEXT.encode("utf-8-sig"), "utf-8", "byte order mark"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le", "byte order mark"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be", "byte order mark"),
        (TEXT.encode("cp1252"), "cp1252", "guessed"),
    ],
)
def test_an_encoding_is_found_and_said(tmp_path: Path, content: bytes, encoding: str, origin: str) -> None:
    """The same text is read whatever wrote it, and a person can see which encoding was taken and why."""
    held = csv(tmp_path, content)
    assert held.cells == [("zoe@example.com", "Zoé")]
    assert (held.facts["encoding"], held.facts["encoding_from"]) == (encoding, origin)


@pytest.mark.parametrize(
    ("content", "stated"),
    [
        (TEXT.encode("latin-1"), "latin-1"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
    ],
)
def test_a_stated_encoding_is_used(tmp_path: Path, content: bytes, stated: str) -> None:
    """A setting wins, and a byte order mark that agrees with it is no part of the header."""
    held = csv(tmp_path, content, encoding=stated)
    assert held.header == ("email", "name")
    assert held.cells == [("zoe@example.com", "Zoé")]
    assert held.facts["encoding_from"] == "settings"


def test_a_mark_that_contradicts_the_settings_is_refused(tmp_path: Path) -> None:
    """A file that says it is UTF-8 is not read as Windows-1252: every accent would be two characters."""
    with pytest.raises(SourceSettingsWrong, match="byte order mark of utf-8, but the settings say cp1252"):
        csv(tmp_path, TEXT.encode("utf-8-sig"), encoding="cp1252")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", [0, 3, 300_000])
def test_an_undecodable_byte_is_named_by_offset_and_line(tmp_path: Path, line_end: str, before: int) -> None:
    """Whoever mends the file finds the byte, also far behind the first chunk."""
    start = (line_end.join(["email", *["é@example.com"] * before]) + line_end).encode()
    with pytest.raises(SourceBroken) as caught:
        csv(tmp_path, start + b"zo\xe9@example.com\n", encoding="utf-8")
    assert f"the byte at offset {len(start) + 2} (line {before + 2}) is not utf-8 (settings)" in str(caught.value)
    assert caught.value.__suppress_context__  # Python's own error quotes the file


def test_half_a_character_at_the_end_is_undecodable(tmp_path: Path) -> None:
    """A file cut within a character is refused, not read without it."""
    with pytest.raises(SourceBroken, match=r"offset 8 \(line 2\) is not utf-8"):
        csv(tmp_path, b"email\na@\xc3", encoding="utf-8")
    with pytest.raises(SourceBroken, match=r"offset 16 \(line 2\) is not utf-16-le"):
        csv(tmp_path, "email\na@".encode("utf-16")[:-1])


def test_a_file_in_no_known_encoding_is_refused(tmp_path: Path) -> None:
    """Bytes that neither UTF-8 nor Windows-1252 knows are not guessed at."""
    with pytest.raises(SourceBroken, match="neither UTF-8 nor Windows-1252"):
        csv(tmp_path, b"email\nzo\xe9\x81@example.com\n")


UTF_8 = "zoé@example.com,Zoé\n".encode()
WINDOWS = "ana@example.com,Aña\n".encode("cp1252")


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (UTF_8 + b"bo@example.com,Bj\xf6rn\n" + UTF_8, 3),  # a single row of another encoding
        (UTF_8 + b"bo@example.com,Zo\xc3\n", 3),  # a column cut after so many bytes
        (UTF_8 * 100 + WINDOWS * 100, 102),  # two exports joined
        (WINDOWS * 100 + UTF_8 * 100, 2),
        (UTF_8 * 50_000 + WINDOWS, 50_002),  # more than a chunk
    ],
)
def test_a_file_that_is_utf_8_in_part_is_refused(tmp_path: Path, rows: bytes, line: int) -> None:
    """One damaged byte does not turn every accented name of the file into two wrong letters without a word."""
    offset = len(b"email,name\n") + sum(map(len, rows.splitlines(keepends=True)[: line - 2]))
    with pytest.raises(SourceBroken, match=rf"UTF-8 in part: the byte at offset \d+ \(line {line}\)") as caught:
        csv(tmp_path, b"email,name\n" + rows)
    assert offset < int(str(caught.value).split("offset ")[1].split()[0]) < offset + len(WINDOWS) + len(UTF_8)
    assert csv(tmp_path, b"email,name\n" + rows, encoding="cp1252").facts["encoding_from"] == "settings"


def test_signs_that_look_like_utf_8_by_chance_do_not_stop_a_windows_file(tmp_path: Path) -> None:
    """A quoted German word that ends with a sharp s is two bytes that make a letter of UTF-8 as well."""
    text = "email,name\n" + "zoe@example.com,Zoë é\n" * 10 + "jo@example.com,„Spaß“\n"
    assert csv(tmp_path, text.encode("cp1252")).cells[-1] == ("jo@example.com", "„Spaß“")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", [0, 50_000])
def test_a_row_with_a_nul_byte_is_set_aside(tmp_path: Path, line_end: str, before: int) -> None:
    """Damage costs the row that it is in, wherever that is, and is named by its line; all others are read."""
    held = csv(tmp_path, line_end.join(["email", *["é@b.c"] * before, "c\0@d.e", "f@g.h"]))
    assert held.faults == {before + 1: ("nul_byte", "c\0@d.e")}
    assert held.lines == list(range(2, before + 4))
    assert held.cells == [*[("é@b.c",)] * before, ("f@g.h",)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "名前,email\n花子,hanako@example.com\n",
        "email\nzoe@example.com\n" * 5000,
        "email,name\n\u0101@b.c,\u0100da\n",
    ],
)
def test_utf_16_without_a_mark_is_told_by_its_nul_bytes(tmp_path: Path, encoding: str, text: str) -> None:
    """What some databases export reads as what it is, with either byte first, and the facts say so."""
    held = csv(tmp_path, text.encode(encoding))
    assert held.cells == csv(tmp_path, text).cells
    assert (held.facts["encoding"], held.facts["encoding_from"]) == (encoding, "content")


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_32_is_told_by_its_mark(tmp_path: Path, order: str) -> None:
    """Its mark starts like that of UTF-16, and is longer."""
    held = csv(tmp_path, ("\ufeff" + TEXT).encode(f"utf-32-{order}"))
    assert held.cells == [("zoe@example.com", "Zoé")]
    assert held.facts["encoding"] == f"utf-32-{order}"
    assert csv(tmp_path, ("\ufeff" + TEXT).encode(f"utf-32-{order}"), encoding="utf-32").cells == held.cells


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_damaged_utf_16_is_no_text(tmp_path: Path, encoding: str) -> None:
    """One lost byte swaps the halves of every character after it: the file is refused, wherever that was."""
    content = TEXT.encode(encoding)
    for place in range(len(content)):
        with pytest.raises((SourceBroken, SourceSettingsWrong)):
            csv(tmp_path, content[:place] + content[place + 1 :])


def test_a_header_with_a_nul_byte_is_refused(tmp_path: Path) -> None:
    """Whose columns cannot be trusted has no row that can; a file of zeros, as a full disk leaves, is one of these."""
    for content in (bytes(5000), TEXT.replace("email", "ema\0il").encode(), TEXT.replace("\n", "\0\n", 1).encode()):
        with pytest.raises(SourceBroken, match=r"header, on line 1, holds a NUL byte.*encoding to utf-16-le"):
            csv(tmp_path, content)


def test_zeros_at_the_end_are_one_row_that_is_set_aside(tmp_path: Path) -> None:
    """What a crash while writing leaves behind costs no row that was written before."""
    held = csv(tmp_path, TEXT.encode() + bytes(500))
    assert held.cells == csv(tmp_path, TEXT).cells
    assert held.faults == {2: ("nul_byte", "\0" * 500)}


def test_zeros_without_end_are_refused(tmp_path: Path) -> None:
    """A sparse file of gigabytes is not held in memory to say that it is one row."""
    with pytest.raises(SourceBroken, match=r"line 3 has more than 1,048,576 characters"):
        csv(tmp_path, TEXT.encode() + bytes(3 << 20))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_an_encoding_that_needs_a_mark_is_not_guessed(tmp_path: Path, encoding: str) -> None:
    """Which byte comes first is not taken from the machine that happens to read the file."""
    with pytest.raises(SourceSettingsWrong, match=f"{encoding}-le or {encoding}-be"):
        csv(tmp_path, TEXT.encode(f"{encoding}-be"), encoding=encoding)


def test_a_codec_that_does_not_say_where_it_failed_is_contained(tmp_path: Path) -> None:
    """Whatever encoding is set, its failure is a sentence."""
    with pytest.raises(SourceBroken, match="is not punycode"):
        csv(tmp_path, b"email,xn--999999999,\n", encoding="punycode")
