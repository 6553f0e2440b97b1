"""How much an issue matters, set by the source; and that its sentence says what happened."""

import pytest

from schemas.fields import FieldType
from schemas.issues import RULES, IssueCode, Severity
from schemas.mapping import AddressDoubt, FieldMapping, SourceMapping
from schemas.rulebook import RULEBOOK
from schemas.severities import SETTABLE, sentence, severity_problems
from schemas.validate import Validated, validate
from tests.schemas.frames import EMAIL_COLUMN, EMAIL_MAPPING, extracted, issues_of

NAME = FieldMapping("firstName", FieldType.TEXT, column="Name", max_length=3)
OUT = FieldMapping("suppressed", FieldType.BOOLEAN, column="Out")


def weighed(severity: dict[IssueCode, Severity], **columns: str) -> Validated:
    """Validate one row, of a good address unless another is given, with severities of its source."""
    cells = {EMAIL_COLUMN: "a@example.com", "Name": "Ann", "Out": "no"} | columns
    rows = extracted({name: [cell] for name, cell in cells.items()})
    return validate(rows, SourceMapping("crm", (EMAIL_MAPPING, NAME, OUT), severity=severity))


@pytest.mark.parametrize(
    ("severity", "sent", "said"),
    [
        (Severity.WARN, ["Annabel"], "The text is longer than the field allows."),
        (Severity.BLANK, [None], "The text is longer than the field allows; the field was left out."),
        (Severity.REJECT, [], "The text is longer than the field allows; the row was set aside."),
    ],
)
def test_a_source_says_how_much_an_issue_matters(severity: Severity, sent: list[str | None], said: str) -> None:
    """The row ends as the source set it, and the sentence tells that end and no other."""
    result = weighed({IssueCode.TEXT_TOO_LONG: severity}, Name="Annabel")
    assert issues_of(result) == [(1, "firstName", "text_too_long", severity)]
    assert result.contacts["firstName"].to_list() == sent
    assert result.issues["message"].to_list() == [said]
    assert result.rejected["reasons"].to_list() == ([] if sent else [[said]])


def test_a_warning_may_cost_the_field() -> None:
    """Whoever wants no text with invisible characters gets none."""
    result = weighed({IssueCode.CONTROL_CHARACTERS: Severity.BLANK}, Name="An\x00")
    assert result.contacts["firstName"].to_list() == [None]
    assert result.issues["message"].to_list() == [
        "Invisible control characters were taken out of the text; the field was left out."
    ]


def test_an_address_that_would_be_left_out_sets_its_row_aside() -> None:
    """A contact without an address is none, whatever the source set."""
    email = FieldMapping("email", FieldType.EMAIL, column=EMAIL_COLUMN, flag=(AddressDoubt.TYPO,))
    severity = {IssueCode.EMAIL_TYPO: Severity.BLANK, IssueCode.EMAIL_SYNTAX: Severity.BLANK}
    rows = extracted({EMAIL_COLUMN: ["a@gmial.com", "bad", "a@gmail.com"]})
    result = validate(rows, SourceMapping("crm", (email,), severity=severity))
    assert result.contacts["email"].to_list() == ["a@gmail.com"]
    assert result.rejected.select("codes", "reasons").rows() == [
        (
            ["email_typo"],
            ["The address's domain looks like a typing error; the row was set aside. Did you mean gmail.com?"],
        ),
        (["email_syntax"], ["This is not a valid e-mail address."]),
    ]


def test_another_address_may_be_left_out() -> None:
    """Somebody's second address is worth less than the contact."""
    other = FieldMapping("custom1", FieldType.EMAIL, column="Other")
    rows = extracted({EMAIL_COLUMN: ["a@example.com"], "Other": ["bad"]})
    severity = {IssueCode.EMAIL_SYNTAX: Severity.BLANK}
    result = validate(rows, SourceMapping("crm", (EMAIL_MAPPING, other), severity=severity))
    assert result.contacts["custom1"].to_list() == [None]
    assert issues_of(result) == [(1, "custom1", "email_syntax", "blank")]


def test_an_opt_out_that_cannot_be_read_sets_its_row_aside_whatever_is_set() -> None:
    """Nobody is mailed on a guess."""
    result = weighed({IssueCode.BOOLEAN_INVALID: Severity.BLANK}, Out="perhaps")
    assert issues_of(result) == [(1, "suppressed", "boolean_invalid", "reject")]


def test_another_source_is_not_meant() -> None:
    """A source's severities are its own."""
    assert issues_of(weighed({}, Name="Annabel")) == [(1, "firstName", "text_too_long", "blank")]


@pytest.mark.parametrize(
    ("code", "severity", "said"),
    [
        (
            IssueCode.EMAIL_MISSING,
            Severity.WARN,
            "email_missing is always reject: such a row cannot be sent, or was refused by the platform.",
        ),
        (
            IssueCode.RAGGED_ROW,
            Severity.BLANK,
            "ragged_row is always reject: such a row cannot be sent, or was refused by the platform.",
        ),
        (
            IssueCode.PLATFORM_REFUSED,
            Severity.WARN,
            "platform_refused is always reject: such a row cannot be sent, or was refused by the platform.",
        ),
        (
            IssueCode.PLATFORM_NOTE,
            Severity.REJECT,
            "platform_note is always warn: it is found only after the row was sent.",
        ),
        (
            IssueCode.DATE_INVALID,
            Severity.WARN,
            "date_invalid may be blank or reject, not warn: what could not be read is not sent.",
        ),
    ],
)
def test_what_cannot_be_is_refused(code: IssueCode, severity: Severity, said: str) -> None:
    """A row without columns cannot be sent, and a value that was not read cannot be sent with a mere warning."""
    assert severity_problems({code: severity}) == [said]
    with pytest.raises(ValueError, match=said.removesuffix(".")):
        SourceMapping("crm", (EMAIL_MAPPING,), severity={code: severity})


EXAMPLES = {
    **{rule.code: (rule.example, rule.cell) for rule in RULEBOOK if rule.code is not None},
    IssueCode.DATETIME_INVALID: (FieldMapping("custom1", FieldType.DATETIME, "cell"), "soon"),
    IssueCode.INTEGER_INVALID: (FieldMapping("custom1", FieldType.INTEGER, "cell"), "many"),
    IssueCode.BOOLEAN_INVALID: (FieldMapping("custom1", FieldType.BOOLEAN, "cell"), "perhaps"),
}


@pytest.mark.parametrize(
    ("code", "severity"), [(code, one) for code, choices in SETTABLE.items() for one in sorted(choices)]
)
def test_every_code_ends_as_it_is_set(code: IssueCode, severity: Severity) -> None:
    """The row is set aside, the field is left out, or the value is sent: as the settings say, for every code."""
    field, cell = EXAMPLES[code]
    rows = extracted({EMAIL_COLUMN: ["a@example.com"], "cell": [cell]})
    result = validate(rows, SourceMapping("crm", (EMAIL_MAPPING, field), severity={code: severity}))
    assert issues_of(result) == [(1, field.field, code, severity)]
    sent = result.contacts[field.field].to_list()
    assert len(sent) == (0 if severity is Severity.REJECT else 1)
    assert [value is None for value in sent] == [severity is Severity.BLANK] * len(sent)
    assert result.rejected["codes"].to_list() == ([[code]] if severity is Severity.REJECT else [])


@pytest.mark.parametrize("code", list(SETTABLE))
def test_a_code_s_own_severity_is_among_those_it_may_have(code: IssueCode) -> None:
    """Whoever writes the default into the settings is not told off."""
    assert RULES[code].severity in SETTABLE[code]
    assert sentence(code, RULES[code].severity) == RULES[code].sentence


@pytest.mark.parametrize("code", list(SETTABLE))
@pytest.mark.parametrize("severity", list(Severity))
def test_every_sentence_ends_with_one_end(code: IssueCode, severity: Severity) -> None:
    """A sentence that says that a field was left out and its row set aside helps nobody."""
    said = sentence(code, severity)
    assert ("the field was left out." in said) == (severity is Severity.BLANK)
    assert ("the row was set aside." in said) == (severity is Severity.REJECT and RULES[code].severity is not severity)
    assert said.endswith(".")


def test_an_opt_out_travels_whatever_else_its_row_has() -> None:
    """Rows that a source sets aside for a text or a doubt are sent without it where the person opted out."""
    rejecting = {IssueCode.TEXT_TOO_LONG: Severity.REJECT, IssueCode.EMAIL_TYPO: Severity.REJECT}
    result = weighed(rejecting, Name="Annabel", Out="yes", **{EMAIL_COLUMN: "a@gmial.com"})
    assert issues_of(result) == [(1, "email", "email_typo", "warn"), (1, "firstName", "text_too_long", "blank")]
    assert result.contacts.select("email", "firstName", "suppressed").rows() == [("a@gmial.com", None, "true")]
    assert "the field was left out" in result.issues["message"][1]
    assert len(weighed(rejecting, Name="Annabel").contacts) == 0


def test_an_opt_out_without_an_address_does_not() -> None:
    """Nobody can be told from it: the row is set aside, as any other."""
    assert issues_of(weighed({}, Out="yes", **{EMAIL_COLUMN: "a@"})) == [(1, "email", "email_syntax", "reject")]
