"""Separators: found out where a file leaves no doubt, set where it does."""

from pathlib import Path

import pytest

from connectors.sources.csv_dialect import SAMPLE_BYTES, find_separator
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
    assert find_separator(sample, '"', ["email"]) == separator


def test_the_mapped_columns_decide() -> None:
    """Where two separators would do, the one under which the settings' columns are found is meant."""
    sample = "Name, first;Mail, work\na;b\n"
    assert find_separator(sample, '"', ["Mail, work"]) == ";"
    assert find_separator(sample, '"', [" first;Mail"]) == ","


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
