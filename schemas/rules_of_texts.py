"""The rules by which texts are cleaned; the expressions are in `schemas.texts`."""

from typing import Final

from schemas.fields import FieldType
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping
from schemas.reading_rule import ReadingRule

_TEXT: Final = FieldMapping("custom1", FieldType.TEXT, "cell")

TEXT_RULES: Final = (
    ReadingRule(
        "control characters",
        "are taken out of texts; tab and line ends stay",
        "Unicode, category Cc; JSON escapes them and mails show them as boxes",
        _TEXT,
        "An\x00n",
        "Ann",
        IssueCode.CONTROL_CHARACTERS,
    ),
    ReadingRule(
        "zero-width characters",
        "(U+200B, U+2060, U+FEFF) are taken out of texts; the joiners of Persian words and emoji stay",
        "Unicode Standard, 23.2",
        _TEXT,
        "An\u200bn",
        "Ann",
    ),
    ReadingRule(
        "composed letters",
        "texts are brought into NFC",
        "Unicode Standard Annex 15",
        _TEXT,
        "Zoe\u0308",
        "Zo\u00eb",
    ),
    ReadingRule(
        "no-break spaces",
        "(U+00A0, U+2007, U+202F) become plain spaces",
        "Unicode Standard, 6.2; copied from web pages",
        _TEXT,
        "Ann\u00a0Lee",
        "Ann Lee",
    ),
    ReadingRule(
        "spaces at the ends",
        "and line ends there are taken off; those inside stay",
        "ours",
        _TEXT,
        " Ann  Lee ",
        "Ann  Lee",
    ),
    ReadingRule(
        "surrounding quotes",
        "one pair that stands around the whole text is taken off, unless it also stands inside",
        "ours; exports that quote twice",
        _TEXT,
        '"Ann"',
        "Ann",
    ),
    ReadingRule(
        "blank words",
        "texts of `blank_words` (by source or field) are empty cells, whatever their case",
        "the source's settings",
        FieldMapping("custom1", FieldType.TEXT, "cell", blank_words=("N/A", "-")),
        "n/a",
        None,
    ),
)
