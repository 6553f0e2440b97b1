"""The contact's fields as the platform names them: their types, their lengths and where they go in a payload.

Names and types are facts of the wire, from the platform's public clients. Lengths are published nowhere:
`ASSUMED_LENGTHS` is the one place that guesses them, and a mapping's `max_length` overrides it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FieldType(StrEnum):
    """What kind of value a field holds, and so how a source's text is read."""

    TEXT = "text"
    EMAIL = "email"
    DATE = "date"
    DATETIME = "datetime"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    PHONE = "phone"
    COUNTRY = "country"
    STATE = "state"
    POSTAL_CODE = "postal_code"


TEXT_TYPES: Final = (
    FieldType.TEXT,
    FieldType.PHONE,
    FieldType.COUNTRY,
    FieldType.STATE,
    FieldType.POSTAL_CODE,
)
"""The types whose values are texts like any other once they are read, with a length to keep."""


class Place(StrEnum):
    """Where a field stands in a contact's payload."""

    TOP = "top"
    CUSTOM = "customFields"
    CONTENT = "contentVariables"


@dataclass(frozen=True)
class Field:
    """One field of a contact.

    Attributes:
        name: The platform's own name.
        type: The type that its values have unless a mapping says otherwise.
        max_length: The longest text in characters, or None where length means nothing.
        place: Where it stands in a payload.
    """

    name: str
    type: FieldType
    max_length: int | None = None
    place: Place = Place.TOP


EMAIL: Final = "email"

# RFC 5321, 4.5.3.1.3: a path holds 256 octets, its angle brackets included.
EMAIL_MAX_LENGTH: Final = 254

ASSUMED_LENGTHS: Final = {
    "notes": 4000,
    "memo": 4000,
    "zipCode": 20,
    "phone": 50,
    "mobileNumber": 50,
    "fax": 50,
}
ASSUMED_TEXT_LENGTH: Final = 255
ASSUMED_LONG_TEXT_LENGTH: Final = 4000

_TEXT_NAMES: Final = (
    *("title", "company", "phone", "mobileNumber", "fax", "firstName", "lastName"),
    *("address1", "address2", "city", "state", "zipCode", "country"),
    *("notes", "memo", "originalSource", "purl", "ipAddress"),
)

TYPES_WITH_COUNTRY: Final = {
    **dict.fromkeys(("phone", "mobileNumber", "fax"), FieldType.PHONE),
    "state": FieldType.STATE,
    "zipCode": FieldType.POSTAL_CODE,
}
"""How fields of text are read where a source says of which country its people are."""

# Opt-outs travel, opt-ins never do: of these two only `true` is ever sent.
OPT_OUT_FIELDS: Final = ("suppressed", "held")

CUSTOM_FIELD_COUNT: Final = 30
CONTENT_VARIABLE_COUNT: Final = 3


def _all_fields() -> tuple[Field, ...]:
    texts = (Field(name, FieldType.TEXT, ASSUMED_LENGTHS.get(name, ASSUMED_TEXT_LENGTH)) for name in _TEXT_NAMES)
    customs = (
        Field(f"custom{n}", FieldType.TEXT, ASSUMED_LONG_TEXT_LENGTH, Place.CUSTOM)
        for n in range(1, CUSTOM_FIELD_COUNT + 1)
    )
    contents = (
        Field(f"content{n}", FieldType.TEXT, ASSUMED_LONG_TEXT_LENGTH, Place.CONTENT)
        for n in range(1, CONTENT_VARIABLE_COUNT + 1)
    )
    return (
        Field(EMAIL, FieldType.EMAIL, EMAIL_MAX_LENGTH),
        Field("customerID", FieldType.TEXT, ASSUMED_TEXT_LENGTH),
        Field("userID", FieldType.INTEGER),
        Field("dateOfBirth", FieldType.DATE),
        *texts,
        *(Field(name, FieldType.BOOLEAN) for name in OPT_OUT_FIELDS),
        *contents,
        *customs,
    )


FIELDS: Final = {field.name: field for field in _all_fields()}
"""Every field that a source may be mapped to, by name, in the order in which payloads hold them."""
