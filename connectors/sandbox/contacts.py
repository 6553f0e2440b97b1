"""Contacts as stored, and as the platform shows them. How a row changes one is in `saving`."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Final, cast

from schemas.fields import CONTENT_VARIABLE_COUNT, CUSTOM_FIELD_COUNT, FIELDS, FieldType, Place

CUSTOM_NAMES: Final = tuple(f"custom{n}" for n in range(1, CUSTOM_FIELD_COUNT + 1))
CONTENT_NAMES: Final = tuple(f"content{n}" for n in range(1, CONTENT_VARIABLE_COUNT + 1))
TOP_TEXTS: Final = tuple(
    name for name, kind in FIELDS.items() if kind.place is Place.TOP and kind.type in (FieldType.TEXT, FieldType.DATE)
)
"""The fields that hold a text at the top of a payload; `dateOfBirth` is one of them."""

COLUMNS: Final = (
    "contact_id, email, customer_id, purl, user_id, suppressed, held, date_added, date_modified, "
    "date_suppressed, date_held, contact_score, fields"
)


@dataclass
class Contact:
    """One contact. Dates are GMT, `yyyy-mm-dd hh:mm:ss`, or empty."""

    contact_id: int
    email: str
    user_id: int
    date_added: str
    date_modified: str
    suppressed: bool = False
    held: bool = False
    date_suppressed: str = ""
    date_held: str = ""
    contact_score: int = 0
    texts: dict[str, str] = field(default_factory=dict)


# One encoder for all contacts: `json.dumps` with options makes a new one each time.
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PLAIN_COLUMNS: Final = tuple(item.name for item in fields(Contact) if item.name not in ("texts", "suppressed", "held"))


def email_key(email: str) -> str:
    """Give the form in which addresses are compared: case means nothing to the platform."""
    return email.strip().lower()


def select(db: sqlite3.Connection, where: str, values: Sequence[object] = ()) -> list[Contact]:
    """Read the contacts that meet an SQL condition (with its order and limit, where it has them)."""
    # The conditions are this package's own text; every value is bound.
    return [_from_row(row) for row in db.execute(f"select {COLUMNS} from contacts where {where}", values)]  # noqa: S608 - see above


def any_of(column: str) -> str:
    """Give the SQL condition that a column is in a JSON list, bound as one value."""
    return f"{column} in (select value from json_each(?))"  # noqa: S608 - a column of ours


def replace(db: sqlite3.Connection, contacts: Iterable[Contact]) -> None:
    """Write contacts over whatever is stored under their IDs."""
    rows = [_to_row(contact) for contact in contacts]
    # All go before any comes back, so that two contacts may swap a unique value in one request.
    db.execute(f"delete from contacts where {any_of('contact_id')}", (json.dumps([row[0] for row in rows]),))  # noqa: S608 - own text
    db.executemany("insert into contacts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def group_ids(db: sqlite3.Connection, contacts: Iterable[Contact]) -> dict[int, list[int]]:
    """Give each contact's groups, ascending."""
    found: dict[int, list[int]] = {contact.contact_id: [] for contact in contacts}
    query = f"select contact_id, group_id from memberships where {any_of('contact_id')} order by 1, 2"  # noqa: S608 - own text
    for contact_id, group_id in db.execute(query, (json.dumps(list(found)),)):
        found[contact_id].append(group_id)
    return found


def record(contact: Contact, groups: Sequence[int]) -> dict[str, object]:
    """Show a contact as `contacts/lookup` and `contacts/save` do (the field names and types of recorded answers)."""
    texts = contact.texts
    return {
        "contactID": contact.contact_id,
        "userID": contact.user_id,
        "email": contact.email,
        **{name: texts.get(name, "") for name in TOP_TEXTS},
        # Recorded answers carry the content variables at the top; one client reads them as a struct.
        **{name: texts.get(name, "") for name in CONTENT_NAMES},
        "contentVariables": {name: texts.get(name, "") for name in CONTENT_NAMES},
        "customFields": {
            name: {"label": f"Custom {n}", "value": texts.get(name, "")} for n, name in enumerate(CUSTOM_NAMES, 1)
        },
        "groupIDs": list(groups),
        "held": contact.held,
        "suppressed": contact.suppressed,
        "contactScore": contact.contact_score,
        "dateAdded": contact.date_added,
        "dateModified": contact.date_modified,
        "dateHeld": contact.date_held,
        "dateSuppressed": contact.date_suppressed,
    }


def records(db: sqlite3.Connection, contacts: Sequence[Contact]) -> list[dict[str, object]]:
    """Show contacts with their groups."""
    groups = group_ids(db, contacts)
    return [record(contact, groups[contact.contact_id]) for contact in contacts]


def _from_row(row: sqlite3.Row) -> Contact:
    texts = cast("dict[str, str]", json.loads(row["fields"]))
    own = {name: row[name] for name in _PLAIN_COLUMNS}
    return Contact(**own, texts=texts, suppressed=bool(row["suppressed"]), held=bool(row["held"]))


def _to_row(contact: Contact) -> tuple[object, ...]:
    return (
        contact.contact_id,
        contact.email,
        email_key(contact.email),
        contact.texts.get("customerID", ""),
        contact.texts.get("purl", ""),
        contact.user_id,
        contact.suppressed,
        contact.held,
        contact.date_added,
        contact.date_modified,
        contact.date_suppressed,
        contact.date_held,
        contact.contact_score,
        _encode(contact.texts),
    )
