"""Which methods there are, what each needs, and how a call is dispatched to its function."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from connectors.sandbox.access import authenticate
from connectors.sandbox.answers import ApiError, Code, Download, Success
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.call import Call
from connectors.sandbox.endpoints import (
    account,
    contacts_read,
    contacts_remove,
    contacts_write,
    emails,
    exports,
    groups,
)
from connectors.sandbox.parameters import Parameters

Answer = Success | Download | ApiError


@dataclass(frozen=True)
class Route:
    """One method of the API.

    Attributes:
        endpoint: The function behind it.
        modifies: Whether it changes data and so must be a POST.
        permission: The label of the permission that every call of it needs, or None.
    """

    endpoint: Callable[[Call], Answer]
    modifies: bool = False
    permission: str | None = None


ROUTES: Final = {
    "helper/ping": Route(account.ping),
    "users/lookup": Route(account.lookup_user),
    "groups/search": Route(groups.search_groups),
    "groups/getContacts": Route(groups.group_contacts),
    "contacts/import": Route(contacts_write.import_contacts, modifies=True, permission="Contacts (Import)"),
    "contacts/save": Route(contacts_write.save_contact, modifies=True),
    "contacts/lookup": Route(contacts_read.lookup_contact),
    "contacts/search": Route(contacts_read.search_contacts),
    "contacts/delete": Route(contacts_remove.delete_contact, modifies=True, permission="Contacts (Delete)"),
    "contacts/deleteGroups": Route(contacts_remove.delete_groups, modifies=True, permission="Contacts (Edit)"),
    "emails/search": Route(emails.search_emails),
    **{f"exports/{name}": Route(exports.export(name), permission="Contacts (Export)") for name in exports.EXPORTS},
}
RESOURCES: Final = frozenset(name.split("/")[0] for name in ROUTES)


@dataclass(frozen=True)
class Request:
    """A call before anybody checked it.

    Attributes:
        verb: The HTTP method.
        endpoint: `resource/method`, as the URL has it.
        token: The bearer token, empty where there is none.
        parameters: What was passed.
        url: The endpoint's own URL.
        now: GMT, `yyyy-mm-dd hh:mm:ss`.
        lost_rows: As in `Call`.
    """

    verb: str
    endpoint: str
    token: str
    parameters: Parameters
    url: str
    now: str
    lost_rows: frozenset[int] = frozenset()


def find_route(verb: str, endpoint: str) -> Route:
    """Find the method that a URL names.

    Raises:
        ApiError: 100 and 101 for a resource or method that is not there, 2 for the wrong HTTP method.
    """
    resource, _, method = endpoint.partition("/")
    if resource not in RESOURCES:
        raise ApiError(Code.UNKNOWN_RESOURCE, f'There is no resource "{resource[:40]}".')
    route = ROUTES.get(endpoint)
    if route is None:
        raise ApiError(Code.UNKNOWN_METHOD, f'The resource "{resource}" has no method "{method[:40]}".')
    allowed = ("POST",) if route.modifies else ("GET", "POST")
    if verb not in allowed:
        raise ApiError(Code.WRONG_HTTP_METHOD, f"Invalid HTTP request method: use {' or '.join(allowed)}.")
    return route


def dispatch(db: sqlite3.Connection, request: Request, behaviour: Behaviour) -> Answer:
    """Answer a request inside a transaction.

    Raises:
        ApiError: Whatever the platform refuses; nothing is changed then. One that is returned instead is an
            answer as well, and what it wrote stays.
    """
    route = find_route(request.verb, request.endpoint)
    caller = authenticate(db, request.token)
    if route.permission is not None:
        caller.require(route.permission)
    call = Call(db, caller, request.parameters, behaviour, request.url, request.now, request.lost_rows)
    return route.endpoint(call)
