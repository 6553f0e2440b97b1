"""The client against the built-in sandbox: every call that we make, limits as the platform sets them, faults."""

import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.emfluence import Client, Fate, account, contacts, errors, import_contacts
from connectors.emfluence.auth import application_token
from connectors.emfluence.exports import export
from connectors.sandbox import Behaviour, Fault, FaultPlan, Sandbox
from tests.connectors.emfluence.clocks import Clock


def client_of(sandbox: Sandbox, clock: Clock) -> Client:
    """Return a client whose waits take no time."""
    return Client(sandbox.base_url, sandbox.token, clock=clock, sleep=clock.sleep, random=lambda: 0.5)


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


def rows(count: int) -> tuple[list[str], list[str]]:
    """Return contacts and their e-mails."""
    emails = [f"p{number}@example.com" for number in range(count)]
    return [json.dumps({"email": email, "firstName": "Ann"}) for email in emails], emails


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


@pytest.mark.parametrize("style", ["row_and_email", "email", "row", "neither"])
def test_bad_rows_are_found_whatever_warnings_name(style: str, tmp_path: Path, clock: Clock) -> None:
    """What a warning names is not published; every style must lead to the same verdicts."""
    bodies, emails = rows(200)
    bad = [0, 99, 199]
    for position in bad:
        bodies[position] = json.dumps({"email": emails[position], "groupIDs": ["none"]})
    behaviour = Behaviour(warning_style=style)  # type: ignore[arg-type]  # the parameters spell its literals
    with Sandbox(tmp_path, behaviour=behaviour, limits=None) as sandbox, client_of(sandbox, clock) as client:
        result = import_contacts(client, bodies, emails)
        assert len(sandbox.contacts()) == 197
    assert [position for position, verdict in enumerate(result.verdicts) if verdict.fate is Fate.REFUSED] == bad
    assert len([verdict for verdict in result.verdicts if verdict.fate is Fate.APPLIED]) == 197
    assert all(result.verdicts[position].sentences for position in bad)


def test_rows_that_are_lost_without_a_word_are_sent_again(tmp_path: Path, clock: Clock) -> None:
    """Neither counted nor warned about: the counts show it, and the second time they arrive."""
    faults = FaultPlan([Fault(endpoint="contacts/import", calls=(1,), lose_rows=(3, 50))])
    with Sandbox(tmp_path, faults=faults) as sandbox, client_of(sandbox, clock) as client:
        result = import_contacts(client, *rows(100))
        assert len(sandbox.contacts()) == 100
    assert {verdict.fate for verdict in result.verdicts} == {Fate.APPLIED}


def test_a_batch_over_the_platform_s_limit_shrinks(tmp_path: Path, clock: Clock) -> None:
    """The limit is not published."""
    with Sandbox(tmp_path, behaviour=Behaviour(max_contacts=300), limits=None) as sandbox:
        with client_of(sandbox, clock) as client:
            result = import_contacts(client, *rows(1000))
        assert len(sandbox.contacts()) == 1000
    assert {verdict.fate for verdict in result.verdicts} == {Fate.APPLIED}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop="before_reading", first=1),
        Fault(drop="before_applying", first=1),
        Fault(drop="after_applying", first=2),
        Fault(body="truncated", first=1),
        Fault(body="malformed", first=1),
        Fault(body="wrong_type", first=1),
        Fault(body="empty", first=1),
        Fault(status=503, first=2),
        Fault(status=500, apply=True, first=1),
        Fault(code=1, apply=True, first=1),
        Fault(code=5, first=2),
        Fault(status=403, first=2),
        Fault(merge={"errors": ["Row 1 failed."]}, first=1),
        Fault(merge={"success": None}, first=1),
    ],
    ids=lambda fault: fault.summary(),
)
def test_a_passing_fault_leaves_every_contact_once(fault: Fault, tmp_path: Path, clock: Clock) -> None:
    """Applied or not, sent again: the account ends up the same."""
    with Sandbox(tmp_path, faults=FaultPlan([fault])) as sandbox, client_of(sandbox, clock) as client:
        result = import_contacts(client, *rows(10))
        assert len(sandbox.contacts()) == 10
    assert {verdict.fate for verdict in result.verdicts} == {Fate.APPLIED}


def test_threads_keep_the_limits_as_the_platform_measures_them(client: Client, sandbox: Sandbox, clock: Clock) -> None:
    """No request throttled, none forbidden, and the work is done in about the time that the limit allows."""
    started = clock()
    threads = [threading.Thread(target=lambda: [account.ping(client) for _ in range(18)]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = sandbox.request_log
    assert len(log) == 90
    assert [record for record in log if record.throttled or record.forbidden] == []
    assert max(record.in_flight for record in log) <= 5
    assert clock() - started > 9


def test_a_client_that_is_throttled_slows_down(tmp_path: Path, clock: Clock) -> None:
    """Another process on the same host takes its share of the limit."""
    faults = FaultPlan([Fault(throttled="Request was throttled for 2 seconds.", first=1)])
    with Sandbox(tmp_path, faults=faults, limits=None) as sandbox, client_of(sandbox, clock) as client:
        account.ping(client)
        started = clock()
        for _ in range(8):
            account.ping(client)
        assert clock() - started >= 3
        assert client.report().throttled == 1


def test_a_token_revoked_in_the_middle_stops_the_rest(tmp_path: Path, clock: Clock) -> None:
    """A01: the third call finds it revoked, and nothing is sent after."""
    faults = FaultPlan([Fault(revoke_token=True, calls=(3,))])
    with Sandbox(tmp_path, faults=faults) as sandbox, client_of(sandbox, clock) as client:
        account.ping(client)
        account.ping(client)
        for _ in range(3):
            with pytest.raises(errors.Reauthorise):
                account.ping(client)
        assert len(sandbox.request_log) == 3


def test_a_token_without_a_permission_names_it(sandbox: Sandbox, clock: Clock) -> None:
    """A02: found by the first call that needs it."""
    sandbox.stage.grant("poor", 2, ("Contacts (Edit)",))
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
