"""Patterns and lists of values: what the settings allow of a field beyond its own limits."""

import pytest

from schemas.allowed import TYPES_WITH_LIMITS, is_pattern
from schemas.fields import TEXT_TYPES, FieldType
from schemas.issues import IssueCode, Severity
from schemas.mapping import FieldMapping, SourceMapping
from schemas.validate import validate
from schemas.written_values import written_value_problems
from tests.schemas.frames import EMAIL_COLUMN, EMAIL_MAPPING, extracted, issues_of, mapping_of

TIER = FieldMapping("custom1", FieldType.TEXT, column="cell", values=("gold", "silver"))
CODE = FieldMapping("custom1", FieldType.TEXT, column="cell", pattern="[A-Z]{2}[0-9]+|none")


def sent(mapping: FieldMapping, *cells: str | None) -> tuple[list[str | None], list[tuple[int, str]]]:
    """Return what is sent for cells, and the row and code of each issue."""
    rows = extracted({EMAIL_COLUMN: [f"p{n}@example.com" for n in range(len(cells))], "cell": list(cells)})
    result = validate(rows, mapping_of(mapping))
    return result.contacts[mapping.field].to_list(), result.issues.select("row", "code").rows()


def test_only_the_values_of_the_list_are_sent() -> None:
    """A list in the account knows them to the letter; cells are cleaned before, and a blank is no value."""
    assert sent(TIER, "gold", " silver\u00a0", "Gold", "bronze", "", None) == (
        ["gold", "silver", None, None, None, None],
        [(3, "value_not_listed"), (4, "value_not_listed")],
    )


def test_the_whole_text_fits_the_pattern() -> None:
    """A pattern that were found somewhere inside, or before a line end, would let anything through."""
    assert sent(CODE, "AB12", "none", "AB12x", "xAB12", "AB", "AB12\nx", "nonesuch", "") == (
        ["AB12", "none", None, None, None, None, None, None],
        [(row, "pattern_mismatch") for row in (3, 4, 5, 6, 7)],
    )


def test_whole_numbers_are_compared_as_they_are_sent() -> None:
    """A zero before it makes no other number."""
    level = FieldMapping("custom1", FieldType.INTEGER, column="cell", values=("1", "2"), pattern="[0-9]")
    assert sent(level, "1", "02", "3", "x", "-1") == (
        ["1", "2", None, None, None],
        [(3, "value_not_listed"), (4, "integer_invalid"), (5, "pattern_mismatch"), (5, "value_not_listed")],
    )


@pytest.mark.parametrize("kind", [kind for kind in TYPES_WITH_LIMITS if kind in TEXT_TYPES])
def test_every_kind_of_text_may_have_a_list(kind: FieldType) -> None:
    """What is compared is what would be sent."""
    mapping = FieldMapping("custom1", kind, column="cell", country="US", form="alpha2", values=("KS", "US", "02134"))
    assert sent(mapping, "KS", "US", "02134", "Nowhere")[0][-1] is None


@pytest.mark.parametrize("code", [IssueCode.VALUE_NOT_LISTED, IssueCode.PATTERN_MISMATCH])
@pytest.mark.parametrize(
    ("severity", "values"), [(Severity.WARN, ["x"]), (Severity.BLANK, [None]), (Severity.REJECT, [])]
)
def test_how_much_they_matter_is_set(code: IssueCode, severity: Severity, values: list[str | None]) -> None:
    """An account that takes any text all the same is warned about it only."""
    field = FieldMapping("custom1", FieldType.TEXT, column="cell", values=("gold",))
    if code is IssueCode.PATTERN_MISMATCH:
        field = FieldMapping("custom1", FieldType.TEXT, column="cell", pattern="gold")
    rows = extracted({EMAIL_COLUMN: ["a@example.com"], "cell": ["x"]})
    result = validate(rows, SourceMapping("crm", (EMAIL_MAPPING, field), severity={code: severity}))
    assert result.contacts["custom1"].to_list() == values
    assert issues_of(result) == [(1, "custom1", code, severity)]


@pytest.mark.parametrize(
    ("pattern", "right"),
    [
        ("[A-Z]{2}", True),
        ("a|b", True),
        ("(?i)gold", True),
        ("(", False),
        ("a)|(?:b", False),
        ("(?x)a # b", False),
        ("(?=a)b", False),
        ("a{1000000}", False),
    ],
)
def test_what_is_a_pattern(pattern: str, right: bool) -> None:  # noqa: FBT001 # a table's column
    """One that closed our own bracket would be anchored on one side only."""
    assert is_pattern(pattern) is right


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (TIER, []),
        (FieldMapping("custom1", FieldType.TEXT, column="c", values=(" gold",)), ['" gold" among values']),
        (FieldMapping("custom1", FieldType.TEXT, column="c", values=("-", "x"), blank_words=("-",)), ['"-" among']),
        (FieldMapping("custom1", FieldType.INTEGER, column="c", values=("01", "x")), ['"01", "x" among values']),
        (FieldMapping("custom1", FieldType.TEXT, value="x", values=("x",)), []),
        (FieldMapping("custom1", FieldType.TEXT, value="y", values=("x",)), ["none that pattern and values allow"]),
        (FieldMapping("custom1", FieldType.TEXT, value="long", max_length=3), ["longer than 3 characters"]),
        (FieldMapping("custom1", FieldType.TEXT, value=" "), ["cannot be read as text"]),
        (FieldMapping("userID", FieldType.INTEGER, value="x"), ["cannot be read as integer"]),
        (FieldMapping("dateOfBirth", FieldType.DATE, value="2024-02-30"), ["cannot be read as date"]),
        (FieldMapping("suppressed", FieldType.BOOLEAN, value="true"), []),
    ],
)
def test_what_stands_in_the_settings_can_be_sent(field: FieldMapping, said: list[str]) -> None:
    """Otherwise it would be an issue of every row, every night."""
    problems = written_value_problems(field)
    assert len(problems) == len(said)
    assert all(words in problem for words, problem in zip(said, problems, strict=True))
