"""Separators: found out where a file leaves no doubt, set where it does."""

from pathlib import Path

import pytest

from connectors.sources.csv_dialect import SAMPLE_BYTES, find_dialect
from connectors.sources.errors import SourceSettingsWrong
from tests.connectors.sources.opening import csv


@pytest.mark.parametrize(
    ("sample", "separator"),
    [
        ("email,name\na@b.c,A\n", ","),
        ("email;name\na@b.c;A\n", ";"),
        ("email\tname\na@b.c\tA\n", "\t"),
        ("email|name\na@b.c|A\n", "|"),
        ("email;price\na@b.c;1,5\nd@e.f;2,5\n", ";"),
        ('email,"a;b;c"\na@b.c,A\n', ","),
        ("email;name,first;x\na@b.c;A,B;x\n", ";"),
        ("email;a\nb@c.d;1,2,3,4\n", ";"),
        ("email\na@b.c\n", ","),
        ("email\na@b.c;x\n", ","),
        ("", ","),
    ],
)
def test_the_separator_is_found(sample: str, separator: str) -> None:
    """Decimal commas, lists within cells and quoted names do not mislead."""
    assert find_dialect(sample, None, None, ["email"], "people.csv").separator == separator


def test_the_mapped_columns_decide() -> None:
    """Where two separators would do, the one under which the settings' columns are found is meant."""
    sample = "Name, first;Mail, work\na;b\n"
    assert find_dialect(sample, None, None, ["Mail, work"], "people.csv").separator == ";"
    assert find_dialect(sample, None, None, [" first;Mail"], "people.csv").separator == ","


def test_a_sample_cut_within_a_row_or_a_character_does_not_matter(tmp_path: Path) -> None:
    """Large files are judged by their start."""
    row = "é@b.c;A,B,C\n"
    held = csv(tmp_path, "email;name\n" + row * (2 * SAMPLE_BYTES // len(row)))
    assert held.facts["separator"] == ";"
    assert held.facts["separator_from"] == "content"
    assert not held.faults


def test_a_separator_that_is_set_is_used(tmp_path: Path) -> None:
    """A setting wins over what the file looks like."""
    held = csv(tmp_path, "email;x,name\na@b.c;x,A\n", separator=",", fields={"email": "name"})
    assert held.header == ("email;x", "name")
    assert held.facts["separator_from"] == "settings"


@pytest.mark.parametrize(
    ("sample", "quote"),
    [
        ("email,name\na@b.c,A\n", '"'),
        ("'email','name'\n'a@b.c','A'\n", "'"),
        ("'email';'name'\n'a@b.c';'A;A'\n", "'"),
        ("email,name\na@b.c,'A, B'\nd@e.f,'D, E'\n", "'"),
        ("email,name\na@b.c,'A\nB'\nd@e.f,D\n", "'"),
        ("email,name\na@b.c,'s-Gravenhage\nd@e.f,D\n", '"'),
        ("email,name\na@b.c,O'Hara\nd@e.f,'tis\ng@h.i,'twas\n", '"'),
        ("email,name\na@b.c,'Bob'\nd@e.f,D\n", '"'),
        ("email,name\na@b.c,'t Hooft, G, 'x'\nd@e.f,D\n", '"'),
        ("email,name\na@b.c,'A, B' C\nd@e.f,D\n", '"'),
        ("email,name\na@b.c,'A, B'\nd@e.f,\"D, E\"\ng@h.i,G\n", '"'),
        ('"email","name"\n"a@b.c","\'A\', B"\n', '"'),
        ('email,name\na@b.c,5" pipe\n', '"'),
    ],
)
def test_the_quotation_mark_is_found(sample: str, quote: str) -> None:
    """Apostrophes are marks only where the columns or the rows fit better with them."""
    assert find_dialect(sample, None, None, ["email"], "people.csv").quote == quote


def test_a_file_quoted_with_apostrophes_is_read_and_said(tmp_path: Path) -> None:
    """What some databases export is read without a setting; a name with an apostrophe is doubled there."""
    held = csv(tmp_path, "'email','name'\n'a@b.c','O''Hara, \"Jo\"'\n'd@e.f',''\n")
    assert held.cells == [("a@b.c", 'O\'Hara, "Jo"'), ("d@e.f", "")]
    assert held.facts["quote"] == "'"


def test_a_mark_that_is_set_is_used(tmp_path: Path) -> None:
    """With double marks set, apostrophes are text."""
    held = csv(tmp_path, "email,name,x\na@b.c,'A, B'\n", quote='"')
    assert held.cells == [("a@b.c", "'A", " B'")]
    with pytest.raises(ValueError, match="separator, quote and escape must differ"):
        csv(tmp_path, "email", separator='"')


def test_two_kinds_of_marks_are_not_guessed(tmp_path: Path) -> None:
    """Where apostrophes fit better and double marks stand around cells, too, somebody who knows the file has to say."""
    content = "email,name\na@b.c,'A, B'\nd@e.f,\"D\"\n"
    with pytest.raises(SourceSettingsWrong, match="Set the source's quote"):
        csv(tmp_path, content)
    assert csv(tmp_path, content, quote="'").cells == [("a@b.c", "A, B"), ("d@e.f", '"D"')]
    assert csv(tmp_path, content, quote='"').cells == [("d@e.f", "D")]
