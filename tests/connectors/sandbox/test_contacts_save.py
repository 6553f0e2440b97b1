"""`contacts/save`: one contact, answered as it is then."""

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.api import call, contact, people


def test_answers_the_saved_contact(sandbox: Sandbox) -> None:
    """The answer is what a lookup gives afterwards."""
    saved = call(sandbox, "contacts/save", email="a@example.com", firstName="Ada", groupIDs=[7])
    assert saved.success == 1
    assert (saved.data["firstName"], saved.data["groupIDs"]) == ("Ada", [7])
    assert saved.data == contact(sandbox, "a@example.com")


def test_updates_by_contact_id_or_by_address(sandbox: Sandbox) -> None:
    """Both find the record; by contactID the address itself may change."""
    contact_id = call(sandbox, "contacts/save", email="a@example.com", city="Paris").data["contactID"]
    call(sandbox, "contacts/save", email="A@EXAMPLE.com", title="Dr")
    moved = call(sandbox, "contacts/save", contactID=contact_id, email="b@example.com")
    assert (moved.data["contactID"], moved.data["city"], moved.data["title"]) == (contact_id, "Paris", "Dr")
    assert len(sandbox.contacts()) == 1


def test_an_address_of_another_record_is_code_301_with_its_contact_id(sandbox: Sandbox) -> None:
    """The answer tells which record owns the address, in the platform's own words."""
    call(sandbox, "contacts/import", contacts=people(2))
    first, second = (saved["contactID"] for saved in sandbox.contacts())
    answer = call(sandbox, "contacts/save", contactID=second, email="person0@example.com")
    assert (answer.success, answer.code, answer.data) == (0, 301, {"contactID": first})
    assert answer.errors == ['Email "person0@example.com" belongs to another record.']


def test_each_refusal_has_its_code(sandbox: Sandbox) -> None:
    """Missing, wrong type, bad value and not found are told apart, and nothing is stored."""
    codes = {
        call(sandbox, "contacts/save", firstName="Ada").code: "missing",
        call(sandbox, "contacts/save", email=7).code: "type",
        call(sandbox, "contacts/save", email="ada").code: "value",
        call(sandbox, "contacts/save", email="a@example.com", dateOfBirth="hello").code: "date",
        call(sandbox, "contacts/save", contactID=999).code: "not found",
        call(sandbox, "contacts/save", email="a@example.com", groupIDs=[999]).code: "group",
    }
    assert codes == {502: "missing", 500: "date", 501: "group", 300: "not found"}
    assert sandbox.contacts() == []


def test_the_time_part_of_a_date_is_ignored(sandbox: Sandbox) -> None:
    """API: a time in a date parameter is ignored."""
    assert (
        call(sandbox, "contacts/save", email="a@example.com", dateOfBirth="1900-12-10 23:59:59").data["dateOfBirth"]
        == "1900-12-10"
    )


def test_an_attempt_to_undo_an_opt_out_is_refused_and_kept_on_record(sandbox: Sandbox) -> None:
    """The refusal undoes the call, but not the trace of it."""
    call(sandbox, "contacts/save", email="a@example.com", suppressed=True)
    answer = call(sandbox, "contacts/save", email="a@example.com", suppressed=False, city="Rome")
    assert (answer.success, answer.code) == (0, 302)
    assert (contact(sandbox, "a@example.com")["suppressed"], contact(sandbox, "a@example.com")["city"]) == (True, "")
    assert [row["undoes"] for row in sandbox.violations()] == [1]


def test_adding_and_editing_are_permissions_apart(sandbox: Sandbox) -> None:
    """Who may only edit cannot add, and the refused contact is not there."""
    sandbox.stage.grant("editor", "Contacts (Edit)")
    call(sandbox, "contacts/save", email="a@example.com")
    edited = call(sandbox, "contacts/save", token="editor", email="a@example.com", city="Rome")
    added = call(sandbox, "contacts/save", token="editor", email="b@example.com")
    assert (edited.code, added.code) == (0, 204)
    assert [saved["city"] for saved in sandbox.contacts()] == ["Rome"]


def test_opting_out_sets_its_date_once(sandbox: Sandbox) -> None:
    """The dates of opting out and of bouncing are GMT with a time part, and a repeat does not move them."""
    first = call(sandbox, "contacts/save", email="a@example.com", suppressed=True, held=True).data
    again = call(sandbox, "contacts/save", email="a@example.com", suppressed=True, held=True).data
    assert len(str(first["dateSuppressed"])) == len("2026-01-18 09:01:12")
    assert (again["dateSuppressed"], again["dateHeld"]) == (first["dateSuppressed"], first["dateHeld"])
