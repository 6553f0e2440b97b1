"""`groups/*` and `emails/search`: the field names and types that public clients read."""

from pathlib import Path

import pytest

from connectors.sandbox import Group, Sandbox
from tests.connectors.sandbox.api import call, paging, people, records


def test_groups_have_the_fields_that_clients_read(sandbox: Sandbox) -> None:
    """Names, types and the empty text for what is not set are those of recorded answers."""
    call(sandbox, "contacts/import", contacts=people(3), groupIDs=[7, 9])
    sandbox.stage.suppress("person0@example.com")
    sandbox.stage.hold("person1@example.com")
    groups = {group["groupID"]: group for group in records(call(sandbox, "groups/search"))}
    added = groups[7].pop("dateAdded")
    assert len(str(added)) == len("2026-01-18 09:01:12")
    assert groups[7] == {
        "groupID": 7,
        "groupName": "Newsletter",
        "friendlyName": "Newsletter",
        "description": "",
        "private": 0,
        "userID": 1,
        "totalMembers": 3,
        "activeMembers": 1,
        "autoResponseEmailID": "",
        "dateModified": "",
        "dateLastEmailSent": "",
    }
    assert (groups[9]["groupName"], groups[9]["autoResponseEmailID"]) == ("Welcome", 90)


def test_groups_are_searched_by_name_and_paged(sandbox: Sandbox) -> None:
    """The wildcard works here as well, and pages count what matches."""
    assert [group["groupID"] for group in records(call(sandbox, "groups/search", groupName="*C*"))] == [1, 8, 9]
    second = call(sandbox, "groups/search", rpp=2, page=2)
    assert [group["groupID"] for group in records(second)] == [7, 8]
    assert paging(second)["totalRecords"] == 5


def test_the_groups_of_a_new_sandbox_can_be_chosen(tmp_path: Path) -> None:
    """A person rehearses with their own group IDs; what is there already is left alone."""
    chosen = (Group(70, "Mine", auto_response_email_id=5),)
    with Sandbox(tmp_path, groups=chosen, limits=None) as sandbox:
        call(sandbox, "contacts/import", contacts=people(1), groupIDs=[70])
    with Sandbox(tmp_path, groups=(Group(70, "Renamed"), Group(71, "New")), limits=None) as sandbox:
        assert [(group["groupName"], group["totalMembers"]) for group in sandbox.groups()] == [("Mine", 1), ("New", 0)]
        assert [mail["emailID"] for mail in sandbox.sent_mails()] == [5]


def test_lists_the_contacts_of_a_group(sandbox: Sandbox) -> None:
    """Subscriptions are paged; a group that is not there is 300, none named 502."""
    call(sandbox, "contacts/import", contacts=people(25), groupIDs=[7])
    answer = call(sandbox, "groups/getContacts", groupID=7, page=2)
    assert (paging(answer)["totalRecords"], len(records(answer))) == (25, 5)
    assert records(answer)[0]["email"] == "person20@example.com"
    assert call(sandbox, "groups/getContacts", groupID=999).code == 300
    assert call(sandbox, "groups/getContacts").code == 502


def test_emails_are_searched_by_status_type_and_day(sandbox: Sandbox) -> None:
    """A campaign that was sent is found by each filter, the automated e-mail of a group is not."""
    call(sandbox, "contacts/import", contacts=people(1))
    email_id = sandbox.stage.campaign("Spring", ["person0@example.com"])
    found = records(call(sandbox, "emails/search", status="Sent", deliveryType="Standard"))
    assert [(email["emailID"], email["subject"], email["parentEmailID"]) for email in found] == [
        (email_id, "Spring", "")
    ]
    day = str(found[0]["dateSent"])[:10]
    assert len(records(call(sandbox, "emails/search", dateSentStart=day, dateSentEnd=day))) == 1
    assert records(call(sandbox, "emails/search", dateSentEnd="2000-01-01")) == []
    assert records(call(sandbox, "emails/search", dateSentStart=f"{int(day[:4]) + 1}-01-01 10:00:00")) == []
    assert [email["emailID"] for email in records(call(sandbox, "emails/search"))] == [email_id, 90]


@pytest.mark.parametrize("value", ["hello", "24.11.2026", ""])
def test_a_day_that_is_none_is_code_500(sandbox: Sandbox, value: str) -> None:
    """The platform's own example of a wrong data type."""
    assert call(sandbox, "emails/search", dateSentStart=value).code == 500
