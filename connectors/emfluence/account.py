"""What an account holds beside contacts: groups, the token's user, e-mails, and whether it answers at all."""

from collections.abc import Iterator

from connectors.emfluence.client import Client
from connectors.emfluence.paging import records
from connectors.emfluence.protocol import Answer
from connectors.emfluence.records import (
    Contact,
    Email,
    Group,
    User,
    read_contact,
    read_email,
    read_group,
    read_user,
)


def ping(client: Client) -> Answer:
    """Return the answer to nothing, if the platform answers and takes the token.

    Raises:
        Failure: Any of `errors`.
    """
    return client.call("helper", "ping")


def groups(client: Client, /, **criteria: object) -> Iterator[Group]:
    """Yield the groups that match (`groups/search`).

    Raises:
        Failure: Any of `errors`.
    """
    return map(read_group, records(client, "groups", "search", criteria))


def group_contacts(client: Client, group_id: int, /, **criteria: object) -> Iterator[Contact]:
    """Yield a group's contacts (`groups/getContacts`).

    Raises:
        Failure: Any of `errors`.
    """
    return map(read_contact, records(client, "groups", "getContacts", {"groupID": group_id, **criteria}))


def user(client: Client) -> User:
    """Return the token's user with their permissions (`users/lookup`).

    Raises:
        Failure: Any of `errors`.
    """
    return read_user(client.call("users", "lookup").data)


def emails(client: Client, /, **criteria: object) -> Iterator[Email]:
    """Yield the e-mails that match (`emails/search`).

    Args:
        client: Where to search.
        **criteria: The platform's names: `status`, `deliveryType`, `dateSentStart`, `dateSentEnd` (datetimes with a
            zone, or GMT texts), `rpp`.

    Raises:
        Failure: Any of `errors`.
    """
    return map(read_email, records(client, "emails", "search", criteria))
