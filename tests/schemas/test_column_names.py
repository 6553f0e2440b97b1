"""Columns' names in messages: a few, and never a person's data."""

import pytest

from schemas.column_names import looks_like_data, named
from schemas.mapping import header_problems


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["email"], '"email"'),
        (["email", " Name "], '"email", " Name "'),
        ([], "no columns"),
        (["a\nb\x1b[31m"], r'"a\nb\x1b[31m"'),
        (["Zoé", "名前"], '"Zoé", "名前"'),
        (["x" * 61], f'"{"x" * 60}…"'),
        (["a"] * 12, ", ".join(['"a"'] * 12)),
        (["a"] * 1013, ", ".join(['"a"'] * 12) + " and 1,001 more"),
    ],
)
def test_names_are_shown_so_that_a_person_reads_them(names: list[str], shown: str) -> None:
    """A sentence stays one however many columns there are, and a name neither breaks it nor colours a terminal."""
    assert named(names) == shown


@pytest.mark.parametrize(
    "cell",
    ["ann@example.com", "2026-11-24", "60614", "+1 (312) 555-0142", "$1,299.00", "12/1/85", "60614 Chicago", "٣", "7"],
)
def test_one_cell_of_data_hides_the_whole_line(cell: str) -> None:
    """Whoever's contact stands where the header should be: neither the name beside the address nor a hint is shown."""
    line = ["Emil", "Meier", cell, "Leeds"]
    assert looks_like_data(line)
    (problem,) = header_problems(["email"], line)
    assert not any(shown in problem for shown in line)
    assert "4 cells" in problem


@pytest.mark.parametrize(
    "name", ["", "email", "address1", "Revenue 2026", "custom 30", "2026 visits", "e-mail (2)", "#", "_"]
)
def test_names_with_digits_are_names(name: str) -> None:
    """The usual numbered columns are shown, so that a person sees which name is meant."""
    assert not looks_like_data([name])


def test_a_header_of_hundreds_of_columns_is_a_sentence() -> None:
    """The nearest name is said even where it is not among those shown."""
    header = [f"column {number}" for number in range(800)] + ["Email Adress"]
    (problem,) = header_problems(["Email Address"], header)
    assert 'Did you mean "Email Adress"?' in problem
    assert problem.endswith("and 789 more.")
    assert len(problem) < 400
    (problem,) = header_problems(["email"], ["email"] * 900)
    assert "and 888 more. Rename them" in problem
    assert len(problem) < 300
