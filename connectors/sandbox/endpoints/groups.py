"""`groups/search` and `groups/getContacts`."""

import sqlite3
from collections.abc import Sequence

from connectors.sandbox.access import RESTRICTED
from connectors.sandbox.answers import ApiError, Code, Success
from connectors.sandbox.call import Call
from connectors.sandbox.endpoints.contacts_read import like_pattern
from connectors.sandbox.paging import PAGING_PARAMETERS, paged

_SELECT = """
select groups.*, count(contacts.contact_id) as total,
       coalesce(sum(not contacts.suppressed and not contacts.held), 0) as active
from groups left join memberships using (group_id) left join contacts using (contact_id)
where lower(group_name) like ? escape '\\' group by group_id order by group_id limit ? offset ?
"""


def search_groups(call: Call) -> Success:
    """Give a page of groups; `groupName` may hold the `*` wildcard."""
    call.parameters.allow(("groupName", *PAGING_PARAMETERS))
    pattern = like_pattern((call.parameters.text("groupName") or "*").lower())
    query = "select count(*) from groups where lower(group_name) like ? escape '\\'"
    total = call.db.execute(query, (pattern,)).fetchone()[0]
    return Success(
        paged(call.parameters, call.url, total, lambda limit, offset: list_groups(call.db, (pattern, limit, offset)))
    )


def list_groups(db: sqlite3.Connection, values: Sequence[object] = ("%", -1, 0)) -> list[dict[str, object]]:
    """Show groups as the platform does: what is not set is an empty text, `private` is 1 or 0."""
    return [
        {
            "groupID": row["group_id"],
            "groupName": row["group_name"],
            "friendlyName": row["group_name"],
            "description": row["description"],
            "private": row["private"],
            "userID": row["user_id"],
            "totalMembers": row["total"],
            "activeMembers": row["active"],
            "autoResponseEmailID": "" if row["auto_response_email_id"] is None else row["auto_response_email_id"],
            "dateAdded": row["date_added"],
            "dateModified": "",
            "dateLastEmailSent": row["date_last_email_sent"],
        }
        for row in db.execute(_SELECT, values)
    ]


def group_contacts(call: Call) -> Success:
    """Give a page of a group's subscriptions.

    Raises:
        ApiError: 502 without `groupID`, 300 where there is no such group.
    """
    call.parameters.allow(("groupID", *PAGING_PARAMETERS))
    call.parameters.required("groupID")
    group_id = call.parameters.integer("groupID")
    if call.db.execute("select 1 from groups where group_id = ?", (group_id,)).fetchone() is None:
        raise ApiError(Code.NOT_FOUND, "The group was not found.")
    owner = call.caller.user_id if RESTRICTED in call.caller.permissions else None
    tables = "from memberships join contacts using (contact_id) where group_id = ? and user_id = coalesce(?, user_id)"
    total = call.db.execute(f"select count(*) {tables}", (group_id, owner)).fetchone()[0]

    def read(limit: int, offset: int) -> list[dict[str, object]]:
        columns = "contact_id, email, suppressed, held, memberships.date_added as joined"
        query = f"select {columns} {tables} order by contact_id limit ? offset ?"
        return [_subscription(row) for row in call.db.execute(query, (group_id, owner, limit, offset))]

    return Success(paged(call.parameters, call.url, total, read))


def _subscription(row: sqlite3.Row) -> dict[str, object]:
    return {
        "contactID": row["contact_id"],
        "email": row["email"],
        "suppressed": bool(row["suppressed"]),
        "held": bool(row["held"]),
        "dateAdded": row["joined"],
    }
