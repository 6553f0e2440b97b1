"""`emails/search`."""

import sqlite3

from connectors.sandbox.access import API_USER
from connectors.sandbox.answers import Success
from connectors.sandbox.call import Call
from connectors.sandbox.paging import PAGING_PARAMETERS, paged


def search_emails(call: Call) -> Success:
    """Give a page of e-mails, newest first; both ends of a span of days count."""
    call.parameters.allow(("status", "deliveryType", "dateSentStart", "dateSentEnd", *PAGING_PARAMETERS))
    text, day = call.parameters.text, call.parameters.day
    filters = (
        ("status = ?", text("status")),
        ("delivery_type = ?", text("deliveryType")),
        ("date_sent >= ?", day("dateSentStart")),
        ("date_sent <> '' and substr(date_sent, 1, 10) <= ?", day("dateSentEnd")),
    )
    chosen = [(condition, value) for condition, value in filters if value is not None]
    values = [value for _, value in chosen]
    tables = f"from emails where {' and '.join(['1', *(condition for condition, _ in chosen)])}"
    total = call.db.execute(f"select count(*) {tables}", values).fetchone()[0]

    def read(limit: int, offset: int) -> list[dict[str, object]]:
        query = f"select * {tables} order by date_sent desc, email_id desc limit ? offset ?"
        return [_email(row) for row in call.db.execute(query, (*values, limit, offset))]

    return Success(paged(call.parameters, call.url, total, read))


def _email(row: sqlite3.Row) -> dict[str, object]:
    return {
        "emailID": row["email_id"],
        "parentEmailID": "" if row["parent_email_id"] is None else row["parent_email_id"],
        "title": row["title"],
        "subject": row["subject"],
        "status": row["status"],
        "deliveryType": row["delivery_type"],
        "userID": API_USER,
        "fromName": "Sandbox",
        "fromAddress": "news@sandbox.example",
        "dateAdded": row["date_added"],
        "dateModified": row["date_added"],
        "dateSent": row["date_sent"],
    }
