"""`exports/*`: zips of plain text, in the form that the settings assume."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from connectors.sandbox import Behaviour, Sandbox
from connectors.sandbox.endpoints.exports import EXPORTS
from connectors.sandbox.stage import UnknownContactError
from tests.connectors.sandbox.api import call, contact, people, post, read


def export(
    sandbox: Sandbox, name: str, encoding: str = "utf-8", delimiter: str = ",", **parameters: object
) -> list[dict[str, str]]:
    """Download an export and read its one member."""
    response = post(sandbox, f"exports/{name}", parameters)
    assert response.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.namelist() == [f"{name}.txt"]
        text = archive.read(f"{name}.txt").decode(encoding)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("name", EXPORTS)
def test_each_export_holds_its_own_events(sandbox: Sandbox, name: str) -> None:
    """Every export answers a zip with the events of its kind and of no other, dated and with their detail."""
    kind, detail, date = EXPORTS[name]
    call(sandbox, "contacts/import", contacts=[{"email": "a@example.com", "firstName": "Ada", "customerID": "C1"}])
    email_id = sandbox.stage.campaign("Spring", [])
    for event in (kind, "sent" if kind != "sent" else "click"):
        sandbox.stage.event(event, "a@example.com", email_id, "some, detail")
    (line,) = export(sandbox, name, emailID=email_id)
    assert len(line.pop(date)) == len("2026-01-18 09:01:12")
    assert line == {
        "contactID": str(contact(sandbox, "a@example.com")["contactID"]),
        "customerID": "C1",
        "email": "a@example.com",
        "firstName": "Ada",
        "lastName": "",
        "emailID": str(email_id),
        "parentEmailID": "",
        detail: "some, detail",
    }


def test_what_the_audience_does_shows_in_exports_and_in_search(sandbox: Sandbox) -> None:
    """Unsubscribing and complaining opt out, a hard bounce holds the address, a soft one does not."""
    call(sandbox, "contacts/import", contacts=people(5))
    addresses = [f"person{n}@example.com" for n in range(5)]
    email_id = sandbox.stage.campaign("Spring", addresses)
    sandbox.stage.unsubscribe(addresses[0], email_id, "too many")
    sandbox.stage.complain(addresses[1], email_id)
    sandbox.stage.bounce(addresses[2], email_id)
    sandbox.stage.bounce(addresses[3], email_id, "soft")
    flags = [(person["suppressed"], person["held"]) for person in sandbox.contacts()]
    assert flags == [(True, False), (True, False), (False, True), (False, False), (False, False)]
    assert len(export(sandbox, "emailRecipients", emailID=email_id)) == 5
    assert [line["reason"] for line in export(sandbox, "emailUnsubscribes", emailID=email_id)] == ["too many"]
    assert [line["bounceType"] for line in export(sandbox, "emailBounces", emailID=email_id)] == ["hard", "soft"]
    assert [line["email"] for line in export(sandbox, "emailComplaints", emailID=email_id)] == [addresses[1]]


def test_a_parent_email_covers_the_emails_under_it(sandbox: Sandbox) -> None:
    """`parentEmailID` gives the events of all its e-mails, `emailID` those of one."""
    call(sandbox, "contacts/import", contacts=people(1))
    parent = sandbox.stage.campaign("Test A/B", [])
    children = [sandbox.stage.campaign(name, ["person0@example.com"], parent_email_id=parent) for name in "AB"]
    lines = export(sandbox, "emailRecipients", parentEmailID=parent)
    assert [(line["emailID"], line["parentEmailID"]) for line in lines] == [(str(c), str(parent)) for c in children]
    assert len(export(sandbox, "emailRecipients", emailID=children[0])) == 1


def test_fields_choose_the_columns(sandbox: Sandbox) -> None:
    """Only what is asked for, in that order; an export without events still has its header."""
    email_id = sandbox.stage.campaign("Spring", [])
    response = post(sandbox, "exports/emailClicks", {"emailID": email_id, "fields": "url,email"})
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.read("emailClicks.txt") == b"url,email\r\n"


def test_the_form_can_be_set(tmp_path: Path) -> None:
    """Delimiter and encoding are published nowhere, so a reader can be tried against others."""
    behaviour = Behaviour(export_delimiter="\t", export_encoding="utf-16")
    with Sandbox(tmp_path, limits=None, behaviour=behaviour) as sandbox:
        call(sandbox, "contacts/import", contacts=[{"email": "a@example.com", "firstName": "Zoë"}])
        email_id = sandbox.stage.campaign("Spring", ["a@example.com"])
        lines = export(sandbox, "emailRecipients", encoding="utf-16", delimiter="\t", emailID=email_id)
    assert [line["firstName"] for line in lines] == ["Zoë"]


def test_an_export_that_cannot_be_is_an_envelope(sandbox: Sandbox) -> None:
    """A failure comes as JSON, though a success is a zip."""
    email_id = sandbox.stage.campaign("Spring", [])
    sandbox.stage.grant("importer", "Contacts (Import)")
    codes = [
        read(post(sandbox, "exports/emailClicks", body, token)).code
        for body, token in (
            ({}, sandbox.token),
            ({"emailID": 999}, sandbox.token),
            ({"emailID": email_id, "fields": "shoeSize"}, sandbox.token),
            ({"emailID": email_id}, "importer"),
        )
    ]
    assert codes == [502, 300, 501, 204]


def test_only_known_people_and_known_events_can_be_staged(sandbox: Sandbox) -> None:
    """A demonstration that names nobody fails at once and leaves no half of a campaign."""
    with pytest.raises(UnknownContactError):
        sandbox.stage.campaign("Spring", ["nobody@example.com"])
    with pytest.raises(UnknownContactError):
        sandbox.stage.suppress("nobody@example.com")
    with pytest.raises(ValueError, match="there is no event 'dance'"):
        sandbox.stage.event("dance", "nobody@example.com", 1)
    assert [email["emailID"] for email in call(sandbox, "emails/search").data["records"]] == [90]  # type: ignore[attr-defined]
