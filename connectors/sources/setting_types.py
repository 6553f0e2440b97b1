"""Which settings of a field mean something for which types: one that would be ignored is refused instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas.allowed import TYPES_WITH_LIMITS
from schemas.fields import TEXT_TYPES, FieldType


@dataclass(frozen=True)
class _Meant:
    """The types that a setting is for, what they are called, and what to do where the field is of another."""

    types: tuple[FieldType, ...]
    called: str
    instead: str = "leave it out"


_SET_TYPE: Final = "set its type"

OF_A_COUNTRY: Final = (FieldType.PHONE, FieldType.STATE, FieldType.POSTAL_CODE)
"""The types that are read by the country of their row."""

_MEANT: Final = {
    "format": _Meant((FieldType.DATE, FieldType.DATETIME), "a date or datetime", _SET_TYPE),
    "timezone": _Meant((FieldType.DATETIME,), "a datetime", _SET_TYPE),
    "when": _Meant((FieldType.BOOLEAN,), "a boolean", _SET_TYPE),
    "form": _Meant((FieldType.COUNTRY,), "a country", "leave its type out"),
    "country": _Meant(OF_A_COUNTRY, "a phone, state or postal_code"),
    "allow": _Meant((FieldType.EMAIL,), "an e-mail"),
    "flag": _Meant((FieldType.EMAIL,), "an e-mail"),
    "max_length": _Meant(TEXT_TYPES, "a text"),
    "pattern": _Meant(TYPES_WITH_LIMITS, "a text or an integer"),
    "values": _Meant(TYPES_WITH_LIMITS, "a text or an integer"),
}


def misplaced(given: Iterable[str], kind: FieldType) -> list[str]:
    """Say which settings mean nothing for a field of some type; an empty list means that all mean something.

    Args:
        given: The names of the settings that were written.
        kind: How the field is read.
    """
    found = ((name, _MEANT[name]) for name in given if name in _MEANT)
    return [
        f"{name} is for {meant.called}, and this is read as {kind.value}; {meant.instead}."
        for name, meant in found
        if kind not in meant.types
    ]
