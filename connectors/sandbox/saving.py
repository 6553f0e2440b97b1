"""Applying drafts to the stored contacts: who is meant, what is refused, what is written."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.sandbox.access import Caller
from connectors.sandbox.answers import ApiError, Code
from connectors.sandbox.contacts import Contact, any_of, email_key, replace, select
from connectors.sandbox.drafts import Draft
from connectors.sandbox.memberships import Memberships
from schemas.fields import OPT_OUT_FIELDS


@dataclass(frozen=True)
class Saved:
    """A row that was applied."""

    contact_id: int
    inserted: bool


@dataclass
class _Shelf:
    """The contacts that a request may touch, as they stand after the rows before."""

    caller: Caller
    now: str
    by_id: dict[int, Contact]
    by_key: dict[str, int]
    by_purl: dict[str, int]
    next_id: int
    changed: set[int]


def save_drafts(
    db: sqlite3.Connection, caller: Caller, drafts: Sequence[Draft | ApiError], group_ids: Sequence[int], now: str
) -> list[Saved | ApiError]:
    """Add or update one contact per draft, in order; a row that is refused changes nothing.

    Args:
        db: The transaction to write in.
        caller: Whose token it is; a Restricted User reaches their own contacts only.
        drafts: The rows; one that was refused already stays refused.
        group_ids: Groups that every applied row enters.
        now: GMT, `yyyy-mm-dd hh:mm:ss`.

    Returns:
        For each draft what became of it. Errors are returned and not raised, so that what a refused row
        leaves behind, an attempt to undo an opt-out, is kept.
    """
    good = [draft for draft in drafts if isinstance(draft, Draft)]
    shelf = _load(db, caller, good, now)
    memberships = Memberships(db, list(shelf.by_id), now)
    results = [_save(db, shelf, memberships, draft, group_ids) for draft in drafts]
    replace(db, [shelf.by_id[contact_id] for contact_id in shelf.changed])
    memberships.write(db, shelf.by_id)
    return results


def _load(db: sqlite3.Connection, caller: Caller, drafts: Sequence[Draft], now: str) -> _Shelf:
    keys = [email_key(draft.email) for draft in drafts if draft.email is not None]
    ids = [draft.contact_id for draft in drafts if draft.contact_id is not None]
    purls = [draft.texts["purl"] for draft in drafts if draft.texts.get("purl")]
    # One query per index: joined by "or", they would read the whole table.
    found = (
        *select(db, any_of("email_key"), (json.dumps(keys),)),
        *select(db, any_of("contact_id"), (json.dumps(ids),)),
        *select(db, f"purl <> '' and {any_of('purl')}", (json.dumps(purls),)),
    )
    contacts = {contact.contact_id: contact for contact in found}
    last = db.execute("select max(seq) from sqlite_sequence where name = 'contacts'").fetchone()[0]
    return _Shelf(
        caller,
        now,
        by_id=contacts,
        by_key={email_key(contact.email): contact.contact_id for contact in contacts.values()},
        by_purl={
            contact.texts["purl"]: contact.contact_id for contact in contacts.values() if contact.texts.get("purl")
        },
        next_id=(last or 0) + 1,
        changed=set(),
    )


def _save(
    db: sqlite3.Connection,
    shelf: _Shelf,
    memberships: Memberships,
    draft: Draft | ApiError,
    group_ids: Sequence[int],
) -> Saved | ApiError:
    if isinstance(draft, ApiError):
        return draft
    try:
        contact = _meant(shelf, draft)
        _refuse_unknown_groups(memberships, draft)
        _refuse_taken_purl(shelf, draft, contact)
        _refuse_opt_in(db, shelf, draft, contact)
    except ApiError as error:
        return error
    saved = _apply(shelf, draft, contact)
    memberships.enter(saved.contact_id, (*group_ids, *draft.group_ids))
    memberships.leave(saved.contact_id, draft.remove_group_ids)
    return saved


def _meant(shelf: _Shelf, draft: Draft) -> Contact | None:
    """Find the contact that a draft means; None is a new one."""
    by_email = shelf.by_key.get(email_key(draft.email)) if draft.email is not None else None
    if draft.contact_id is None:
        if draft.email is None:
            raise ApiError(Code.MISSING, 'The field "email" is required.')
        contact = shelf.by_id.get(by_email) if by_email is not None else None
    else:
        contact = shelf.by_id.get(draft.contact_id)
        if contact is None:
            raise ApiError(Code.NOT_FOUND, "There is no contact with this contactID.")
        if by_email not in (None, draft.contact_id):
            raise ApiError(Code.DUPLICATE, f'Email "{draft.email}" belongs to another record.', {"contactID": by_email})
    if contact is not None and not shelf.caller.may_see(contact.user_id):
        raise ApiError(Code.FORBIDDEN, "This record belongs to another user.")
    return contact


def _refuse_unknown_groups(memberships: Memberships, draft: Draft) -> None:
    memberships.refuse_unknown((*draft.group_ids, *draft.remove_group_ids))


def _refuse_taken_purl(shelf: _Shelf, draft: Draft, contact: Contact | None) -> None:
    owner = shelf.by_purl.get(draft.texts.get("purl", ""))
    if owner is not None and (contact is None or owner != contact.contact_id):
        raise ApiError(Code.DUPLICATE, 'The "purl" belongs to another record.', {"contactID": owner})


def _refuse_opt_in(db: sqlite3.Connection, shelf: _Shelf, draft: Draft, contact: Contact | None) -> None:
    """Keep an opt-out whatever a payload says, and put on record every payload that says otherwise."""
    opted_out = contact is not None and (contact.suppressed or contact.held)
    attempts = [name for name in OPT_OUT_FIELDS if getattr(draft, name) is False]
    for name in attempts:
        values = (contact.contact_id if contact else 0, name, opted_out, shelf.now)
        db.execute("insert into violations (contact_id, field, undoes, date) values (?, ?, ?, ?)", values)
    if attempts and opted_out:
        raise ApiError(Code.INVALID_ACTION, f'An opt-out cannot be undone here: "{attempts[0]}" must not be false.')


def _apply(shelf: _Shelf, draft: Draft, contact: Contact | None) -> Saved:
    inserted = contact is None
    if contact is None:
        contact = Contact(shelf.next_id, draft.email or "", shelf.caller.user_id, shelf.now, shelf.now)
        shelf.next_id += 1
        shelf.by_id[contact.contact_id] = contact
    _reindex(shelf, draft, contact)
    contact.email = draft.email or contact.email
    contact.user_id = draft.user_id or contact.user_id
    contact.texts.update(draft.texts)
    contact.date_modified = shelf.now
    if draft.suppressed and not contact.suppressed:
        contact.suppressed, contact.date_suppressed = True, shelf.now
    if draft.held and not contact.held:
        contact.held, contact.date_held = True, shelf.now
    shelf.changed.add(contact.contact_id)
    return Saved(contact.contact_id, inserted)


def _reindex(shelf: _Shelf, draft: Draft, contact: Contact) -> None:
    if draft.email is not None:
        shelf.by_key.pop(email_key(contact.email), None)
        shelf.by_key[email_key(draft.email)] = contact.contact_id
    if "purl" in draft.texts:
        shelf.by_purl.pop(contact.texts.get("purl", ""), None)
        shelf.by_purl[draft.texts["purl"]] = contact.contact_id
        shelf.by_purl.pop("", None)
