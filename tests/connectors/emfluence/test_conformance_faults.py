"""The client against a sandbox that rehearses faults: every contact ends up there once, and is told so."""

import json
import threading
from pathlib import Path

import pytest

from connectors.emfluence import Client, Fate, account, errors, import_contacts
from connectors.sandbox import Behaviour, Fault, FaultPlan, Limits, Sandbox
from tests.connectors.emfluence.clocks import Clock
from tests.connectors.emfluence.sandboxes import client_of, rows


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


def test_threads_keep_to_the_connections_as_the_platform_counts_them(tmp_path: Path, clock: Clock) -> None:
    """More than five at once may be answered with 403."""

    def work() -> None:
        for _ in range(10):
            account.ping(shared)

    limits = Limits(requests_per_second=1000)
    with (
        Sandbox(tmp_path, limits=limits) as sandbox,
        Client(sandbox.base_url, sandbox.token, clock=clock, sleep=clock.sleep, requests_per_second=1000) as shared,
    ):
        threads = [threading.Thread(target=work) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(sandbox.request_log) == 120
        assert max(record.in_flight for record in sandbox.request_log) <= 5


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
