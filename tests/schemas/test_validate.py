"""A slice of rows becomes contacts, rows set aside and issues."""

import polars as pl
import pytest

from schemas.fields import FieldType
from schemas.issues import ISSUES, RULES, IssueCode
from schemas.mapping import FieldMapping, SourceMapping
from schemas.validate import validate
from tests.schemas.frames import EMAIL_COLUMN, EMAIL_MAPPING, extracted, issues_of, mapping_of, validated

NAME = FieldMapping("firstName", FieldType.TEXT, column="Name", max_length=5)
BORN = FieldMapping("dateOfBirth", FieldType.DATE, column="Born")
OUT = FieldMapping("suppressed", FieldType.BOOLEAN, column="Out")


def test_a_good_row_becomes_a_contact() -> None:
    """Its place in the source, its address and key, then its fields as they will be sent."""
    rows = extracted({EMAIL_COLUMN: ["Ann@Example.com"], "Name": [" Ann "], "Born": ["1990-02-01"], "Out": ["no"]})
    result = validate(rows, mapping_of(NAME, BORN, OUT))
    assert result.contacts.to_dicts() == [
        {
            "row": 1,
            "line": 2,
            "email": "Ann@example.com",
            "email_key": "ann@example.com",
            "firstName": "Ann",
            "dateOfBirth": "1990-02-01",
            "suppressed": "false",
        }
    ]
    assert (len(result.rejected), len(result.issues)) == (0, 0)


def test_severity_decides_what_becomes_of_a_row() -> None:
    """Reject sets the row aside, blank empties the field, warn changes nothing."""
    rows = extracted(
        {
            EMAIL_COLUMN: ["bad", "b@example.com", "c@example.com", None],
            "Name": ["Ann", "Bartholomew", "C\x00", "Dan"],
            "Born": ["1990-02-01", "yesterday", "1990-02-01", "1990-02-01"],
        }
    )
    result = validate(rows, mapping_of(NAME, BORN))
    assert issues_of(result) == [
        (1, "email", "email_syntax", "reject"),
        (2, "dateOfBirth", "date_invalid", "blank"),
        (2, "firstName", "text_too_long", "blank"),
        (3, "firstName", "control_characters", "warn"),
        (4, "email", "email_missing", "reject"),
    ]
    assert result.contacts.select("row", "firstName", "dateOfBirth").rows() == [(2, None, None), (3, "C", "1990-02-01")]
    assert result.rejected.select("row", "codes").rows() == [(1, ["email_syntax"]), (4, ["email_missing"])]


def test_every_issue_says_where_and_what() -> None:
    """A person mends the source from this table alone."""
    result = validate(extracted({EMAIL_COLUMN: ["a@example.com"], "Born": ["soon"]}), mapping_of(BORN, source="shop"))
    assert result.issues.schema == ISSUES
    assert result.issues.to_dicts() == [
        {
            "source": "shop",
            "row": 1,
            "email": "a@example.com",
            "field": "dateOfBirth",
            "code": "date_invalid",
            "severity": "blank",
            "message": RULES[IssueCode.DATE_INVALID].sentence,
        }
    ]


def test_issues_never_hold_the_value() -> None:
    """Values are personal data, and stay in the rejected table."""
    secret = "Sesame\x00" * 3
    rows = extracted({EMAIL_COLUMN: ["a@example.com"], "Name": [secret], "Born": [secret], "Out": [secret]})
    result = validate(rows, mapping_of(NAME, BORN, OUT))
    assert len(result.issues) == 4
    assert "Sesame" not in str(result.issues.to_dicts())
    assert "Sesame" in str(result.rejected.to_dicts())


def test_another_boolean_that_cannot_be_read_only_loses_its_field() -> None:
    """Only opt-outs are worth a whole row."""
    result = validated(["perhaps"], kind=FieldType.BOOLEAN)
    assert issues_of(result) == [(1, "custom1", "boolean_invalid", "blank")]
    assert result.contacts["custom1"].to_list() == [None]


@pytest.mark.parametrize("kind", [FieldType.TEXT, FieldType.DATE, FieldType.INTEGER, FieldType.DATETIME])
def test_a_blank_cell_keeps_or_clears(kind: FieldType) -> None:
    """Null leaves the destination's value alone, an empty text empties it, and the mapping says which."""
    cells = ["", None, " \u00a0"]
    assert validated(cells, kind=kind).contacts["custom1"].to_list() == [None] * 3
    assert validated(cells, kind=kind, blank="clear").contacts["custom1"].to_list() == [""] * 3


def test_what_cannot_be_read_never_clears() -> None:
    """A typing error at the source must not delete what the destination has."""
    dates = validated(["", "soon"], kind=FieldType.DATE, blank="clear")
    texts = validated(["", "long"], max_length=3, blank="clear")
    assert dates.contacts["custom1"].to_list() == texts.contacts["custom1"].to_list() == ["", None]


def test_an_empty_slice_has_the_same_columns() -> None:
    """Tables are written slice by slice, and one may be empty."""
    columns: dict[str, list[object]] = {
        EMAIL_COLUMN: ["bad", "a@example.com"],
        "Name": ["Ann", None],
        "Born": ["x", None],
        "Out": ["no", ""],
    }
    rows = extracted(columns)
    full, empty = validate(rows, mapping_of(NAME, BORN, OUT)), validate(rows.clear(), mapping_of(NAME, BORN, OUT))
    assert (len(empty.contacts), len(empty.rejected), len(empty.issues)) == (0, 0, 0)
    assert empty.contacts.schema == full.contacts.schema
    assert empty.rejected.schema == full.rejected.schema
    assert empty.issues.schema == full.issues.schema


def test_a_text_is_measured_after_it_is_cleaned() -> None:
    """Spaces at the ends and invisible characters are not sent, so they do not count."""
    result = validate(extracted({EMAIL_COLUMN: ["a@example.com"], "Name": ["  Ann\x00ie  "]}), mapping_of(NAME))
    assert result.contacts["firstName"].to_list() == ["Annie"]


def test_one_column_may_feed_several_fields() -> None:
    """Each field reads it by its own rules."""
    day = FieldMapping("custom1", FieldType.DATE, column="Born")
    text = FieldMapping("custom2", FieldType.TEXT, column="Born")
    result = validate(extracted({EMAIL_COLUMN: ["a@example.com"], "Born": ["soon"]}), mapping_of(day, text))
    assert result.contacts.select("custom1", "custom2").rows() == [(None, "soon")]


def test_constants_stand_in_every_contact() -> None:
    """A list of unsubscribes is imported with one."""
    out = FieldMapping("suppressed", FieldType.BOOLEAN, value="true")
    rows = extracted({EMAIL_COLUMN: ["a@example.com", "b@example.com", "bad"]})
    assert validate(rows, mapping_of(out)).contacts["suppressed"].to_list() == ["true", "true"]


def test_rows_keep_the_order_of_their_source() -> None:
    """Later rows win over earlier ones, and people compare with their file."""
    addresses = [f"p{n}@example.com" if n % 3 else "bad" for n in range(300)]
    result = validate(extracted({EMAIL_COLUMN: addresses}), mapping_of())
    for table in (result.contacts, result.rejected, result.issues):
        assert table["row"].is_sorted()


def test_a_second_mapping_of_kind_e_mail_is_checked_like_the_first() -> None:
    """A custom field may hold somebody's other address."""
    other = FieldMapping("custom1", FieldType.EMAIL, column="Other")
    rows = extracted({EMAIL_COLUMN: ["a@example.com"] * 3, "Other": ["X@Example.com", "bad", None]})
    result = validate(rows, SourceMapping("crm", (EMAIL_MAPPING, other)))
    assert issues_of(result) == [(2, "custom1", "email_syntax", "reject")]
    assert result.contacts["custom1"].to_list() == ["X@example.com", None]


def test_the_frame_given_is_left_as_it_was() -> None:
    """The snapshot is immutable, in memory as well."""
    rows = extracted({EMAIL_COLUMN: ["x@b\u00fccher.de", "bad"], "Name": [" Ann ", "\x00"]})
    before = rows.clone()
    validate(rows, mapping_of(NAME))
    assert rows.equals(before)
    assert rows.schema[EMAIL_COLUMN] == pl.String
