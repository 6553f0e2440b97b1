"""Cleaning up: what is old goes, and no later night, resume, account or rebuild ever notices."""

import datetime as dt
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from connectors.storage.lock import LockHeldError, sync_lock
from connectors.storage.rebuild import rebuild
from pipelines.cli.main import contact_sync
from pipelines.installation import Installation, utc_now
from pipelines.steps.clean import clean
from pipelines.steps.freshness import freshness_document
from tests.pipelines.conftest import DAY, FIELDS, Site
from tests.pipelines.night import outcomes, plan_night, run_night, send_night

AFTER = dt.timedelta(days=400)
SNAPSHOTS = ("extracted/crm", "validated/crm", "issues/crm", "contacts", "duplicates")


def later(installation: Installation) -> Installation:
    """Return an installation whose clock says that more than a year has passed."""
    return replace(installation, now=lambda: utc_now() + AFTER)


def days_of(installation: Installation, asset: str) -> list[dt.date]:
    """Return the days for which there is a table, the earliest first."""
    return sorted(installation.tables.days(asset))


def back(days: int) -> dt.date:
    """Return a day so many days before the tests' own."""
    return DAY - dt.timedelta(days=days)


def nights(site: Site, *days: dt.date) -> Installation:
    """Sync days, each with a person of its own."""
    for day in days:
        site.write("crm.csv", f"Email,Name\nann@example.com,{day}\n")
        run_night(site.open(), day)
    return site.open()


def test_old_tables_go_and_the_last_day_stays(people: Site) -> None:
    """Personal data is not kept for ever; what the next night looks at, the accounts and the quality are."""
    installation = nights(people, back(3), back(2), back(1))
    assert clean(installation) == []
    assert {one.kind for one in clean(later(installation), dry_run=True)} == {*SNAPSHOTS, "rejected/crm"}
    assert len(days_of(installation, "contacts")) == 3
    removed = {one.kind: one.things for one in clean(later(installation))}
    assert removed == dict.fromkeys((*SNAPSHOTS, "rejected/crm"), 2)
    for asset in (*SNAPSHOTS, "rejected/crm"):
        assert days_of(installation, asset) == [back(1)]
    assert len(days_of(installation, "row_outcomes")) == len(days_of(installation, "quality/crm")) == 3
    assert clean(later(installation)) == []


def test_numbers_of_removed_versions_are_not_given_again(people: Site) -> None:
    """A plan names the versions that it was made from: nothing else may ever bear their numbers."""
    installation = nights(people, back(3), back(1))
    clean(later(installation))
    run_night(installation, back(3))
    assert [table.version for table in [installation.tables.current("contacts", back(3))] if table] == [2]


def test_sync_that_is_to_be_resumed_keeps_all_it_needs(people: Site, sandbox: Sandbox) -> None:
    """A night that was left pending for a year ends as if it had been left for an hour."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=200),))
    installation = people.open()
    run_night(installation, back(3))
    sandbox.faults = FaultPlan()
    run_night(installation, back(1))
    plan_night(installation, back(2), full=True)
    clean(later(installation))
    send_night(installation, back(2))
    assert outcomes(installation, back(2)).get("pending") is None
    assert run_night(installation, back(3)).get("pending") is None


def test_age_of_what_a_source_says_is_not_forgotten(people: Site) -> None:
    """A list that has not changed for a year still looks as old as it is."""
    installation = people.open()
    for days in (5, 4, 3, 2, 1):
        run_night(installation, back(days))
    before = freshness_document(installation, DAY)
    clean(later(installation))
    assert freshness_document(installation, DAY) == before
    assert days_of(installation, "extracted/crm") == [back(5), back(1)]


def test_last_synced_snapshot_stays_for_the_next_reading_of_changes(people: Site, sandbox: Sandbox) -> None:
    """What a reading of changes goes on from is not the last that was read, but the last that was sent."""
    nights(people, back(4), back(3))
    people.write("crm.csv", "Email,Name\nann@example.com,unsent\n")
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", code=200),))
    assert run_night(people.open(), back(1)) == {"pending": 1}
    clean(later(people.open()))
    assert days_of(people.open(), "extracted/crm") == [back(3), back(1)]


def test_ledger_can_still_be_rebuilt(people: Site) -> None:
    """Receipts of years ago are what tells who was synced."""
    installation = nights(people, back(3), back(2), back(1))
    before = ledger(installation)
    clean(later(installation))
    rebuild(installation.storage)
    assert ledger(installation) == before


def test_what_dead_processes_left_goes_and_what_others_write_stays(people: Site) -> None:
    """Half a snapshot of a process that was killed is personal data that nobody can use."""
    installation = nights(people, back(1))
    left = installation.storage / "extracted" / "crm" / str(back(1)) / ".000007.parquet.tmp"
    left.write_bytes(b"half")
    unfinished = installation.storage / "plans" / f"{back(1)}-0009"
    unfinished.mkdir()
    assert clean(installation) == []
    assert [(one.kind, one.things) for one in clean(later(installation))] == [("scratch", 2)]
    assert not left.exists()
    assert not unfinished.exists()


def test_nothing_is_removed_while_a_sync_is_sending(people: Site) -> None:
    """A sync that sends finds its tables, however long it takes."""
    installation = nights(people, back(3), back(1))
    with sync_lock(installation.storage, installation.now()), pytest.raises(LockHeldError):
        clean(later(installation))
    assert len(days_of(installation, "contacts")) == 2


def test_command_says_what_it_would_remove(people: Site) -> None:
    """A person looks before anything is gone; the settings say for how long."""
    nights(people, back(3), back(1))
    result = CliRunner().invoke(contact_sync, ["clean", "--dry-run", "--json", "--config", str(people.config)])
    assert json.loads(result.stdout) == {"dry_run": True, "removed": {}}
    assert result.exit_code == 0


@pytest.mark.parametrize("seed", range(2))
def test_any_history_goes_on_after_cleaning_as_it_would_without(tmp_path: Path, site: Site, seed: int) -> None:
    """Whatever happened before, and whatever comes after: no outcome, no contact, no ledger differs."""
    ends = []
    for cleans in (False, True):
        rng = random.Random(seed)  # noqa: S311 - the same history twice
        with Sandbox(tmp_path / f"platform-{cleans}", limits=None) as sandbox:
            environ = {"EMFLUENCE_BASE_URL": sandbox.base_url, "CONTACT_SYNC_STORAGE": f"storage-{cleans}"}
            own = Site(site.folder, site.environ | environ)
            own.settings["destination"] = {"batch_contacts": 2, "connections": 1}
            own.source("crm", "Email,Name\nann@example.com,Ann\n", FIELDS)
            ends.append(_history(own, sandbox, rng, cleans=cleans))
    assert ends[0] == ends[1]


def _history(site: Site, sandbox: Sandbox, rng: random.Random, *, cleans: bool) -> list[Any]:
    """Sync days at random, some of which break off; clean up somewhere in between; return all that came of it."""
    seen: list[Any] = []
    for step in range(9):
        people = "".join(f"{one}@example.com,{rng.choice('xyz')}\n" for one in sorted(rng.sample("abcdef", 4)))
        site.write("crm.csv", f"Email,Name\n{people}broken,X\n")
        faults = [Fault(endpoint="contacts/import", calls=(rng.randint(1, 2),), code=200)] * rng.randint(0, 1)
        sandbox.faults = FaultPlan(tuple(faults))
        day = back(rng.randint(1, 4))
        installation = site.open()
        seen.append(run_night(installation, day, full=rng.random() < 0.2))
        if cleans and step in (3, 6):
            clean(later(installation))
    people_there = {one["email"]: one["firstName"] for one in sandbox.contacts()}
    return [*seen, people_there, ledger(site.open())]


def ledger(installation: Installation) -> list[Any]:
    """Return what the ledger holds, but for the moments at which it was told."""
    rows = installation.ledger.scan(installation.ledger.current())
    return rows.drop("acknowledged_at").sort("email_key").collect().rows()
