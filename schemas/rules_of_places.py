"""The rules that depend on a country; the expressions are in `schemas.places`."""

from typing import Final

from schemas.fields import FieldType
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping
from schemas.reading_rule import ReadingRule

_PHONE: Final = FieldMapping("phone", FieldType.PHONE, "cell", country="US")

PLACE_RULES: Final = (
    ReadingRule(
        "phones",
        "are written internationally where the row's country or `country` is known, or the number itself says it",
        "ITU-T E.164; North American Numbering Plan; phonenumbers",
        _PHONE,
        "(202) 555-0142",
        "+12025550142",
    ),
    ReadingRule(
        "phones of no plan",
        "and phones with an extension stay as they are",
        "ITU-T E.164",
        _PHONE,
        "555-0142",
        "555-0142",
        IssueCode.PHONE_INVALID,
    ),
    ReadingRule(
        "phones of no country",
        "stay as they are",
        "ours",
        FieldMapping("phone", FieldType.PHONE, "cell"),
        "(202) 555-0142",
        "(202) 555-0142",
        IssueCode.PHONE_COUNTRY_UNKNOWN,
    ),
    ReadingRule(
        "countries",
        "are written as `form` says (alpha2, alpha3, name); without it they stay as they are",
        "ISO 3166-1",
        FieldMapping("country", FieldType.COUNTRY, "cell", form="alpha2"),
        "United States",
        "US",
    ),
    ReadingRule(
        "unknown countries",
        "stay as they are",
        "ISO 3166-1",
        FieldMapping("country", FieldType.COUNTRY, "cell", form="alpha2"),
        "Atlantis",
        "Atlantis",
        IssueCode.COUNTRY_UNKNOWN,
    ),
    ReadingRule(
        "states",
        "of the USA and Canada are two letters; others stay as they are",
        "USPS Publication 28, appendix B; Canada Post",
        FieldMapping("state", FieldType.STATE, "cell", country="US"),
        "Kansas",
        "KS",
    ),
    ReadingRule(
        "short postal codes",
        "of countries with five digits are said: a spreadsheet may have dropped a zero; never mended",
        "UPU addressing guides",
        FieldMapping("zipCode", FieldType.POSTAL_CODE, "cell", country="US"),
        "2134",
        "2134",
        IssueCode.POSTAL_CODE_SHORT,
    ),
    ReadingRule(
        "long texts",
        "of more characters than the field's `max_length` are left out",
        "the account's and the source's settings; else assumed: the platform publishes none",
        FieldMapping("custom1", FieldType.TEXT, "cell", max_length=3),
        "Anna",
        None,
        IssueCode.TEXT_TOO_LONG,
    ),
    ReadingRule(
        "patterns",
        "are fitted by the whole text or number, where the field has a `pattern`",
        "the account's and the source's settings",
        FieldMapping("customerID", FieldType.TEXT, "cell", pattern="[A-Z]{2}[0-9]{4}"),
        "AB12345",
        None,
        IssueCode.PATTERN_MISMATCH,
    ),
    ReadingRule(
        "listed values",
        "are the only ones, to the letter, where the field has `values`",
        "the account's and the source's settings",
        FieldMapping("custom1", FieldType.TEXT, "cell", values=("gold", "silver")),
        "bronze",
        None,
        IssueCode.VALUE_NOT_LISTED,
    ),
)
