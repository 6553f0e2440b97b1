"""What the audience does at the platform, for tests and demonstrations: opting out, bouncing, clicking."""

from collections.abc import Callable, Sequence

from connectors.sandbox.access import API_USER, grant, revoke
from connectors.sandbox.contacts import email_key
from connectors.sandbox.database import Database
from connectors.sandbox.endpoints.exports import EVENT_KINDS


class UnknownContactError(Exception):
    """No contact has this address; import it first."""


class Stage:
    """Changes the sandbox's state from behind, without a request and without a limit."""

    def __init__(self, database: Database, now: Callable[[], str]) -> None:
        """Work on a database; `now` gives GMT as `yyyy-mm-dd hh:mm:ss`."""
        self._database = database
        self._now = now

    def suppress(self, email: str) -> None:
        """Opt a contact out. Raises `UnknownContactError`."""
        self._mark(email, "suppressed = 1, date_suppressed = ?")

    def hold(self, email: str) -> None:
        """Mark an address as bad, as after too many bounces. Raises `UnknownContactError`."""
        self._mark(email, "held = 1, date_held = ?")

    def unsubscribe(self, email: str, email_id: int, reason: str = "") -> None:
        """Let a contact unsubscribe from an e-mail: an event, and opted out. Raises `UnknownContactError`."""
        self.event("unsubscribe", email, email_id, reason)
        self.suppress(email)

    def complain(self, email: str, email_id: int) -> None:
        """Let a contact report an e-mail as spam: an event, and opted out. Raises `UnknownContactError`."""
        self.event("complaint", email, email_id, "abuse")
        self.suppress(email)

    def bounce(self, email: str, email_id: int, bounce_type: str = "hard") -> None:
        """Let an e-mail come back; a hard bounce holds the address. Raises `UnknownContactError`."""
        self.event("bounce", email, email_id, bounce_type)
        if bounce_type == "hard":
            self.hold(email)

    def event(self, kind: str, email: str, email_id: int, detail: str = "") -> None:
        """Add what an export reports.

        Args:
            kind: One of `EVENT_KINDS`.
            email: The contact's address.
            email_id: The e-mail it is about.
            detail: What the export's own column holds, such as a link.

        Raises:
            ValueError: There is no such kind.
            UnknownContactError: There is no such contact.
        """
        if kind not in EVENT_KINDS:
            raise ValueError(f"there is no event {kind!r}; there are: {', '.join(EVENT_KINDS)}")
        with self._database.transaction() as db:
            query = """insert into email_events (kind, email_id, contact_id, date, detail)
                       select ?, ?, contact_id, ?, ? from contacts where email_key = ?"""
            done = db.execute(query, (kind, email_id, self._now(), detail, email_key(email)))
            if not done.rowcount:
                raise UnknownContactError("no contact has this address; import it first")

    def campaign(self, subject: str, recipients: Sequence[str], parent_email_id: int | None = None) -> int:
        """Add an e-mail that was sent, with its recipients, and give its `emailID`.

        Raises:
            UnknownContactError: A recipient is not a contact.
        """
        now = self._now()
        with self._database.transaction() as db:
            values = (parent_email_id, subject, subject, "Sent", "Standard", now, now)
            email_id = db.execute("insert into emails values (null, ?, ?, ?, ?, ?, ?, ?)", values).lastrowid or 0
            for email in recipients:
                self.event("sent", email, email_id)
        return email_id

    def grant(self, token: str, *permissions: str, user_id: int = API_USER) -> None:
        """Make a token valid with some permissions. Raises `ValueError` for one that does not exist."""
        with self._database.transaction() as db:
            grant(db, token, user_id, permissions)

    def revoke(self, token: str) -> None:
        """Revoke a token, as its user may at any time."""
        with self._database.transaction() as db:
            revoke(db, token)

    def _mark(self, email: str, change: str) -> None:
        with self._database.transaction() as db:
            query = f"update contacts set {change}, date_modified = ? where email_key = ?"  # noqa: S608 - own text
            now = self._now()
            if not db.execute(query, (now, now, email_key(email))).rowcount:
                raise UnknownContactError("no contact has this address; import it first")
