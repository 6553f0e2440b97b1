"""What a person does about each code that our own checks find."""

from typing import Final

from schemas.issues import IssueCode

_LOOK_UP: Final = "Correct the address in the system it comes from."
_FORMAT: Final = "Add the column's format to `format` of the field, or correct the value."

REMEDIES: Final[dict[IssueCode, str]] = {
    IssueCode.RAGGED_ROW: "Open the file at the line; put texts that hold the separator into quotes.",
    IssueCode.STRAY_QUOTE: 'Open the file at the line; write a quote inside a text as "".',
    IssueCode.NUL_BYTE: "Export the file again, or copy it again from where it came: it was damaged.",
    IssueCode.REPEATED_HEADER: "Nothing: the rows below it are read; take it out if you join files yourself.",
    IssueCode.TOTAL_LINE: "Nothing: a total is left out by itself.",
    IssueCode.ERROR_CELL: "Mend the formula, or open the workbook in Excel and save it, so that its values are saved.",
    IssueCode.EMAIL_MISSING: "Add the address, or leave people without one out of the export.",
    IssueCode.EMAIL_SYNTAX: f"{_LOOK_UP} Where nearly every row has this, `email` is mapped to the wrong column.",
    IssueCode.EMAIL_ROLE: "Ask for the person's own address, or take `role` out of `flag`.",
    IssueCode.EMAIL_THROWAWAY: "Decide whether such people are wanted; `severity` can set them aside.",
    IssueCode.EMAIL_TYPO: "Compare with the suggestion in row_warnings, and correct the address if it is right.",
    IssueCode.TEXT_TOO_LONG: "Shorten the text, or raise `max_length` of the field if the platform takes more.",
    IssueCode.PATTERN_MISMATCH: "Correct the value, or the `pattern` of the field.",
    IssueCode.VALUE_NOT_LISTED: "Correct the value, or add it to the allowed `values` of the field.",
    IssueCode.CONTROL_CHARACTERS: "Nothing is lost; retype the text where it was pasted.",
    IssueCode.DATE_INVALID: _FORMAT,
    IssueCode.DATE_AMBIGUOUS: "Keep only the right one of the formats of the field; of a typed moment, give its day.",
    IssueCode.DATETIME_INVALID: _FORMAT,
    IssueCode.TIME_SKIPPED: "Export times with their offset, or in GMT.",
    IssueCode.TIME_REPEATED: "Export times with their offset, or in GMT.",
    IssueCode.TIME_MISSING: "Set a `format` without a time if days are meant; else export the time.",
    IssueCode.INTEGER_INVALID: "Correct the number, or map another column.",
    IssueCode.BOOLEAN_INVALID: "List the words that mean yes in `when` of the field.",
    IssueCode.PHONE_COUNTRY_UNKNOWN: "Set `country` for the source, or map the column that holds it.",
    IssueCode.PHONE_INVALID: "Correct the number, or check that `country` is right.",
    IssueCode.COUNTRY_UNKNOWN: "Write the country's English name, or its code of ISO 3166.",
    IssueCode.POSTAL_CODE_SHORT: "Export postal codes as text, so that zeros at their start stay.",
}
"""One sentence a code; what the platform says of rows is found after they were sent, and not counted here."""
