"""Records of the platform as typed values, however they spell their numbers and flags."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.emfluence.records import read_contact, read_email, read_group, read_user

CONTACT: dict[str, Any] = {
    "contactID": 456,
    "email": "Ann@Example.com",
    "customerID": "C-1",
    "suppressed": 0,
    "held": 1,
    "groupIDs": [7, 8],
    "dateAdded": "2022-01-18 09:01:12",
    "dateModified": "",
    "contactScore": 3,
}


def test_a_contact_is_read() -> None:
    """Dates are GMT (API: "Handling Dates/Times")."""
    contact = read_contact(CONTACT)
    assert (contact.contact_id, contact.email, contact.customer_id) == (456, "Ann@Example.com", "C-1")
    assert (contact.suppressed, contact.held, contact.group_ids) == (False, True, (7, 8))
    assert contact.date_added == datetime(2022, 1, 18, 9, 1, 12, tzinfo=UTC)
    assert contact.date_modified is None
    assert contact.record["contactScore"] == 3


@pytest.mark.parametrize("flag", [1, True, "1", "true", "Yes"])
def test_true_has_many_forms(flag: object) -> None:
    """An opt-out that is misread would be undone."""
    assert read_contact({"suppressed": flag}).suppressed is True


@pytest.mark.parametrize("flag", [0, False, "0", "false", "No", ""])
def test_false_has_many_forms(flag: object) -> None:
    """An empty flag is one that was never set."""
    assert read_contact({"suppressed": flag}).suppressed is False


@pytest.mark.parametrize("flag", [None, "maybe", [], 2])
def test_what_is_no_flag_is_not_known(flag: object) -> None:
    """Not known is not false: whoever needs to be sure must see the difference."""
    assert read_contact({"suppressed": flag}).suppressed is None


def test_an_empty_record_is_no_fault() -> None:
    """`fields` may leave out anything, and the platform may too."""
    contact = read_contact({})
    assert (contact.contact_id, contact.email, contact.suppressed, contact.group_ids) == (None, "", None, ())
    assert read_group({}).automated_email_id == ""
    assert read_user({}).permissions == frozenset()
    assert read_email({}).email_id is None


@pytest.mark.parametrize("value", [None, 7, "7,8", {"a": 1}, ["x", None, 1.5]])
def test_odd_groups_are_no_groups(value: object) -> None:
    """One odd value must not lose the whole contact."""
    assert read_contact({"groupIDs": value}).group_ids == ()


def test_numbers_may_arrive_as_text() -> None:
    """Recorded answers hold both."""
    contact = read_contact({"contactID": "456", "groupIDs": ["7"], "customerID": 12})
    assert (contact.contact_id, contact.group_ids, contact.customer_id) == (456, (7,), "12")


@pytest.mark.parametrize("moment", ["2022-13-18 09:01:12", "2022-01-18", "{ts '2022-01-18'}", None, 5])
def test_what_is_no_moment_is_none(moment: object) -> None:
    """A date in another form is not guessed at."""
    assert read_contact({"dateAdded": moment}).date_added is None


@pytest.mark.parametrize(("value", "email_id"), [(90, "90"), ("90", "90"), ("A-1", "A-1"), (True, "True")])
def test_a_group_with_an_automated_e_mail_is_seen(value: object, email_id: str) -> None:
    """Whoever is added to it gets that e-mail: what is not plainly "none" counts as one."""
    assert (
        read_group({"groupID": 9, "groupName": "Welcome", "autoResponseEmailID": value}).automated_email_id == email_id
    )


@pytest.mark.parametrize("value", [None, "", 0, "0", False])
def test_a_group_without_one_is_seen_too(value: object) -> None:
    """Or every group would need an approval."""
    group = read_group({"groupID": "7", "groupName": "News", "totalMembers": "3", "autoResponseEmailID": value})
    assert (group.group_id, group.name, group.total_members, group.automated_email_id) == (7, "News", 3, "")


@pytest.mark.parametrize(
    "permissions",
    [
        ["Contacts (Add)", " Contacts (Import) ", ""],
        [{"label": "Contacts (Add)"}, {"name": "Contacts (Import)", "id": 3}, {"id": 4}],
        {"Contacts (Add)": 1, "Contacts (Import)": "true", "Contacts (Delete)": 0},
        "Contacts (Add),Contacts (Import)",
    ],
)
@pytest.mark.parametrize("name", ["permissions", "roles"])
def test_permissions_are_read_in_every_likely_form(name: str, permissions: object) -> None:
    """Their form is published nowhere."""
    user = read_user({"userID": 2, name: permissions})
    assert user.permissions == {"Contacts (Add)", "Contacts (Import)"}


@pytest.mark.parametrize("record", [{"title": "News"}, {"subject": "News"}, {"emailName": "News", "subject": "x"}])
def test_an_e_mail_has_a_title(record: dict[str, Any]) -> None:
    """Whichever name it goes by."""
    email = read_email({**record, "emailID": 3, "status": "Sent"})
    assert (email.email_id, email.title, email.status) == (3, "News", "Sent")


def test_a_record_s_text_holds_only_what_it_is_known_by() -> None:
    """The rest of a person's data does not belong on a screen."""
    assert "notes" not in repr(read_contact({"email": "a@example.com", "notes": "private"}))
