"""`contacts/lookup` and `contacts/search`."""

import json
from typing import Final

from connectors.sandbox.access import RESTRICTED
from connectors.sandbox.answers import ApiError, Code, Success
from connectors.sandbox.call import Call
from connectors.sandbox.contacts import CUSTOM_NAMES, Contact, any_of, email_key, records, select
from connectors.sandbox.paging import PAGING_PARAMETERS, paged

_SORT_COLUMNS: Final = {
    "contactID": "contact_id",
    "email": "email_key",
    "dateModified": "date_modified",
    "contactScore": "contact_score",
}
_FILTERS: Final = ("email", "groupID", "suppressed", "held", "contactIDs", "customerID")
_SEARCH_PARAMETERS: Final = (*_FILTERS, "fields", *PAGING_PARAMETERS, "sortField", "sortDirection")


def lookup_contact(call: Call) -> Success:
    """Give one contact by `contactID` or by `email`.

    Raises:
        ApiError: 502 where neither is passed, 300 where there is none, 303 where it is another user's.
    """
    call.parameters.allow(("contactID", "email"))
    return Success(records(call.db, [found_contact(call)])[0])


def found_contact(call: Call) -> Contact:
    """Find the one contact that `contactID` or `email` names; raises as `lookup_contact` does."""
    contact_id, email = call.parameters.integer("contactID"), call.parameters.text("email")
    if contact_id is None and email is None:
        raise ApiError(Code.MISSING, 'Either "contactID" or "email" is required.')
    if contact_id is not None:
        found = select(call.db, "contact_id = ?", (contact_id,))
    else:
        found = select(call.db, "email_key = ?", (email_key(email or ""),))
    if not found:
        raise ApiError(Code.NOT_FOUND, "The contact was not found.")
    if not call.caller.may_see(found[0].user_id):
        raise ApiError(Code.FORBIDDEN, "This record belongs to another user.")
    return found[0]


def search_contacts(call: Call) -> Success:
    """Give a page of the contacts that meet every filter passed; records are flat, as clients read them.

    Raises:
        ApiError: 500 and 501 for parameters of a wrong type or value.
    """
    call.parameters.allow(_SEARCH_PARAMETERS)
    where, values = _condition(call)
    order = _order(call)
    names = call.parameters.words("fields")
    # The condition and the order are chosen from this module's own text; every value is bound.
    total = call.db.execute(f"select count(*) from contacts where {where}", values).fetchone()[0]  # noqa: S608 - see above

    def read(limit: int, offset: int) -> list[dict[str, object]]:
        found = select(call.db, f"{where} order by {order} limit ? offset ?", (*values, limit, offset))
        return [_chosen(_flat(item), names) for item in records(call.db, found)]

    return Success(paged(call.parameters, call.url, total, read))


def _condition(call: Call) -> tuple[str, list[object]]:
    parameters = call.parameters
    found: list[tuple[str, object]] = []
    if (email := parameters.text("email")) is not None:
        found.append(("email_key like ? escape '\\'", like_pattern(email_key(email))))
    if (group_id := parameters.integer("groupID")) is not None:
        found.append(("contact_id in (select contact_id from memberships where group_id = ?)", group_id))
    found += [
        (f"{flag} = ?", value) for flag in ("suppressed", "held") if (value := parameters.boolean(flag)) is not None
    ]
    if "contactIDs" in parameters.values:
        found.append((any_of("contact_id"), json.dumps(parameters.integers("contactIDs"))))
    if (customer_id := parameters.text("customerID")) is not None:
        found.append(("customer_id = ?", customer_id))
    if RESTRICTED in call.caller.permissions:
        found.append(("user_id = ?", call.caller.user_id))
    return " and ".join(["1", *(text for text, _ in found)]), [value for _, value in found]


def like_pattern(text: str) -> str:
    r"""Turn the API's `*` wildcard into SQL's `%`; what SQL takes for a wildcard is escaped with `\`."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")


def _order(call: Call) -> str:
    column = _SORT_COLUMNS[call.parameters.choice("sortField", tuple(_SORT_COLUMNS)) or "contactID"]
    direction = call.parameters.choice("sortDirection", ("asc", "desc")) or "asc"
    return f"{column} {direction}, contact_id {direction}"


def _flat(record: dict[str, object]) -> dict[str, object]:
    customs, contents = record.pop("customFields"), record.pop("contentVariables")
    if not isinstance(customs, dict) or not isinstance(contents, dict):
        raise TypeError("a contact's record has lost its structs")
    return {**record, **{name: customs[name]["value"] for name in CUSTOM_NAMES}}


def _chosen(record: dict[str, object], names: tuple[str, ...]) -> dict[str, object]:
    for name in names:
        if name not in record:
            raise ApiError(Code.BAD_VALUE, f'There is no field "{name[:40]}".')
    return {name: record[name] for name in names} if names else record
