"""The client against the built-in sandbox: every call that we make, limits as the platform sets them, faults."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.emfluence import Client, Fate, account, contacts, errors, import_contacts
from connectors.emfluence.auth import application_token
from connectors.emfluence.exports import export
from connectors.sandbox import Sandbox
from tests.connectors.emfluence.clocks import Clock
from tests.connectors.emfluence.sandboxes import client_of, rows


@pytest.fixture
def sandbox(tmp_path: Path, clock: Clock) -> Iterator[Sandbox]:
    """A sandbox on the same clock as the client, so that its limits are measured without waiting."""
    with Sandbox(tmp_path, clock=clock, sleep=clock.sleep) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, clock: Clock) -> Iterator[Client]:
    """A client of it."""
    with client_of(sandbox, clock) as connected:
        yield connected


def test_ping_and_user(client: Client) -> None:
    """What a check of the settings asks first."""
    account.ping(client)
    assert "Client Administrator" in account.user(client).permissions


def test_groups_say_which_of_them_sends_an_e_mail(client: Client) -> None:
    """Adding a contact to such a group sends it, so it must be known before."""
    groups = {group.group_id: group for group in account.groups(client)}
    assert groups[9].automated_email_id == "90"
    assert groups[7].automated_email_id == ""
    assert [group.group_id for group in account.groups(client, groupName="News*")] == [7]


def test_a_contact_s_life(client: Client) -> None:
    """Saved, found, changed, taken out of a group, deleted, gone."""
    saved = contacts.save(client, email="Ann@Example.com", firstName="Ann", groupIDs=[7, 8])
    assert saved.contact_id is not None
    assert contacts.lookup(client, email="ann@example.com") == saved
    contacts.save(client, contactID=saved.contact_id, lastName="Lee")
    contacts.delete_groups(client, saved.contact_id, [8])
    found = contacts.lookup(client, contact_id=saved.contact_id)
    assert found is not None
    assert (found.record["firstName"], found.record["lastName"], found.group_ids) == ("Ann", "Lee", (7,))
    contacts.delete(client, saved.contact_id)
    assert contacts.lookup(client, contact_id=saved.contact_id) is None


def test_a_lookup_without_anything_is_refused(client: Client) -> None:
    """Only "not found" is an answer; a wrong question stays an error."""
    with pytest.raises(errors.RequestRefused):
        contacts.lookup(client)


def test_a_search_walks_through_all_pages(client: Client) -> None:
    """Opt-outs are pulled this way before a sync is planned."""
    import_contacts(client, *rows(120), [7])
    contacts.save(client, email="out@example.com", suppressed=True)
    assert len(list(contacts.search(client, email="p*"))) == 120
    assert [contact.email for contact in contacts.search(client, suppressed=True)] == ["out@example.com"]
    assert len(list(account.group_contacts(client, 7))) == 120


def test_e_mails_are_listed(client: Client) -> None:
    """An export needs an e-mail's id."""
    assert 90 in [email.email_id for email in account.emails(client)]


def test_an_export_is_a_zip_with_its_text(client: Client, tmp_path: Path) -> None:
    """Also where nothing happened: header only."""
    export(client, "emailBounces", tmp_path / "bounces.zip", {"emailID": 90, "fields": ["email"]})
    with zipfile.ZipFile(tmp_path / "bounces.zip") as archive:
        assert archive.read("emailBounces.txt").decode().strip() == "email"


def test_an_export_of_nothing_is_refused(client: Client, tmp_path: Path) -> None:
    """A failure comes as JSON although a zip was asked for."""
    with pytest.raises(errors.RequestRefused, match="not found"):
        export(client, "emailBounces", tmp_path / "bounces.zip", {"emailID": 12345})
    assert not (tmp_path / "bounces.zip").exists()


def test_an_import_inserts_then_updates(client: Client, sandbox: Sandbox) -> None:
    """The same batch twice is the same account."""
    first, second = import_contacts(client, *rows(1000), [7]), import_contacts(client, *rows(1000), [7])
    assert (first.inserted, first.updated, second.inserted, second.updated) == (1000, 0, 0, 1000)
    assert {verdict.fate for verdict in first.verdicts} == {Fate.APPLIED}
    assert len(sandbox.contacts()) == 1000


def test_the_limit_is_kept_as_the_platform_measures_it(client: Client, sandbox: Sandbox, clock: Clock) -> None:
    """No request is slowed down by the platform, and the work takes no longer than the limit demands."""
    started = clock()
    for _ in range(90):
        account.ping(client)
    log = sandbox.request_log
    assert [record for record in log if record.throttled or record.forbidden] == []
    assert 9 < clock() - started < 10


def test_a_token_without_a_permission_names_it(sandbox: Sandbox, clock: Clock) -> None:
    """A02: found by the first call that needs it."""
    sandbox.stage.grant("poor", "Contacts (Edit)")
    with (
        Client(sandbox.base_url, "poor", clock=clock, sleep=clock.sleep) as client,
        pytest.raises(errors.PermissionNeeded) as raised,
    ):
        import_contacts(client, *rows(1))
    assert raised.value.permission == "Contacts (Import)"


def test_an_application_token_opens_the_account(sandbox: Sandbox, clock: Clock) -> None:
    """The whole flow, from id and secret to the first call."""
    token = application_token(sandbox.application_token_url, "sandbox-client", "sandbox-secret")
    with Client(sandbox.base_url, token, clock=clock, sleep=clock.sleep) as client:
        account.ping(client)
    with pytest.raises(errors.Reauthorise, match="invalid"):
        application_token(sandbox.application_token_url, "sandbox-client", "wrong")
