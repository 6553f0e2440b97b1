"""`contacts/import` and `contacts/save`: adding and updating."""

from collections.abc import Iterator, Sequence
from typing import Final

from connectors.sandbox.answers import ApiError, Code, Success
from connectors.sandbox.behaviour import WarningStyle
from connectors.sandbox.call import Call
from connectors.sandbox.contacts import records, select
from connectors.sandbox.drafts import Draft, read_draft
from connectors.sandbox.memberships import Memberships
from connectors.sandbox.parameters import Parameters
from connectors.sandbox.saving import Saved, save_drafts

_WARNING_STARTS: Final[dict[WarningStyle, str]] = {
    "row_and_email": 'Row {row} ("{email}") was not saved',
    "email": 'The contact "{email}" was not saved',
    "row": "Row {row} was not saved",
    "neither": "A contact was not saved",
}


def import_contacts(call: Call) -> Success:
    """Save many contacts; a row that is refused becomes a warning, the others are applied.

    Raises:
        ApiError: 501 for too many contacts or an unknown group, 500 and 502 for what is not a list.
    """
    call.parameters.allow(("contacts", "groupIDs"))
    rows = _rows(call)
    group_ids = call.parameters.integers("groupIDs")
    Memberships(call.db, (), call.now).refuse_unknown(group_ids)
    kept = {number: _draft(raw) for number, raw in enumerate(rows, 1) if number not in call.lost_rows}
    results = save_drafts(call.db, call.caller, list(kept.values()), group_ids, call.now)
    saved = [result for result in results if isinstance(result, Saved)]
    inserted = sum(result.inserted for result in saved)
    refused = [(number, result) for number, result in zip(kept, results, strict=True) if isinstance(result, ApiError)]
    return Success(
        {"recordsInserted": inserted, "recordsUpdated": len(saved) - inserted, "recordsInData": len(rows)},
        tuple(_warnings(call.behaviour.warning_style, rows, refused)),
    )


def save_contact(call: Call) -> Success | ApiError:
    """Save one contact and answer it as it is then.

    An error is returned where the database must keep a trace of it, and raised where nothing was touched.
    """
    draft = read_draft(call.parameters.values)
    (result,) = save_drafts(call.db, call.caller, [draft], (), call.now)
    if isinstance(result, ApiError):
        return result
    call.caller.require("Contacts (Add)" if result.inserted else "Contacts (Edit)")
    return Success(records(call.db, select(call.db, "contact_id = ?", (result.contact_id,)))[0])


def _rows(call: Call) -> list[object]:
    rows = call.parameters.required("contacts")
    if not isinstance(rows, list):
        raise ApiError(Code.WRONG_TYPE, 'The parameter "contacts" must be a list.')
    if len(rows) > call.behaviour.max_contacts:
        most = call.behaviour.max_contacts
        raise ApiError(Code.BAD_VALUE, f"{len(rows)} contacts are too many for one request; the most is {most}.")
    return rows


def _draft(raw: object) -> Draft | ApiError:
    try:
        return read_draft(raw)
    except ApiError as error:
        return error


def _warnings(style: WarningStyle, rows: Sequence[object], refused: Sequence[tuple[int, ApiError]]) -> Iterator[str]:
    for number, error in refused:
        raw = rows[number - 1]
        email = Parameters(raw).values.get("email", "") if isinstance(raw, dict) else ""
        yield f"{_WARNING_STARTS[style].format(row=number, email=email)}: {error}"
