"""The closed list of issues."""

import pytest

from schemas.issues import ISSUES, RULES, IssueCode, Severity


@pytest.mark.parametrize("code", list(IssueCode))
def test_every_code_has_a_rule_and_a_sentence(code: IssueCode) -> None:
    """A code without one would reach a person as a bare word, and its row nowhere."""
    rule = RULES[code]
    assert isinstance(rule.severity, Severity)
    assert rule.sentence[0].isupper()
    assert rule.sentence.endswith(".")


def test_there_are_no_other_rules() -> None:
    """The list is closed both ways, and no two codes say the same."""
    assert set(RULES) == set(IssueCode)
    assert len({rule.sentence for rule in RULES.values()}) == len(RULES)


@pytest.mark.parametrize("code", [IssueCode.RAGGED_ROW, IssueCode.STRAY_QUOTE, IssueCode.EMAIL_MISSING])
def test_what_makes_a_row_unusable_rejects_it(code: IssueCode) -> None:
    """A fault of reading that rejected nothing would lose its row: it is read by nobody else."""
    assert RULES[code].severity is Severity.REJECT


def test_a_sentence_about_a_lost_field_says_so() -> None:
    """The person must know that the rest of the row was sent."""
    for rule in RULES.values():
        assert (rule.severity is Severity.BLANK) == ("the field was left out" in rule.sentence)


def test_a_table_of_issues_has_no_place_for_the_value() -> None:
    """Values are personal data."""
    assert ISSUES.names() == ["source", "row", "email", "field", "code", "severity", "message"]
