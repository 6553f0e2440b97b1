"""Reads the platform's records into typed values; missing and surplus names, 1 for true and "7" for 7 are all fine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.emfluence.assumptions import PERMISSION_LABELS, PERMISSION_NAMES
from connectors.emfluence.envelope import whole_number
from connectors.emfluence.moments import read_moment

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Contact:
    """One contact at the destination.

    Attributes:
        contact_id: The platform's id.
        email: The address as the platform holds it.
        customer_id: The id in the company's own system; empty where there is none.
        suppressed: Whether the person opted out.
        held: Whether the address bounced too often.
        group_ids: The groups that the contact is in.
        date_added: When it came, UTC.
        date_modified: When it last changed, UTC.
        record: All that the platform sent.
    """

    contact_id: int | None
    email: str
    customer_id: str
    suppressed: bool | None
    held: bool | None
    group_ids: tuple[int, ...]
    date_added: datetime | None
    date_modified: datetime | None
    record: Record = field(repr=False)


@dataclass(frozen=True)
class Group:
    """One group.

    Attributes:
        group_id: The platform's id.
        name: Its name.
        total_members: Contacts in it.
        active_members: Those of them that can be sent to.
        automated_email_id: The e-mail that is SENT to whoever is added; empty where there is none.
        record: All that the platform sent.
    """

    group_id: int | None
    name: str
    total_members: int | None
    active_members: int | None
    automated_email_id: str
    record: Record = field(repr=False)


@dataclass(frozen=True)
class User:
    """The token's user.

    Attributes:
        user_id: The platform's id.
        permissions: The labels of what the user may do.
        record: All that the platform sent.
    """

    user_id: int | None
    permissions: frozenset[str]
    record: Record = field(repr=False)


@dataclass(frozen=True)
class Email:
    """One e-mail, as a thing to send.

    Attributes:
        email_id: The platform's id.
        title: Its title or subject.
        status: Its status, in the platform's words.
        record: All that the platform sent.
    """

    email_id: int | None
    title: str
    status: str
    record: Record = field(repr=False)


def read_contact(record: Record) -> Contact:
    """Read a contact."""
    return Contact(
        contact_id=whole_number(record.get("contactID")),
        email=_text(record.get("email")),
        customer_id=_text(record.get("customerID")),
        suppressed=_flag(record.get("suppressed")),
        held=_flag(record.get("held")),
        group_ids=tuple(id_ for item in _items(record.get("groupIDs")) if (id_ := whole_number(item)) is not None),
        date_added=read_moment(record.get("dateAdded")),
        date_modified=read_moment(record.get("dateModified")),
        record=record,
    )


def read_group(record: Record) -> Group:
    """Read a group."""
    return Group(
        group_id=whole_number(record.get("groupID")),
        name=_text(record.get("groupName")),
        total_members=whole_number(record.get("totalMembers")),
        active_members=whole_number(record.get("activeMembers")),
        automated_email_id=_id(record.get("autoResponseEmailID")),
        record=record,
    )


def read_user(record: Record) -> User:
    """Read a user; permissions come as texts, as labelled objects, or as names that are true or false."""
    found: object = next((record[name] for name in PERMISSION_NAMES if record.get(name)), [])
    if isinstance(found, Mapping):
        labels = [name for name, granted in found.items() if _flag(granted)]
    elif isinstance(found, str):
        labels = found.split(",")
    else:
        labels = [_label(item) for item in _items(found)]
    permissions = frozenset(label.strip() for label in labels) - {""}
    return User(whole_number(record.get("userID")), permissions, record)


def read_email(record: Record) -> Email:
    """Read an e-mail."""
    title = _text(record.get("title")) or _text(record.get("emailName")) or _text(record.get("subject"))
    return Email(whole_number(record.get("emailID")), title, _text(record.get("status")), record)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _id(value: object) -> str:
    # Whatever does not plainly say "none" is an e-mail that would be sent.
    return "" if value in (None, "", "0", 0, False, "null") else str(value)


def _flag(value: object) -> bool | None:
    word = str(value).lower()
    return True if word in {"1", "true", "yes"} else False if word in {"0", "false", "no", ""} else None


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _label(item: object) -> str:
    if isinstance(item, Mapping):
        return next((_text(item[name]) for name in PERMISSION_LABELS if name in item), "")
    return _text(item)
