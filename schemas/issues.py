"""Issues: what was found about a row, as a closed list of codes, each with its severity and its sentence.

An issue never holds the offending value: values are personal data and stay in the rejected table.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl


class Severity(StrEnum):
    """What an issue does to its row."""

    REJECT = "reject"
    """The row is set aside and never sent."""

    BLANK = "blank"
    """The field is left out of the payload; the rest of the row is sent."""

    WARN = "warn"
    """The row is sent as it is; somebody should look."""


class IssueCode(StrEnum):
    """Why a row or a field is not as it should be."""

    RAGGED_ROW = "ragged_row"
    STRAY_QUOTE = "stray_quote"
    NUL_BYTE = "nul_byte"
    REPEATED_HEADER = "repeated_header"
    TOTAL_LINE = "total_line"
    ERROR_CELL = "error_cell"
    EMAIL_MISSING = "email_missing"
    EMAIL_SYNTAX = "email_syntax"
    EMAIL_ROLE = "email_role"
    EMAIL_THROWAWAY = "email_throwaway"
    EMAIL_TYPO = "email_typo"
    TEXT_TOO_LONG = "text_too_long"
    PATTERN_MISMATCH = "pattern_mismatch"
    VALUE_NOT_LISTED = "value_not_listed"
    CONTROL_CHARACTERS = "control_characters"
    DATE_INVALID = "date_invalid"
    DATE_AMBIGUOUS = "date_ambiguous"
    DATETIME_INVALID = "datetime_invalid"
    TIME_SKIPPED = "time_skipped"
    TIME_REPEATED = "time_repeated"
    TIME_MISSING = "time_missing"
    INTEGER_INVALID = "integer_invalid"
    BOOLEAN_INVALID = "boolean_invalid"
    PHONE_COUNTRY_UNKNOWN = "phone_country_unknown"
    PHONE_INVALID = "phone_invalid"
    COUNTRY_UNKNOWN = "country_unknown"
    POSTAL_CODE_SHORT = "postal_code_short"
    PLATFORM_REFUSED = "platform_refused"
    PLATFORM_WARNING = "platform_warning"
    NOT_CONFIRMED = "not_confirmed"
    PLATFORM_NOTE = "platform_note"


@dataclass(frozen=True)
class Rule:
    """What one issue code does, and the sentence a person reads."""

    severity: Severity
    sentence: str


RULES: Final[dict[IssueCode, Rule]] = {
    IssueCode.RAGGED_ROW: Rule(
        Severity.REJECT, "The row has more or fewer fields than the header; check its separators and quotes."
    ),
    IssueCode.STRAY_QUOTE: Rule(Severity.REJECT, "A quotation mark stands where none may; double it or take it out."),
    IssueCode.NUL_BYTE: Rule(
        Severity.REJECT, "The row holds a NUL byte, as damaged files do; something may be missing beside it."
    ),
    IssueCode.REPEATED_HEADER: Rule(
        Severity.REJECT, "The header stands here once more, as where files were joined; this is no contact."
    ),
    IssueCode.TOTAL_LINE: Rule(Severity.REJECT, "This is the total at the end of the file, not a contact."),
    IssueCode.ERROR_CELL: Rule(
        Severity.REJECT, "A mapped cell holds an error such as #N/A, or a formula whose value was not saved with it."
    ),
    IssueCode.EMAIL_MISSING: Rule(Severity.REJECT, "The row has no e-mail address."),
    IssueCode.EMAIL_SYNTAX: Rule(Severity.REJECT, "This is not a valid e-mail address."),
    IssueCode.EMAIL_ROLE: Rule(Severity.WARN, "The address belongs to a function (info@, sales@), not to a person."),
    IssueCode.EMAIL_THROWAWAY: Rule(Severity.WARN, "The address is of a service for throw-away addresses."),
    IssueCode.EMAIL_TYPO: Rule(Severity.WARN, "The address's domain looks like a typing error."),
    IssueCode.TEXT_TOO_LONG: Rule(Severity.BLANK, "The text is longer than the field allows; the field was left out."),
    IssueCode.PATTERN_MISMATCH: Rule(
        Severity.BLANK, "The text does not fit the pattern that is set for the field; the field was left out."
    ),
    IssueCode.VALUE_NOT_LISTED: Rule(
        Severity.BLANK, "This is none of the values that are set for the field; the field was left out."
    ),
    IssueCode.CONTROL_CHARACTERS: Rule(Severity.WARN, "Invisible control characters were taken out of the text."),
    IssueCode.DATE_INVALID: Rule(
        Severity.BLANK,
        "This is not a date in a format of the column (2026-11-24 unless set); the field was left out.",
    ),
    IssueCode.DATE_AMBIGUOUS: Rule(
        Severity.BLANK,
        "By the formats or zone of the column it is more than one day or time; the field was left out.",
    ),
    IssueCode.DATETIME_INVALID: Rule(
        Severity.BLANK,
        "This is not a date and time in a format of the column (ISO 8601 unless set); the field was left out.",
    ),
    IssueCode.TIME_SKIPPED: Rule(
        Severity.WARN,
        "The clocks skipped this local time; it was read as if they had not been put forward yet.",
    ),
    IssueCode.TIME_REPEATED: Rule(Severity.WARN, "This local time came twice that night; the first one was taken."),
    IssueCode.TIME_MISSING: Rule(
        Severity.WARN, "The value has a day and no time; it was read as the start of that day in the column's zone."
    ),
    IssueCode.INTEGER_INVALID: Rule(Severity.BLANK, "This is not a whole number; the field was left out."),
    IssueCode.BOOLEAN_INVALID: Rule(Severity.BLANK, "This is neither yes nor no; the field was left out."),
    IssueCode.PHONE_COUNTRY_UNKNOWN: Rule(Severity.WARN, "It is not known of which country this phone number is."),
    IssueCode.PHONE_INVALID: Rule(Severity.WARN, "This is no phone number of its country."),
    IssueCode.COUNTRY_UNKNOWN: Rule(Severity.WARN, "This is no country's name or code."),
    IssueCode.POSTAL_CODE_SHORT: Rule(
        Severity.WARN, "The postal code is too short for its country; it may have lost a zero at its start."
    ),
    IssueCode.PLATFORM_REFUSED: Rule(Severity.REJECT, "The platform refused the row."),
    IssueCode.PLATFORM_WARNING: Rule(Severity.WARN, "The platform applied the row and warned about it."),
    IssueCode.NOT_CONFIRMED: Rule(
        Severity.WARN, "The platform did not confirm the row; it is sent again with the next sync."
    ),
    IssueCode.PLATFORM_NOTE: Rule(Severity.WARN, "The platform said this of a batch, and of no row in particular."),
}
"""What each code does. Every code has exactly one rule."""

ISSUES: Final = pl.Schema(
    {
        "source": pl.String,
        "row": pl.Int64,
        "email": pl.String,
        "field": pl.String,
        "code": pl.String,
        "severity": pl.String,
        "message": pl.String,
    }
)
"""The columns of a table of issues; `field` is null for an issue of the whole row."""
