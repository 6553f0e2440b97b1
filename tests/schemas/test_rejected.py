"""The rows that validation sets aside, and what is kept of them."""

import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping, SourceMapping
from schemas.validate import validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, issues_of, mapping_of, validated

NAME = FieldMapping("firstName", FieldType.TEXT, column="Name", max_length=5)
BORN = FieldMapping("dateOfBirth", FieldType.DATE, column="Born")
OUT = FieldMapping("suppressed", FieldType.BOOLEAN, column="Out")


def test_rows_that_could_not_be_split_are_set_aside_with_their_text() -> None:
    """Their columns hold nothing that could be trusted."""
    rows = extracted({EMAIL_COLUMN: [None, "b@example.com", None]}, faults=["ragged_row", None, "stray_quote"])
    result = validate(rows, mapping_of())
    assert issues_of(result) == [(1, None, "ragged_row", "reject"), (3, None, "stray_quote", "reject")]
    assert result.contacts["row"].to_list() == [2]
    assert result.rejected.select("row", "line", "email", "codes", "text").rows() == [
        (1, 2, None, ["ragged_row"], "as found"),
        (3, 4, None, ["stray_quote"], "as found"),
    ]


def test_a_slice_of_nothing_but_faults() -> None:
    """A file with the wrong separator looks like this."""
    rows = extracted({EMAIL_COLUMN: [None] * 3, "Born": [None] * 3}, faults=["ragged_row"] * 3)
    result = validate(rows, mapping_of(BORN))
    assert (len(result.contacts), len(result.rejected), len(result.issues)) == (0, 3, 3)


@pytest.mark.parametrize("field", ["suppressed", "held"])
def test_an_opt_out_that_cannot_be_read_sets_the_row_aside(field: str) -> None:
    """Whoever may have opted out is not mailed on a guess; a blank cell is no answer and no guess."""
    result = validated(["yes", "perhaps", "", "no"], field=field)
    assert issues_of(result) == [(2, field, "boolean_invalid", "reject")]
    assert "opted out" in result.issues["message"][0]
    assert result.rejected.select("row", "codes").rows() == [(2, ["boolean_invalid"])]
    assert result.contacts.select("row", field).rows() == [(1, "true"), (3, None), (4, "false")]


def test_a_rejected_address_is_shown_in_the_same_form_as_others() -> None:
    """It is what the person searches for. What is no address may be anything, and is shown nowhere else."""
    rows = extracted({EMAIL_COLUMN: [" Ann@EXAMPLE.com\n", "Bad One"], "Out": ["perhaps", "no"]})
    result = validate(rows, mapping_of(OUT))
    assert result.rejected["email"].to_list() == ["Ann@example.com", "Bad One"]
    assert result.issues["email"].to_list() == ["Ann@example.com", None]


def test_a_constant_address_is_validated_too() -> None:
    """Nothing but the mapping knows the address then, so nothing is shown as found."""
    mapping = SourceMapping("crm", (FieldMapping("email", FieldType.EMAIL, value="bad"),))
    result = validate(extracted({"other": ["a", "b"]}), mapping)
    assert result.rejected.select("row", "email").rows() == [(1, None), (2, None)]


def test_one_row_may_have_several_issues_and_is_rejected_once() -> None:
    """The person who mends it sees all of them at once."""
    rows = extracted({EMAIL_COLUMN: ["bad"], "Name": ["Bartho\x00lomew"], "Born": ["soon"], "Out": ["perhaps"]})
    result = validate(rows, mapping_of(NAME, BORN, OUT))
    assert sorted(result.issues["code"]) == [
        "boolean_invalid",
        "control_characters",
        "date_invalid",
        "email_syntax",
        "text_too_long",
    ]
    assert len(result.rejected) == 1
    assert sorted(result.rejected["codes"].to_list()[0]) == ["boolean_invalid", "email_syntax"]
    assert len(result.rejected["reasons"].to_list()[0]) == 2
