"""The one list of reading rules: its examples, and the page that shows it."""

from pathlib import Path

import pytest

from schemas.format_problems import DIRECTIVES
from schemas.issues import IssueCode
from schemas.mapping import SourceMapping
from schemas.reading_rule import ReadingRule
from schemas.rulebook import RULEBOOK, issues_table, rules_table
from schemas.severities import SETTABLE
from schemas.validate import validate
from tests.schemas.frames import EMAIL_COLUMN, EMAIL_MAPPING, extracted

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


@pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.name)
def test_the_example_of_every_rule_is_true(rule: ReadingRule) -> None:
    """A table that says what the code does not do is worse than none."""
    rows = extracted({EMAIL_COLUMN: ["a@example.com"], "cell": [rule.cell]})
    result = validate(rows, SourceMapping("crm", (EMAIL_MAPPING, rule.example)))
    assert result.issues["code"].to_list() == ([] if rule.code is None else [rule.code])
    assert result.contacts[rule.example.field].to_list() in ([rule.value], [])
    assert len(result.contacts) == 1 or rule.value is None


def test_every_rule_has_a_name_of_its_own_and_a_source() -> None:
    """A rule that nobody can name or trace cannot be discussed."""
    assert len({rule.name for rule in RULEBOOK}) == len(RULEBOOK)
    assert all(rule.does and rule.source for rule in RULEBOOK)


def test_every_issue_that_reading_leaves_has_a_rule() -> None:
    """Whoever meets a code in the report finds the rule that gave it."""
    told = {rule.code for rule in RULEBOOK} | {IssueCode.DATETIME_INVALID, IssueCode.INTEGER_INVALID}
    assert set(SETTABLE) - told == {IssueCode.BOOLEAN_INVALID}


def test_the_page_shows_the_list() -> None:
    """The page is made from the code, and cannot fall behind it."""
    page = PAGE.read_text(encoding="utf-8")
    assert rules_table() in page, "Put what rules_table() returns into docs/rules.md."
    assert issues_table() in page, "Put what issues_table() returns into docs/rules.md."


def test_the_page_shows_every_directive_and_every_setting_that_decides() -> None:
    """What is not on the page is not known to whoever writes the settings."""
    page = PAGE.read_text(encoding="utf-8")
    assert [one for one in DIRECTIVES if f"`%{one}`" not in page] == []
    settings = ("blank_words", "severity", "country", "form", "format", "timezone", "allow", "flag")
    assert [one for one in (*settings, "max_length", "pattern", "values") if f"| `{one}` |" not in page] == []


def test_the_tables_show_what_cannot_be_seen() -> None:
    """An invisible character in a table would teach nothing."""
    assert all(character.isprintable() or character == "\n" for character in rules_table())
    assert r"`An\u200bn`" in rules_table()


def test_no_cell_breaks_its_table() -> None:
    """A bar inside a cell would shift all columns after it."""
    for table, bars in ((rules_table(), 7), (issues_table(), 5)):
        assert {line.count("|") for line in table.splitlines()} == {bars}
