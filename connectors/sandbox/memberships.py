"""Who is in which group, and the automated e-mails that entering one sets off."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from connectors.sandbox.answers import ApiError, Code
from connectors.sandbox.contacts import Contact, any_of


class Memberships:
    """The memberships of the contacts of one request, changed in memory and written once."""

    def __init__(self, db: sqlite3.Connection, contact_ids: Sequence[int], now: str) -> None:
        """Read the memberships of some contacts, and every group.

        Args:
            db: The transaction to read in.
            contact_ids: The contacts that are stored already.
            now: GMT, `yyyy-mm-dd hh:mm:ss`.
        """
        groups = db.execute("select group_id, auto_response_email_id from groups")
        self._automated: dict[int, int | None] = dict(groups.fetchall())
        query = f"select contact_id, group_id from memberships where {any_of('contact_id')}"  # noqa: S608 - own text
        self._stored = {(row[0], row[1]) for row in db.execute(query, (json.dumps(contact_ids),))}
        self._current = set(self._stored)
        self._entered: list[tuple[int, int]] = []
        self._now = now

    def refuse_unknown(self, group_ids: Iterable[int]) -> None:
        """Raise `ApiError` 501 where a group does not exist."""
        for group_id in group_ids:
            if group_id not in self._automated:
                raise ApiError(Code.BAD_VALUE, f"There is no group with the groupID {group_id}.")

    def enter(self, contact_id: int, group_ids: Iterable[int]) -> None:
        """Put a contact in groups; only those it is not in yet count as entered."""
        for pair in dict.fromkeys((contact_id, group_id) for group_id in group_ids):
            if pair not in self._current:
                self._current.add(pair)
                self._entered.append(pair)

    def leave(self, contact_id: int, group_ids: Iterable[int]) -> None:
        """Take a contact out of groups."""
        self._current.difference_update((contact_id, group_id) for group_id in group_ids)

    def write(self, db: sqlite3.Connection, contacts: Mapping[int, Contact]) -> None:
        """Store what changed, and log the e-mail of each automated group entered.

        Nobody who opted out or whose address bounces is sent one.

        Args:
            db: The transaction to write in.
            contacts: The contacts of the request, by ID.
        """
        added = [(*pair, self._now) for pair in self._current - self._stored]
        db.executemany("insert into memberships (contact_id, group_id, date_added) values (?, ?, ?)", added)
        db.executemany(
            "delete from memberships where contact_id = ? and group_id = ?", list(self._stored - self._current)
        )
        mails = [
            (contact_id, group_id, email_id, self._now)
            for contact_id, group_id in self._entered
            if (email_id := self._automated[group_id]) is not None
            and not (contacts[contact_id].suppressed or contacts[contact_id].held)
        ]
        db.executemany("insert into sent_mails (contact_id, group_id, email_id, date) values (?, ?, ?, ?)", mails)
