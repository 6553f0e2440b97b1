"""Single contacts: save, look up, search, delete. Many at once are `imports`."""

from collections.abc import Iterator, Sequence

from connectors.emfluence.client import Client
from connectors.emfluence.errors import RequestRefused
from connectors.emfluence.paging import records
from connectors.emfluence.records import Contact, read_contact

_NOT_FOUND = 300


def save(client: Client, /, **fields: object) -> Contact:
    """Add a contact, or change the one with this `contactID` or `email`; fields that are left out stay as they are.

    Args:
        client: Where to save it.
        **fields: The platform's names, `removeGroupIDs` included.

    Raises:
        DuplicateRecord: Another contact has the e-mail; `facts.contact_id` says which.
        Failure: Any other of `errors`.
    """
    return read_contact(client.send("contacts", "save", fields).data)


def lookup(client: Client, *, contact_id: int | None = None, email: str | None = None) -> Contact | None:
    """Return one contact by its id or e-mail, None where there is none.

    Raises:
        Failure: Any of `errors` but code 300.
    """
    wanted = {"contactID": contact_id, "email": email}
    try:
        answer = client.send("contacts", "lookup", {name: value for name, value in wanted.items() if value is not None})
    except RequestRefused as refusal:
        if refusal.facts.code == _NOT_FOUND:
            return None
        raise
    return read_contact(answer.data)


def search(client: Client, /, **criteria: object) -> Iterator[Contact]:
    """Yield the contacts that match, by ascending id unless told otherwise: new ones then come last.

    Args:
        client: Where to search.
        **criteria: The platform's names: `email` (with `*`), `groupID`, `suppressed`, `held`, `contactIDs`,
            `customerID`, `fields`, `rpp`, `sortField`, `sortDirection`.

    Raises:
        Failure: Any of `errors`.
    """
    order = {"sortField": "contactID", "sortDirection": "asc"}
    return map(read_contact, records(client, "contacts", "search", {**order, **criteria}))


def delete(client: Client, contact_id: int) -> None:
    """Delete a contact; the platform refuses to delete a suppressed one.

    Raises:
        Failure: Any of `errors`.
    """
    client.call("contacts", "delete", contactID=contact_id)


def delete_groups(client: Client, contact_id: int, group_ids: Sequence[int]) -> None:
    """Take a contact out of groups.

    Raises:
        Failure: Any of `errors`.
    """
    client.call("contacts", "deleteGroups", contactID=contact_id, groupIDs=list(group_ids))
