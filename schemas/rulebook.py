"""The one list of all reading rules, and the tables that docs/rules.md shows of them and of the issues."""

from collections.abc import Iterable, Sequence
from typing import Final
from unicodedata import combining

from schemas.issues import RULES, IssueCode
from schemas.reading_rule import ReadingRule
from schemas.rules_of_emails import EMAIL_RULES
from schemas.rules_of_places import PLACE_RULES
from schemas.rules_of_texts import TEXT_RULES
from schemas.rules_of_times import TIME_RULES
from schemas.severities import SETTABLE

RULEBOOK: Final = (*TEXT_RULES, *EMAIL_RULES, *TIME_RULES, *PLACE_RULES)


def rules_table() -> str:
    """Return the reading rules as a table in Markdown."""
    heads = ("rule", "what it does", "from", "found", "sent", "issue")
    return _table(heads, ([rule.name, rule.does, rule.source, *_example(rule)] for rule in RULEBOOK))


def issues_table() -> str:
    """Return the issue codes with their severities as a table in Markdown."""
    heads = ("code", "severity", "may be set to", "what a person reads")
    return _table(
        heads, ([f"`{code}`", rule.severity, _other_severities(code), rule.sentence] for code, rule in RULES.items())
    )


def _example(rule: ReadingRule) -> list[str]:
    sent = "nothing" if rule.value is None else _code(rule.value)
    return [_code(rule.cell), sent, "" if rule.code is None else f"`{rule.code}`"]


def _other_severities(code: IssueCode) -> str:
    return ", ".join(sorted(SETTABLE.get(code, frozenset()) - {RULES[code].severity}))


def _code(text: str) -> str:
    """Return a text as code, with what cannot be seen as an escape."""
    shown = (one if one.isprintable() and not combining(one) else ascii(one)[1:-1] for one in text)
    return f"`{''.join(shown)}`"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
