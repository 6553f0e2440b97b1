"""How much an issue matters, where a source sets it otherwise than the rule does, and the sentence that then fits."""

from collections.abc import Mapping
from typing import Final

from schemas.issues import RULES, IssueCode, Severity

_LEFT_OUT: Final = "; the field was left out."
_SET_ASIDE: Final = "; the row was set aside."

_ANY: Final = frozenset(Severity)
# What could not be read has no value to send: it can cost its field or its row.
_FIELD_OR_ROW: Final = frozenset({Severity.BLANK, Severity.REJECT})

SETTABLE: Final[dict[IssueCode, frozenset[Severity]]] = {
    **dict.fromkeys(
        (
            IssueCode.EMAIL_SYNTAX,
            IssueCode.DATE_INVALID,
            IssueCode.DATE_AMBIGUOUS,
            IssueCode.DATETIME_INVALID,
            IssueCode.INTEGER_INVALID,
            IssueCode.BOOLEAN_INVALID,
        ),
        _FIELD_OR_ROW,
    ),
    **dict.fromkeys(
        (
            IssueCode.EMAIL_ROLE,
            IssueCode.EMAIL_THROWAWAY,
            IssueCode.EMAIL_TYPO,
            IssueCode.TEXT_TOO_LONG,
            IssueCode.PATTERN_MISMATCH,
            IssueCode.VALUE_NOT_LISTED,
            IssueCode.CONTROL_CHARACTERS,
            IssueCode.TIME_SKIPPED,
            IssueCode.TIME_REPEATED,
            IssueCode.TIME_MISSING,
            IssueCode.PHONE_COUNTRY_UNKNOWN,
            IssueCode.PHONE_INVALID,
            IssueCode.COUNTRY_UNKNOWN,
            IssueCode.POSTAL_CODE_SHORT,
        ),
        _ANY,
    ),
}
"""The severities that a source may give a code. A code that is not here always has its own: a row that could not be
split or has no address cannot be sent, and what the platform says is not ours to judge."""


_WHY_ALWAYS: Final = {
    Severity.REJECT: "such a row cannot be sent, or was refused by the platform",
    Severity.WARN: "it is found only after the row was sent",
}


def severity_problems(severity: Mapping[IssueCode, Severity]) -> list[str]:
    """Say which severities a source may not set, and why; an empty list means that all may be."""
    return [
        f"{code} is always {RULES[code].severity}: {_WHY_ALWAYS[RULES[code].severity]}."
        if code not in SETTABLE
        else f"{code} may be {' or '.join(sorted(SETTABLE[code]))}, not {chosen}: what could not be read is not sent."
        for code, chosen in severity.items()
        if chosen not in SETTABLE.get(code, ())
    ]


def sentence(code: IssueCode, severity: Severity) -> str:
    """Return a code's sentence, with what happened at that severity in the place of what happens at the rule's own."""
    rule = RULES[code]
    if severity is rule.severity:
        return rule.sentence
    found = rule.sentence.removesuffix(_LEFT_OUT).removesuffix(".")
    match severity:
        case Severity.BLANK:
            return found + _LEFT_OUT
        case Severity.REJECT:
            return found + _SET_ASIDE
        case Severity.WARN:
            return found + "."
