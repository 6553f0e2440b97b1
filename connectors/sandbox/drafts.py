"""One contact as a request passes it, checked by itself: names, types, address, dates. No database here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from connectors.sandbox.answers import ApiError, Code
from connectors.sandbox.contacts import CONTENT_NAMES, CUSTOM_NAMES, TOP_TEXTS
from connectors.sandbox.parameters import read_date
from schemas.fields import EMAIL_MAX_LENGTH

_LOCAL_MAX_LENGTH: Final = 64  # RFC 5321, 4.5.3.1.1
_ATOM: Final = r"[^\s@.\"(),:;<>\[\]\\\x00-\x1f\x7f]+"
# Letters and digits of any script, written as what they are not: combining marks are part of words, not of `\w`.
_NO_LETTER: Final = r"\x00-\x2c\x2e-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\s"
_LABEL: Final = rf"[^-{_NO_LETTER}](?:[^{_NO_LETTER}]{{0,61}}[^-{_NO_LETTER}])?"
_EMAIL: Final = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})+")


@dataclass
class Draft:
    """What a request says of one contact; None and absence mean "leave it alone".

    Attributes:
        texts: Field name to text, custom fields and content variables included; an empty text clears.
        group_ids: Groups to enter.
        remove_group_ids: Groups to leave.
    """

    contact_id: int | None = None
    email: str | None = None
    user_id: int | None = None
    suppressed: bool | None = None
    held: bool | None = None
    texts: dict[str, str] = field(default_factory=dict)
    group_ids: tuple[int, ...] = ()
    remove_group_ids: tuple[int, ...] = ()


def read_draft(raw: object) -> Draft:
    """Check one contact of a request.

    Args:
        raw: The contact, as decoded from JSON.

    Raises:
        ApiError: 500 for a wrong type, 501 for a bad value or an unknown field; its sentence names the field
            and never the value.
    """
    if not isinstance(raw, dict):
        raise ApiError(Code.WRONG_TYPE, "A contact must be an object.")
    draft = Draft()
    for name, value in raw.items():
        reader = _READERS.get(name)
        if reader is None:
            raise ApiError(Code.BAD_VALUE, f'There is no field "{name[:40]}".')
        reader(draft, name, value)
    return draft


def is_email(text: str) -> bool:
    """Tell whether a text is an address: dot-atoms before the @, a domain with a dot after it, RFC 5321 lengths."""
    match = _EMAIL.fullmatch(text)
    return match is not None and len(text) <= EMAIL_MAX_LENGTH and len(match[1]) <= _LOCAL_MAX_LENGTH


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ApiError(Code.WRONG_TYPE, f'The field "{name}" must be a string.')
    return value


def _integer(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ApiError(Code.WRONG_TYPE, f'The field "{name}" must be an integer.')
    if not 0 < value < 2**63:
        raise ApiError(Code.BAD_VALUE, f'The field "{name}" is out of range.')
    return value


def _boolean(value: object, name: str) -> bool:
    if value not in (0, 1) or not isinstance(value, int):
        raise ApiError(Code.WRONG_TYPE, f'The field "{name}" must be a boolean.')
    return bool(value)


def _integers(value: object, name: str) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise ApiError(Code.WRONG_TYPE, f'The field "{name}" must be a list of integers.')
    return tuple(_integer(item, name) for item in value)


def _struct(value: object, name: str, allowed: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ApiError(Code.WRONG_TYPE, f'The field "{name}" must be an object.')
    for key in value:
        if key not in allowed:
            raise ApiError(Code.BAD_VALUE, f'There is no "{key[:40]}" in "{name}".')
    return value


def _read_email(draft: Draft, name: str, value: object) -> None:
    draft.email = _text(value, name).strip()
    if not is_email(draft.email):
        raise ApiError(Code.BAD_VALUE, f'The field "{name}" is not a valid e-mail address.')


def _read_text(draft: Draft, name: str, value: object) -> None:
    draft.texts[name] = _text(value, name)


def _read_customer_id(draft: Draft, name: str, value: object) -> None:
    # "id in the client's own system": a number in many of them.
    draft.texts[name] = str(_integer(value, name)) if isinstance(value, int) else _text(value, name)


def _read_birthday(draft: Draft, name: str, value: object) -> None:
    text = _text(value, name)
    draft.texts[name] = read_date(text, name) if text else ""


def _read_customs(draft: Draft, name: str, value: object) -> None:
    for custom, struct in _struct(value, name, CUSTOM_NAMES).items():
        content = _struct(struct, custom, ("value", "label"))
        if "value" not in content:
            raise ApiError(Code.MISSING, f'The field "{custom}" needs a "value".')
        draft.texts[custom] = _text(content["value"], custom)


def _read_contents(draft: Draft, name: str, value: object) -> None:
    for content, text in _struct(value, name, CONTENT_NAMES).items():
        draft.texts[content] = _text(text, content)


def _attribute(attribute: str, read: Callable[[object, str], object]) -> Callable[[Draft, str, object], None]:
    return lambda draft, name, value: setattr(draft, attribute, read(value, name))


_READERS: Final[dict[str, Callable[[Draft, str, object], None]]] = {
    **dict.fromkeys(TOP_TEXTS, _read_text),
    "email": _read_email,
    "customerID": _read_customer_id,
    "dateOfBirth": _read_birthday,
    "customFields": _read_customs,
    "contentVariables": _read_contents,
    "contactID": _attribute("contact_id", _integer),
    "userID": _attribute("user_id", _integer),
    "suppressed": _attribute("suppressed", _boolean),
    "held": _attribute("held", _boolean),
    "groupIDs": _attribute("group_ids", _integers),
    "removeGroupIDs": _attribute("remove_group_ids", _integers),
}
"""How each field of a contact is read; what is not here is refused, the read-only dates among it."""
