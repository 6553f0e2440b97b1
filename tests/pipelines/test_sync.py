"""A sync from file to platform, by its steps: what is sent, what is not, and what is left when something breaks."""

import datetime as dt
import os
import socket
import subprocess
import sys
from dataclasses import replace

import polars as pl
import pytest

from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from connectors.sources.errors import SourceEmpty, SourceMissing, SourceSettingsWrong
from connectors.storage.files import StorageError
from connectors.storage.lock import LockHeldError, sync_lock
from pipelines.checkup import check_installation
from pipelines.steps.extract import extract
from pipelines.steps.plan import make_plan
from pipelines.steps.send import PlanOutdatedError, send_plan
from pipelines.steps.settle import reconcile
from tests.pipelines.conftest import DAY, FIELDS, Site
from tests.pipelines.night import outcomes, plan_night, run_night, send_night, unheard

NEXT_DAY = DAY + dt.timedelta(days=1)


def imports(sandbox: Sandbox) -> int:
    """Return how many import requests the sandbox has seen."""
    return sum(record.endpoint == "contacts/import" for record in sandbox.request_log)


def first_names(sandbox: Sandbox) -> dict[object, object]:
    """Return the sandbox's contacts by e-mail."""
    return {contact["email"]: contact["firstName"] for contact in sandbox.contacts()}


def test_contacts_arrive_and_a_second_sync_sends_nothing(people: Site, sandbox: Sandbox) -> None:
    """The promise of the whole product: the same data is sent once."""
    assert run_night(people.open(), DAY) == {"acknowledged": 3}
    assert first_names(sandbox) == {"ann@example.com": "Ann", "bob@example.com": "Bob", "cy@example.com": "Cy"}
    before = len(sandbox.request_log)
    assert run_night(people.open(), DAY) == {"unchanged": 3}
    assert run_night(people.open(), NEXT_DAY) == {"unchanged": 3}
    assert len(sandbox.request_log) == before


def test_only_what_changed_is_sent(people: Site, sandbox: Sandbox) -> None:
    """One edited row is one contact in one request."""
    run_night(people.open(), DAY)
    people.write("crm.csv", "Email,Name\nann@example.com,Ann\nbob@example.com,Robert\ncy@example.com,Cy\n")
    assert run_night(people.open(), NEXT_DAY) == {"acknowledged": 1, "unchanged": 2}
    assert first_names(sandbox)["bob@example.com"] == "Robert"
    assert imports(sandbox) == 4


def test_full_sends_what_is_unchanged(people: Site, sandbox: Sandbox) -> None:
    """A person can ask for everything to be sent again."""
    run_night(people.open(), DAY)
    assert run_night(people.open(), DAY, full=True) == {"acknowledged": 3}
    assert imports(sandbox) == 6


def test_older_day_never_overwrites_newer(people: Site, sandbox: Sandbox) -> None:
    """A backfill of last month leaves alone whoever was synced since, also when everything is asked for."""
    run_night(people.open(), NEXT_DAY)
    people.write("crm.csv", "Email,Name\nann@example.com,Old\nbob@example.com,Bob\nzoe@example.com,Zoe\n")
    assert run_night(people.open(), DAY) == {"acknowledged": 1, "superseded": 1, "unchanged": 1}
    assert run_night(people.open(), DAY, full=True) == {"acknowledged": 1, "superseded": 2}
    assert first_names(sandbox)["ann@example.com"] == "Ann"


def test_every_row_has_its_outcome(site: Site, sandbox: Sandbox) -> None:
    """Bad, repeated and good rows of two sources are told apart, and the losers name their winner."""
    site.source("crm", "Email,Name\nANN@example.com,Ann\nbroken,X\n,Y\nann@Example.com,Ann2\n", FIELDS, groups=[7])
    site.source(
        "shop", "Email,Name\nann@example.com,Shop\nsam@example.com,Sam\na,b,c\n", FIELDS, priority=2, groups=[8]
    )
    installation = site.open()
    assert run_night(installation, DAY) == {"acknowledged": 2, "duplicate": 2, "invalid": 3}
    table = installation.tables.current("row_outcomes", DAY)
    assert table is not None
    rows = table.scan().filter(pl.col("outcome") == "duplicate").sort("source").collect()
    assert rows.select("source", "row", "winner_source", "winner_row").rows() == [
        ("crm", 1, "crm", 4),
        ("shop", 1, "crm", 4),
    ]
    groups = {contact["email"]: contact["groupIDs"] for contact in sandbox.contacts()}
    assert groups == {"ann@example.com": [7, 8], "sam@example.com": [8]}


def test_opt_out_of_any_source_travels_whoever_wins(site: Site, sandbox: Sandbox) -> None:
    """Somebody who opted out in a list of lower priority is not mailed again."""
    site.source("crm", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\n", FIELDS)
    site.source(
        "list",
        "Mail,Gone\nann@example.com,yes\nbob@example.com,no\n",
        {"email": "Mail", "suppressed": "Gone"},
        priority=2,
    )
    run_night(site.open(), DAY)
    assert {one["email"]: bool(one["suppressed"]) for one in sandbox.contacts()} == {
        "ann@example.com": True,
        "bob@example.com": False,
    }
    assert sandbox.violations() == []


def test_list_of_opt_outs_needs_a_mapping(site: Site) -> None:
    """Unsubscribes are never imported as subscribers because nobody looked."""
    site.source("left", "Email,UNSUB_TIME\nann@example.com,2026-01-01\n", {"email": "Email"})
    installation = site.open()
    with pytest.raises(SourceSettingsWrong, match=r"UNSUB_TIME.*suppressed"):
        extract(installation, installation.settings.sources[0], DAY)
    assert list(installation.storage.glob("**/*.parquet")) == []


def test_refused_rows_are_told_apart_from_the_rest_of_their_batch(site: Site, sandbox: Sandbox) -> None:
    """One row that the platform refuses costs nobody else, is reported with its words, and is not in the ledger."""
    site.source("crm", "Email,Web\nann@example.com,one\nbob@example.com,one\n", {"email": "Email", "purl": "Web"})
    installation = site.open()
    assert run_night(installation, DAY) == {"acknowledged": 1, "refused": 1}
    warnings = installation.tables.current("row_warnings", DAY)
    assert warnings is not None
    assert warnings.scan().select("row", "code").collect().rows() == [(2, "platform_refused")]
    assert installation.ledger.current().rows == 1
    assert len(sandbox.contacts()) == 1


def test_answer_lost_after_the_platform_applied_it_is_counted_once(people: Site, sandbox: Sandbox) -> None:
    """A connection that breaks after the work was done ends as acknowledged, not as pending or twice."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(1,), drop="after_applying"),))
    people.settings["destination"]["batch_contacts"] = 1000
    installation = people.open()
    assert run_night(installation, DAY) == {"acknowledged": 3}
    assert len(sandbox.contacts()) == 3


def test_revoked_token_stops_at_once_and_leaves_the_rest_pending(people: Site, sandbox: Sandbox) -> None:
    """A credential problem is said as one, no row is blamed, and the next sync goes on where it stopped."""
    people.settings["destination"]["batch_contacts"] = 1
    installation = people.open()
    plan_night(installation, DAY)
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=200),))
    sending = send_night(installation, DAY)
    assert sending.stopped is not None
    assert "token" in sending.stopped
    assert outcomes(installation, DAY) == {"acknowledged": 1, "pending": 2}
    seen = imports(sandbox)
    assert seen == 2
    assert run_night(installation, DAY) == {"acknowledged": 3}
    assert imports(sandbox) == seen + 2


def test_resumed_sync_keeps_to_its_plan_and_leaves_new_rows_to_the_next(people: Site, sandbox: Sandbox) -> None:
    """What a source gained in the meantime neither enters a plan that was begun nor gets lost."""
    installation = people.open()
    plan_night(installation, DAY)
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=200),))
    send_night(installation, DAY)
    people.write(
        "crm.csv", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\ncy@example.com,Cy\nnew@example.com,N\n"
    )
    assert run_night(installation, DAY) == {"acknowledged": 3}
    assert run_night(installation, DAY) == {"acknowledged": 1, "unchanged": 3}


def test_plan_that_another_day_overtook_is_not_gone_on_with(people: Site, sandbox: Sandbox) -> None:
    """Older contacts of an unfinished plan do not overwrite what a later sync has sent since."""
    installation = people.open()
    plan_night(installation, DAY)
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=200),))
    send_night(installation, DAY)
    people.write("crm.csv", "Email,Name\nann@example.com,Ann\nbob@example.com,Robert\ncy@example.com,Cy\n")
    assert run_night(installation, NEXT_DAY) == {"acknowledged": 2, "unchanged": 1}
    with pytest.raises(PlanOutdatedError, match="again"):
        send_plan(installation, DAY, unheard)
    people.write("crm.csv", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\ncy@example.com,Cy\n")
    assert run_night(installation, DAY) == {"superseded": 1, "unchanged": 2}
    assert first_names(sandbox)["bob@example.com"] == "Robert"


def test_group_with_an_automated_email_stops_before_anything_is_sent(site: Site, sandbox: Sandbox) -> None:
    """No sync sets off welcome e-mails that nobody allowed."""
    site.source("crm", "Email,Name\nann@example.com,Ann\n", FIELDS, groups=[9])
    installation = site.open()
    plan_night(installation, DAY)
    sending = send_night(installation, DAY)
    assert sending.guard == "automated_emails"
    assert sending.stopped is not None
    assert '9 "Welcome"' in sending.stopped
    assert outcomes(installation, DAY) == {"pending": 1}
    assert (sandbox.contacts(), sandbox.sent_mails()) == ([], [])


def test_group_that_is_not_there_stops_before_anything_is_sent(site: Site, sandbox: Sandbox) -> None:
    """A mistyped group is said as such instead of refusing every contact."""
    site.source("crm", "Email,Name\nann@example.com,Ann\n", FIELDS, groups=[7, 77])
    installation = site.open()
    plan_night(installation, DAY)
    sending = send_night(installation, DAY)
    assert sending.guard == "groups"
    assert sending.stopped is not None
    assert "no group 77" in sending.stopped
    assert sandbox.contacts() == []


def test_empty_or_missing_source_is_never_read_as_everyone_is_gone(people: Site, sandbox: Sandbox) -> None:
    """An export that failed on the company's side stops the sync and changes nothing."""
    run_night(people.open(), DAY)
    installation = people.open()
    source = installation.settings.sources[0]
    people.write("crm.csv", "Email,Name\n")
    with pytest.raises(SourceEmpty):
        extract(installation, source, NEXT_DAY)
    (people.folder / "crm.csv").unlink()
    with pytest.raises(SourceMissing):
        extract(installation, source, NEXT_DAY)
    assert installation.tables.current("extracted/crm", NEXT_DAY) is None
    assert len(sandbox.contacts()) == 3


def test_lost_ledger_is_refused_and_not_taken_for_a_first_sync(people: Site) -> None:
    """A deleted folder does not send a whole audience again."""
    installation = people.open()
    run_night(installation, DAY)
    for path in (installation.storage / "ledger").iterdir():
        path.unlink()
    with pytest.raises(StorageError, match="contact-sync ledger rebuild"):
        make_plan(installation, NEXT_DAY)


def test_receipts_of_a_sync_that_died_before_folding_are_taken_in(people: Site, sandbox: Sandbox) -> None:
    """What the platform acknowledged is known to the next sync, although the ledger was never written."""
    installation = people.open()
    run_night(installation, DAY)
    for path in (installation.storage / "ledger").iterdir():
        path.unlink()
    installation.ledger.mark.unlink()
    (installation.plans.folder(f"{DAY}-0001") / "folded.json").unlink()
    seen = imports(sandbox)
    assert run_night(installation, NEXT_DAY) == {"unchanged": 3}
    assert imports(sandbox) == seen


def test_two_syncs_of_one_storage_do_not_send_at_once(people: Site) -> None:
    """The second one is told who sends and since when."""
    installation = people.open()
    plan_night(installation, DAY)
    held_since = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
    with sync_lock(installation.storage, held_since), pytest.raises(LockHeldError, match="2026-11-24T02:00:00"):
        send_plan(installation, DAY, unheard)


def test_reconciliation_notices_a_row_that_has_no_outcome(people: Site) -> None:
    """The check that production relies on can fail."""
    installation = people.open()
    run_night(installation, DAY)
    table = installation.tables.current("row_outcomes", DAY)
    assert table is not None
    with installation.tables.new_version("row_outcomes", DAY) as short:
        short.write(table.scan().collect().slice(1))
    assert reconcile(installation, DAY) == [
        "crm: 3 rows were read, 2 outcomes were recorded for 2 of them, 0 without a word."
    ]


def test_copies_that_a_killed_process_left_behind_are_removed(people: Site) -> None:
    """A source's rows do not lie about for ever because a process was killed while it read them."""
    installation = people.open()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for process in (ended.pid, os.getpid()):
        (installation.storage / f".reading-{process}-x").mkdir(parents=True)
    extract(installation, installation.settings.sources[0], DAY)
    assert [path.name for path in installation.storage.glob(".reading-*")] == [f".reading-{os.getpid()}-x"]


def test_progress_counts_what_earlier_attempts_have_sent(people: Site, sandbox: Sandbox) -> None:
    """A resumed sync shows how much of the whole is done."""
    installation = people.open()
    plan_night(installation, DAY)
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=200),))
    send_night(installation, DAY)
    seen: list[tuple[int, int]] = []
    send_plan(installation, DAY, lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]


def test_clock_that_is_wrong_is_said(people: Site) -> None:
    """A machine whose clock is off would sync another day than everybody expects."""
    for hours, ok in ((0, True), (2, False)):
        installation = people.open(dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours))
        findings = {finding.part: finding for finding in check_installation(installation, DAY)}
        assert findings["clock"].ok is ok
    assert "7,2" in findings["clock"].sentence


def test_throttled_destination_is_said(people: Site, sandbox: Sandbox) -> None:
    """Whoever shares the address with another program learns why syncs are slow."""
    sandbox.faults = FaultPlan((Fault(endpoint="helper/ping", throttled="Request was throttled for 2 seconds."),))
    findings = {finding.part: finding for finding in check_installation(people.open(), DAY)}
    assert not findings["limits"].ok
    assert "9,000 contacts a second" not in findings["limits"].sentence  # batches of one here
    assert "9 contacts a second" in findings["limits"].sentence


def test_destination_that_does_not_answer_is_said_with_what_to_do(people: Site) -> None:
    """A sandbox that was not started costs nobody an hour; every row is pending and the plan is kept."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        people.environ["EMFLUENCE_BASE_URL"] = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        waits: list[float] = []
        installation = replace(people.open(), sleep=waits.append)
        plan_night(installation, DAY)
        sending = send_night(installation, DAY)
        findings = {finding.part: finding for finding in check_installation(installation, DAY)}
    assert sending.stopped is not None
    assert "does not answer" in sending.stopped
    assert "contact-sync sandbox" in sending.stopped
    assert "contact-sync sandbox" in findings["destination"].sentence
    assert outcomes(installation, DAY) == {"pending": 3}
    assert waits
