"""`exports/*`: what happened to an e-mail, as a zip of one plain text file. Its form is assumed: see `Behaviour`."""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from typing import Final

from connectors.sandbox.answers import ApiError, Code, Download
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.call import Call

# The kind of event behind each export, and the export's own columns: the event's detail and its date.
EXPORTS: Final = {
    "emailBounces": ("bounce", "bounceType", "dateBounced"),
    "emailClicks": ("click", "url", "dateClicked"),
    "emailComplaints": ("complaint", "feedbackType", "dateComplained"),
    "emailForwards": ("forward", "forwards", "dateForwarded"),
    "emailRecipients": ("sent", "recipientType", "dateSent"),
    "emailShares": ("share", "network", "dateShared"),
    "emailUnsubscribes": ("unsubscribe", "reason", "dateUnsubscribed"),
    "emailViews": ("view", "client", "dateViewed"),
    "emailWebViews": ("web_view", "client", "dateViewed"),
}
EVENT_KINDS: Final = tuple(kind for kind, _, _ in EXPORTS.values())

_EVENTS: Final = """
select email_id, parent_email_id, contact_id, customer_id, email, fields, date, detail
from email_events join emails using (email_id) join contacts using (contact_id)
where kind = ? and (email_id = ? or parent_email_id = ?) order by event_id
"""


def export(name: str) -> Callable[[Call], Download]:
    """Make the endpoint of one export, a key of `EXPORTS`.

    The endpoint takes `emailID`, or `parentEmailID` for all e-mails under it, and `fields`. It raises `ApiError`:
    502 where neither ID is passed, 300 where there is no such e-mail, 501 for an unknown field.
    """
    kind, detail, date = EXPORTS[name]
    columns = ("contactID", "customerID", "email", "firstName", "lastName", "emailID", "parentEmailID", detail, date)

    def endpoint(call: Call) -> Download:
        call.parameters.allow(("emailID", "parentEmailID", "fields"))
        email_id, parent_id = _email_ids(call)
        rows = call.db.execute(_EVENTS, (kind, email_id, parent_id))
        lines = [dict(zip(columns, _values(row), strict=True)) for row in rows]
        return Download(_zipped(f"{name}.txt", _chosen(call, columns), lines, call.behaviour))

    return endpoint


def _email_ids(call: Call) -> tuple[int | None, int | None]:
    email_id, parent_id = call.parameters.integer("emailID"), call.parameters.integer("parentEmailID")
    if email_id is None and parent_id is None:
        raise ApiError(Code.MISSING, 'Either "emailID" or "parentEmailID" is required.')
    query = "select 1 from emails where email_id = ? or parent_email_id = ? or email_id = ?"
    if call.db.execute(query, (email_id, parent_id, parent_id)).fetchone() is None:
        raise ApiError(Code.NOT_FOUND, "The e-mail was not found.")
    return email_id, parent_id


def _chosen(call: Call, columns: Sequence[str]) -> Sequence[str]:
    names = call.parameters.words("fields") or columns
    for name in names:
        if name not in columns:
            raise ApiError(Code.BAD_VALUE, f'There is no field "{name[:40]}"; there are: {", ".join(columns)}.')
    return names


def _values(row: sqlite3.Row) -> tuple[object, ...]:
    texts = json.loads(row["fields"])
    names = (texts.get("firstName", ""), texts.get("lastName", ""))
    parent = "" if row["parent_email_id"] is None else row["parent_email_id"]
    ids = (row["contact_id"], row["customer_id"], row["email"])
    return (*ids, *names, row["email_id"], parent, row["detail"], row["date"])


def _zipped(member: str, names: Sequence[str], lines: Sequence[dict[str, object]], behaviour: Behaviour) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, extrasaction="ignore", delimiter=behaviour.export_delimiter)
    writer.writeheader()
    writer.writerows(lines)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, text.getvalue().encode(behaviour.export_encoding))
    return content.getvalue()
