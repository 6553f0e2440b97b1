"""The ledger as a person meets it: shown by day, lost, refused and rebuilt, and never misled by a clock."""

import datetime as dt
import json
import shutil
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from connectors.storage.ledger import LedgerLostError
from pipelines.cli.main import contact_sync
from pipelines.steps.plan import make_plan
from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import plan_night, run_night, send_night

NEXT_DAY = DAY + dt.timedelta(days=1)
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def run(site: Site, *arguments: str) -> Result:
    """Run a command with a site's settings and environment."""
    site.open()
    return CliRunner().invoke(contact_sync, [*arguments, "--config", str(site.config)], env=site.environ)


def document(result: Result) -> Any:
    """Return the one JSON document on stdout."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_was_acknowledged_on_a_day_can_be_asked(people: Site) -> None:
    """Each day has its own count, days without a sync have the last one's, and nobody's address is on the screen."""
    run_night(people.open(NOON), DAY)
    people.write("crm.csv", "Email,Name\nann@example.com,Ann\nbob@example.com,Robert\ndee@example.com,Dee\n")
    run_night(people.open(NOON + dt.timedelta(days=2)), NEXT_DAY)
    told = [
        document(run(people, "ledger", "show", "--json", "--date", str(DAY + dt.timedelta(days))))
        for days in (-1, 0, 1, 2)
    ]
    assert [(one["version"], one["contacts"], one["acknowledged"]) for one in told] == [
        *((0, 0, 0), (1, 3, 3), (1, 3, 0), (2, 4, 2))
    ]
    assert [sync["plan"] for sync in told[3]["syncs"]] == [f"{NEXT_DAY}-0001"]
    shown = run(people, "ledger", "show", "--date", str(DAY + dt.timedelta(days=2))).stdout
    assert "4 contacts, 0 of them opted out" in shown.replace("\n", " ")
    assert "@" not in shown + json.dumps(told)


def test_counts_outlive_the_rows(people: Site) -> None:
    """Of a version that is no longer kept the counts are still told, and which versions are kept."""
    for number, name in enumerate(("Ann", "Anna", "Anne", "Annie", "Anni")):
        people.write("crm.csv", f"Email,Name\nann@example.com,{name}\n")
        run_night(people.open(NOON + dt.timedelta(hours=6 * number)), DAY)
    first = document(run(people, "ledger", "show", "--json", "--date", str(DAY)))
    assert (first["version"], first["opted_out"], first["note"]) == (2, 0, None)
    for number in range(8):
        people.write("crm.csv", f"Email,Name\nann@example.com,{number}\n")
        run_night(people.open(NOON + dt.timedelta(days=3 + number)), DAY)
    first = document(run(people, "ledger", "show", "--json", "--date", str(DAY)))
    assert (first["version"], first["contacts"], first["opted_out"]) == (2, 1, None)
    assert "kept are the 3 newest versions, and the last one of each of the 7 latest days" in first["note"]


def test_a_lost_ledger_names_the_command_that_makes_it_anew(people: Site, sandbox: Sandbox) -> None:
    """Refused at the sync and by show; rebuilt; and then nothing is sent again."""
    run_night(people.open(), DAY)
    shutil.rmtree(people.open().ledger.folder)
    with pytest.raises(LedgerLostError, match='Run "contact-sync ledger rebuild"'):
        make_plan(people.open(), NEXT_DAY)
    assert run(people, "ledger", "show").exit_code == 1
    made = document(run(people, "ledger", "rebuild", "--json"))
    assert made == {"status": "done", "version": 1, "contacts": 3, "syncs": 1}
    seen = len(sandbox.request_log)
    assert run_night(people.open(), NEXT_DAY) == {"unchanged": 3}
    assert len(sandbox.request_log) == seen
    assert "The ledger is whole again: 3 contacts" in run(people, "ledger", "rebuild").stdout


def test_a_ledger_that_cannot_be_rebuilt_is_exit_code_1(people: Site) -> None:
    """One sentence says what is missing, and the ledger stays refused."""
    run_night(people.open(), DAY)
    installation = people.open()
    shutil.rmtree(installation.ledger.folder)
    shutil.rmtree(installation.plans.folder(f"{DAY}-0001"))
    result = run(people, "ledger", "rebuild", "--json")
    assert result.exit_code == 1
    assert "What was cleaned up cannot be rebuilt" in json.loads(result.stdout)["message"]
    with pytest.raises(LedgerLostError):
        installation.ledger.current()


def test_nothing_to_rebuild(people: Site) -> None:
    """Before the first sync there is no ledger to lose."""
    assert "Nothing was ever folded" in run(people, "ledger", "rebuild").stdout


def test_a_ledger_restored_from_between_two_folds_of_one_plan_is_refused(people: Site, sandbox: Sandbox) -> None:
    """It knows the plan, but not all that the plan had acknowledged: who came later would be sent again."""
    installation = people.open()
    plan_night(installation, DAY)
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=2),))
    send_night(installation, DAY)
    older, marked = installation.ledger.folder.with_name("older"), installation.ledger.mark.read_bytes()
    shutil.copytree(installation.ledger.folder, older)
    sandbox.faults = FaultPlan()
    send_night(installation, DAY)
    assert installation.ledger.current().plans == (f"{DAY}-0001",) * 2
    shutil.rmtree(installation.ledger.folder)
    shutil.copytree(older, installation.ledger.folder)
    installation.ledger.mark.write_bytes(marked)
    with pytest.raises(LedgerLostError, match="older than the syncs that were recorded in it"):
        make_plan(installation, NEXT_DAY)


@pytest.mark.parametrize("jump", [dt.timedelta(days=-3), dt.timedelta(days=3)])
def test_a_clock_that_jumps_settles_no_doubt_wrongly(people: Site, sandbox: Sandbox, jump: dt.timedelta) -> None:
    """A request of unknown fate stays in doubt until a later sync has the contact acknowledged, and no longer."""
    run_night(people.open(NOON), DAY)
    people.write("crm.csv", "Email,Name\nann@example.com,Anna\nbob@example.com,Bob\ncy@example.com,Cy\n")
    sandbox.faults = FaultPlan(
        (Fault(endpoint="contacts/import", calls=(1,), raw='{"success": 1, "code": 0, "data": {}}'),)
    )
    assert run_night(people.open(NOON + jump), DAY)["pending"] == 1
    sandbox.faults = FaultPlan()
    people.write("crm.csv", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\ncy@example.com,Cy\n")
    assert run_night(people.open(NOON), DAY) == {"acknowledged": 1, "unchanged": 2}
    assert run_night(people.open(NOON + 2 * jump), DAY) == {"unchanged": 3}
