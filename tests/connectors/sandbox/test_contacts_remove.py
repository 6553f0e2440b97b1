"""`contacts/delete` and `contacts/deleteGroups`."""

from connectors.sandbox import Sandbox
from tests.connectors.sandbox.api import call, contact, people


def test_deletes_a_contact_with_its_memberships(sandbox: Sandbox) -> None:
    """The record, its memberships and its events are gone, and its contactID is never given out again."""
    call(sandbox, "contacts/import", contacts=people(2), groupIDs=[7])
    gone = contact(sandbox, "person1@example.com")["contactID"]
    assert call(sandbox, "contacts/delete", contactID=gone).code == 0
    assert call(sandbox, "contacts/lookup", contactID=gone).code == 300
    assert [group["totalMembers"] for group in sandbox.groups() if group["groupID"] == 7] == [1]
    assert call(sandbox, "contacts/save", email="person1@example.com").data["contactID"] != gone


def test_a_suppressed_contact_stays(sandbox: Sandbox) -> None:
    """Code 302: with the record the opt-out would be forgotten."""
    call(sandbox, "contacts/import", contacts=people(1))
    sandbox.stage.suppress("person0@example.com")
    contact_id = contact(sandbox, "person0@example.com")["contactID"]
    assert call(sandbox, "contacts/delete", contactID=contact_id).code == 302
    assert len(sandbox.contacts()) == 1


def test_deleting_needs_a_contact_id_that_exists(sandbox: Sandbox) -> None:
    """Missing is 502, unknown 300, an address instead 501."""
    call(sandbox, "contacts/import", contacts=people(1))
    codes = [
        call(sandbox, "contacts/delete").code,
        call(sandbox, "contacts/delete", contactID=999).code,
        call(sandbox, "contacts/delete", email="person0@example.com").code,
    ]
    assert codes == [502, 300, 501]


def test_takes_a_contact_out_of_groups(sandbox: Sandbox) -> None:
    """Only the groups named are left; entering again counts as new."""
    call(sandbox, "contacts/import", contacts=people(1), groupIDs=[1, 7, 9])
    contact_id = contact(sandbox, "person0@example.com")["contactID"]
    answer = call(sandbox, "contacts/deleteGroups", contactID=contact_id, groupIDs=[1, 9])
    assert answer.data == {"contactID": contact_id, "groupIDs": [1, 9]}
    assert contact(sandbox, "person0@example.com")["groupIDs"] == [7]
    call(sandbox, "contacts/import", contacts=people(1), groupIDs=[9])
    assert len(sandbox.sent_mails()) == 2


def test_leaving_groups_needs_groups_that_exist(sandbox: Sandbox) -> None:
    """Missing groups are 502, unknown ones 501, an unknown contact 300."""
    call(sandbox, "contacts/import", contacts=people(1), groupIDs=[7])
    codes = [
        call(sandbox, "contacts/deleteGroups", email="person0@example.com").code,
        call(sandbox, "contacts/deleteGroups", email="person0@example.com", groupIDs=[999]).code,
        call(sandbox, "contacts/deleteGroups", email="nobody@example.com", groupIDs=[7]).code,
    ]
    assert codes == [502, 501, 300]
    assert contact(sandbox, "person0@example.com")["groupIDs"] == [7]
