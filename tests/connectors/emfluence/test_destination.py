"""The destination's conformance, reading and writing: the sandbox always, a real account where its owner lends one.

An account is lent by `CONTACT_SYNC_TEST_DESTINATION` (its base URL), `CONTACT_SYNC_TEST_TOKEN` and
`CONTACT_SYNC_TEST_CONFIRM="I own this account"`. The tests write six contacts at addresses that are reserved
(RFC 2606), put them into no group, and delete them. Faults cannot be asked of a real account: they are in
`test_destination_faults`, `…_codes` and `…_answers`.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from connectors.emfluence import Client, Fate, ImportResult, account, contacts, import_contacts
from connectors.sandbox import Sandbox
from tests.connectors.emfluence.clocks import Clock
from tests.connectors.emfluence.destinations import ADDRESS, CONFIRMATION, SENTENCE, TOKEN, Account, lent_account
from tests.connectors.emfluence.sandboxes import client_of

LENT = lent_account()
KINDS = [
    "sandbox",
    pytest.param("account", marks=pytest.mark.skipif(LENT is None, reason=f"nobody lends an account in {ADDRESS}")),
]


@pytest.fixture(params=KINDS)
def client(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Client]:
    """A client of each destination: the account's at the real pace, the sandbox's on the sandbox's clock."""
    with ExitStack() as stack:
        if request.param == "sandbox":
            sandbox = stack.enter_context(Sandbox(tmp_path, clock=clock, sleep=clock.sleep))
            yield stack.enter_context(client_of(sandbox, clock))
        else:
            assert LENT is not None
            yield stack.enter_context(Client(LENT.base_url, LENT.token))


@pytest.fixture
def people(client: Client) -> Iterator[list[str]]:
    """Three addresses that nobody has used; whoever is there in the end is deleted."""
    run = uuid4().hex
    emails = [f"contact-sync-{run}-{number}@example.com" for number in range(3)]
    yield emails
    for email in emails:
        found = contacts.lookup(client, email=email)
        if found is not None and found.contact_id is not None:
            contacts.delete(client, found.contact_id)
            assert contacts.lookup(client, email=email) is None


def sent(client: Client, emails: list[str], **fields: object) -> ImportResult:
    """Import contacts with the same fields each."""
    return import_contacts(client, [json.dumps({"email": email, **fields}) for email in emails], emails)


def test_it_answers_and_names_the_token_s_user(client: Client) -> None:
    """What `check` asks first; nothing is written."""
    account.ping(client)
    assert account.user(client).permissions
    assert all(group.group_id is not None for group in account.groups(client))


def test_an_import_inserts_then_updates_and_is_told_row_by_row(client: Client, people: list[str]) -> None:
    """The counts of an answer are what every receipt rests on; sending again changes nothing but what is new."""
    first = sent(client, people, firstName="Ann", customFields={"custom1": {"value": "one"}})
    second = sent(client, people, firstName="Ann", lastName="Lee")
    assert {verdict.fate for verdict in first.verdicts + second.verdicts} == {Fate.APPLIED}
    assert (first.inserted, first.updated, second.inserted, second.updated) == (3, 0, 0, 3)
    assert first.anomalies == second.anomalies == ()
    found = contacts.lookup(client, email=people[0].upper())
    assert found is not None
    assert found.email.lower() == people[0]
    assert (found.record["firstName"], found.record["lastName"]) == ("Ann", "Lee")


def test_what_was_imported_is_found_saved_and_deleted(client: Client, people: list[str]) -> None:
    """The calls beside imports: search by a pattern, one contact changed, one contact gone."""
    sent(client, people, firstName="Ann")
    pattern = people[0].replace("-0@", "-*@")
    assert sorted(contact.email for contact in contacts.search(client, email=pattern)) == people
    assert contacts.save(client, email=people[1], lastName="Lee").email == people[1]
    found = contacts.lookup(client, email=people[2])
    assert found is not None
    assert found.contact_id is not None
    contacts.delete(client, found.contact_id)
    assert contacts.lookup(client, contact_id=found.contact_id) is None


@pytest.mark.parametrize(
    "said",
    [
        {},
        {ADDRESS: "https://api.example.com/v1", TOKEN: "T"},
        {ADDRESS: "https://api.example.com/v1", TOKEN: "T", CONFIRMATION: "yes"},
        {ADDRESS: "https://api.example.com/v1", CONFIRMATION: SENTENCE},
        {TOKEN: "T", CONFIRMATION: SENTENCE},
    ],
)
def test_no_account_is_used_unless_its_owner_says_so(said: dict[str, str]) -> None:
    """A token in somebody's environment is no permission to write to their account."""
    assert lent_account(said) is None


def test_an_account_is_used_where_its_owner_says_so() -> None:
    """Its token shows in no report of a failed test."""
    lent = lent_account({ADDRESS: "https://api.example.com/v1", TOKEN: "CANARY", CONFIRMATION: SENTENCE})
    assert lent == Account("https://api.example.com/v1", "CANARY")
    assert "CANARY" not in repr(lent)
