"""Mapped columns, and whether a header can carry them."""

import pytest

from schemas.fields import FIELDS, FieldType
from schemas.mapping import FieldMapping, SourceMapping, header_problems


def test_the_columns_of_a_mapping_are_each_named_once() -> None:
    """One column may feed two fields, and a constant has none."""
    mapping = SourceMapping(
        "crm",
        (
            FieldMapping("email", FieldType.EMAIL, column="Mail"),
            FieldMapping("custom1", FieldType.TEXT, column="Born"),
            FieldMapping("dateOfBirth", FieldType.DATE, column="Born"),
            FieldMapping("originalSource", FieldType.TEXT, value="shop"),
        ),
    )
    assert mapping.columns == ("Mail", "Born")


@pytest.mark.parametrize("field", [name for name, field in FIELDS.items() if field.type is not FieldType.TEXT])
def test_a_field_that_is_not_of_text_is_read_as_nothing_else(field: str) -> None:
    """An opt-out read as text would be lost without a word, and an owner's id would break its batch's JSON."""
    assert FieldMapping(field, FIELDS[field].type, column="c").field == field
    for kind in FieldType:
        if kind is not FIELDS[field].type:
            with pytest.raises(ValueError, match=f"{field} is always read as {FIELDS[field].type}"):
                FieldMapping(field, kind, column="c")


@pytest.mark.parametrize("kind", list(FieldType))
def test_a_text_field_may_be_read_as_anything(kind: FieldType) -> None:
    """Custom fields hold dates and numbers as well, in the platform's own text."""
    assert FieldMapping("custom1", kind, column="c").type is kind


@pytest.mark.parametrize(
    ("columns", "header"),
    [
        (["email"], ["email"]),
        (["email", "Name"], ["Name", "other", "other", "email"]),
        ([" email "], [" email "]),
        (["\u540d\u524d"], ["\u540d\u524d", "x"]),
        ([], []),
        (["email"], ["email", "e-mail", "email2"]),
    ],
)
def test_a_header_that_carries_the_mapping(columns: list[str], header: list[str]) -> None:
    """Other columns may repeat as they like; nobody reads them."""
    assert header_problems(columns, header) == []


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (["email", "email"], '"email", "email"'),
        (["email", "EMAIL"], '"email", "EMAIL"'),
        (["Email", "EMAIL"], '"Email", "EMAIL"'),
        (["email", " email "], '"email", " email "'),
        (["email", "x", "Email", "EMAIL "], '"email", "Email", "EMAIL "'),
    ],
)
def test_a_column_that_could_be_two_is_ambiguous(header: list[str], named: str) -> None:
    """A guess would send to the wrong addresses; the sentence names every candidate."""
    (problem,) = header_problems(["email"], header)
    assert problem.startswith(f'column "email" is ambiguous: the header has {named}.')


def test_case_is_folded_beyond_ascii() -> None:
    """Two spellings of a street are one name to a person."""
    (problem,) = header_problems(["Stra\u00dfe"], ["Stra\u00dfe", "STRASSE"])
    assert "ambiguous" in problem


@pytest.mark.parametrize(
    ("column", "header", "hint"),
    [
        ("email", ["Email", "name"], ' Did you mean "Email"?'),
        ("email", [" email"], ' Did you mean " email"?'),
        ("Email Address", ["Email Adress", "Name"], ' Did you mean "Email Adress"?'),
        ("email", ["zip"], ""),
        ("email", [], ""),
    ],
)
def test_a_missing_column_comes_with_the_nearest(column: str, header: list[str], hint: str) -> None:
    """It is never taken for the one that is nearest, only named."""
    found = ", ".join(f'"{name}"' for name in header) or "no columns"
    assert header_problems([column], header) == [f'column "{column}" is not there.{hint} The header has {found}.']


def test_all_problems_are_said_at_once() -> None:
    """A person mends the settings once, not column by column."""
    problems = header_problems(["a", "b", "c"], ["A", "c", "C"])
    assert [problem.split(" ")[1] for problem in problems] == ['"a"', '"b"', '"c"']
