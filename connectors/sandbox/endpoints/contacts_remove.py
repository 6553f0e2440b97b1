"""`contacts/delete` and `contacts/deleteGroups`."""

from connectors.sandbox.answers import ApiError, Code, Success
from connectors.sandbox.call import Call
from connectors.sandbox.endpoints.contacts_read import found_contact
from connectors.sandbox.memberships import Memberships


def delete_contact(call: Call) -> Success:
    """Delete one contact by `contactID`; a suppressed one stays, or its opt-out would be forgotten.

    Raises:
        ApiError: 502 without `contactID`, 300 where there is none, 302 where it is suppressed, 303 where it
            is another user's.
    """
    call.parameters.allow(("contactID",))
    call.parameters.required("contactID")
    contact = found_contact(call)
    if contact.suppressed:
        raise ApiError(Code.INVALID_ACTION, "Suppressed records cannot be deleted.")
    for table in ("memberships", "email_events", "contacts"):
        call.db.execute(f"delete from {table} where contact_id = ?", (contact.contact_id,))  # noqa: S608 - own names
    return Success()


def delete_groups(call: Call) -> Success:
    """Take a contact out of `groupIDs`, and answer the groups it was asked to leave.

    Raises:
        ApiError: 502 without `groupIDs` or a contact, 300 and 303 as for a lookup, 501 for an unknown group.
    """
    call.parameters.allow(("contactID", "email", "groupIDs"))
    call.parameters.required("groupIDs")
    group_ids = call.parameters.integers("groupIDs")
    contact = found_contact(call)
    memberships = Memberships(call.db, [contact.contact_id], call.now)
    memberships.refuse_unknown(group_ids)
    memberships.leave(contact.contact_id, group_ids)
    memberships.write(call.db, {contact.contact_id: contact})
    return Success({"contactID": contact.contact_id, "groupIDs": list(group_ids)})
