"""The nightly sync as Dagster runs it: assets, checks, job and schedule, in real runs."""

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from connectors.sandbox.access import ADMINISTRATOR
from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from pipelines.nightly import JOB, build_definitions
from pipelines.progress import LoggedProgress
from pipelines.run import run_sync
from tests.pipelines.conftest import DAY, FIELDS, Site


class Heard:
    """Remembers what a progress is told."""

    def __init__(self) -> None:
        self.tables: dict[str, int] = {}
        self.answers: list[tuple[int, int]] = []

    def made(self, asset: str, rows: int) -> None:
        """Remember a table."""
        self.tables[asset] = rows

    def answered(self, done: int, total: int) -> None:
        """Remember an answer."""
        self.answers.append((done, total))


@pytest.fixture(autouse=True)
def dagster_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Dagster's storage lies in the test's folder."""
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    return home


def metadata(run_id: str, *asset: str) -> dict[str, Any]:
    """Return what a run said of an asset."""
    with dg.DagsterInstance.get() as instance:
        events = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    for event in events:
        made = event.asset_materialization
        if made is not None and made.asset_key == dg.AssetKey(list(asset)):
            return dict(made.metadata)
    raise AssertionError(f"{asset} was not materialised")


def test_definitions_load_with_nothing_set_and_no_network(tmp_path: Path) -> None:
    """Dagster can load the code where there is no settings file, no token and no network."""
    script = (
        "import socket\n"
        "def refuse(*_, **__): raise AssertionError('no network at import')\n"
        "socket.socket.connect = refuse\n"
        "from pipelines.definitions import defs\n"
        "print(sorted(key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()))\n"
    )
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "import_plan" in done.stdout
    assert list(tmp_path.glob(".contact-sync")) == []


def test_without_settings_a_run_says_what_is_missing() -> None:
    """Whoever materialises in a fresh clone is told about init, and sees no traceback of ours."""
    job = build_definitions(None).resolve_job_def(JOB)
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(instance=instance, partition_key=DAY.isoformat(), raise_on_error=False)
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_failure_data.user_failure_data is not None
    assert "contact-sync init" in str(failure.step_failure_data.user_failure_data.description)


def test_one_run_makes_every_asset_and_passes_every_check(people: Site) -> None:
    """The job does the whole night, and each table says how many rows it has."""
    installation, heard = people.open(), Heard()
    run = run_sync(installation, DAY, heard)
    assert (run.success, run.message) == (True, "")
    with dg.DagsterInstance.get() as instance:
        made = {key.to_user_string() for key in instance.all_asset_keys()}
        checks = run_checks(instance, run.id)
    assert made == {
        *("extracted/crm", "validated/crm", "rejected/crm", "contacts"),
        *("import_plan", "import_receipts", "row_outcomes", "row_warnings"),
    }
    assert checks == [
        ("source_is_fresh", True),
        ("quality_within_limit", True),
        ("quality_as_usual", True),
        ("sending_was_not_stopped", True),
        ("every_row_has_one_outcome", True),
        ("nothing_is_pending", True),
        ("not_everybody_was_refused", True),
        ("run_within_window", True),
    ]
    assert metadata(run.id, "extracted", "crm")["dagster/row_count"].value == 3
    assert heard.tables == {"extracted/crm": 3, "validated/crm": 3, "rejected/crm": 0, "contacts": 3}
    assert heard.answers[-1] == (3, 3)


def run_checks(instance: dg.DagsterInstance, run_id: str) -> list[tuple[str, bool]]:
    """Return the names of a run's checks in order, and whether each passed."""
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    results = [entry.dagster_event.asset_check_evaluation_data for entry in entries if entry.dagster_event]
    return [(result.check_name, result.passed) for result in results]


def test_every_asset_is_described(people: Site) -> None:
    """A newcomer who clicks on a box of the graph reads what it is."""
    graph = build_definitions(people.open()).resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        description = graph.get(key).description
        assert description is not None
        assert len(description) > 60, key


def test_run_with_pending_rows_fails_and_still_accounts_for_every_row(people: Site, sandbox: Sandbox) -> None:
    """A night that failed is seen as failed, with the reason, and nobody is missing from the accounts."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=200),))
    installation = people.open()
    run = run_sync(installation, DAY, Heard())
    assert (run.success, run.accounted) == (False, True)
    assert "token" in str(metadata(run.id, "import_receipts")["stopped"].value)
    table = installation.tables.current("row_outcomes", DAY)
    assert table is not None
    assert (table.facts["outcomes"]["acknowledged"], table.facts["outcomes"]["pending"]) == (1, 2)
    assert installation.tables.current("row_warnings", DAY) is not None
    assert run_sync(installation, DAY, Heard()).success


def test_source_that_is_missing_fails_the_run_with_one_sentence(people: Site, sandbox: Sandbox) -> None:
    """The night says which file is missing, and nothing is sent."""
    (people.folder / "crm.csv").unlink()
    run = run_sync(people.open(), DAY, Heard())
    assert (run.success, run.accounted) == (False, False)
    assert "crm.csv" in run.message
    assert "\n" not in run.message
    assert sandbox.request_log == []


def test_reading_one_source_anew_leaves_the_others_as_they_were(site: Site, sandbox: Sandbox) -> None:
    """--source reads one source; people of the others keep what the better source says of them."""
    site.source("crm", "Email,Name\nann@example.com,Ann\n", FIELDS)
    site.source("shop", "Email,Name\nann@example.com,Shop\nsam@example.com,Sam\n", FIELDS, priority=2)
    run_sync(site.open(), DAY, Heard())
    site.write("crm.csv", "Email,Name\nann@example.com,Changed\n")
    site.write("shop.csv", "Email,Name\nann@example.com,Shop\nsam@example.com,Samuel\n")
    heard = Heard()
    assert run_sync(site.open(), DAY, heard, sources=["shop"]).success
    assert "extracted/crm" not in heard.tables
    names = {one["email"]: one["firstName"] for one in sandbox.contacts()}
    assert names == {"ann@example.com": "Ann", "sam@example.com": "Samuel"}


def test_no_secret_and_no_person_reaches_dagster(people: Site, dagster_home: Path, sandbox: Sandbox) -> None:
    """Events and metadata are read by many: they hold neither the token nor anybody's address or name."""
    people.write("crm.csv", "Email,Name\ncanary.bird@example.com,Tweety\nbroken canary,Sylvester\n")
    people.environ["EMFLUENCE_ACCESS_TOKEN"] = "canary-token"
    sandbox.stage.grant("canary-token", ADMINISTRATOR)
    assert run_sync(people.open(), DAY, Heard()).success
    people.write("crm.csv", "Email,Name\ncanary.bird@example.com,Granny\n")
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", code=203, message="bad canary.bird@example.com"),))
    assert not run_sync(people.open(), DAY, Heard()).success
    for code in (1, 501):  # the platform's words may quote a part of a value that no mask knows
        said = Fault(endpoint="contacts/import", code=code, message="Grann is not a name")
        sandbox.faults = FaultPlan((said,))
        installation = replace(people.open(), sleep=list[float]().append)
        assert not run_sync(installation, DAY, Heard()).success
    stored = b"".join(dump(path) for path in dagster_home.rglob("*") if path.is_file())
    assert b"row_outcomes" in stored
    for canary in (b"canary", b"Tweety", b"Sylvester", b"Grann"):
        assert canary not in stored


def dump(path: Path) -> bytes:
    """Return all that a file holds; of a database every value, also those in its write-ahead log."""
    if path.suffix != ".db":
        return path.read_bytes()
    with closing(sqlite3.connect(path)) as database:
        return "\n".join(database.iterdump()).encode()


@pytest.mark.parametrize(
    ("timezone", "fires_at", "day"),
    [
        ("UTC", "2026-11-24T02:00:00+00:00", "2026-11-24"),
        ("America/Chicago", "2026-11-24T20:00:00-06:00", "2026-11-25"),
        ("Asia/Tokyo", "2026-11-24T02:00:00+09:00", "2026-11-23"),
    ],
)
def test_schedule_syncs_the_day_in_utc_in_which_it_fires(people: Site, timezone: str, fires_at: str, day: str) -> None:
    """A night near midnight belongs to one day, the same one for everybody."""
    people.settings["schedule"] = {"cron": "0 2 * * *", "timezone": timezone}
    with dg.DagsterInstance.get() as instance:
        definitions = build_definitions(people.open())
        schedule, repository = definitions.resolve_schedule_def(f"{JOB}_schedule"), definitions.get_repository_def()
        at = dt.datetime.fromisoformat(fires_at)
        with dg.build_schedule_context(instance, at, repository_def=repository) as context:
            [request] = schedule.evaluate_tick(context).run_requests or []
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", timezone)
    assert (request.partition_key, request.run_key) == (day, f"nightly_sync-{day}")


def test_schedule_starts_by_itself_only_where_the_environment_says_so(people: Site) -> None:
    """Opening the UI on a laptop does not start to send at two in the morning."""
    name = f"{JOB}_schedule"
    assert (
        build_definitions(people.open()).resolve_schedule_def(name).default_status == dg.DefaultScheduleStatus.STOPPED
    )
    people.environ["CONTACT_SYNC_SCHEDULE"] = "on"
    assert (
        build_definitions(people.open()).resolve_schedule_def(name).default_status == dg.DefaultScheduleStatus.RUNNING
    )


def test_logged_progress_writes_a_line_every_half_minute_and_at_the_end() -> None:
    """A long night leaves a trace in the log and does not flood it: each line is an event."""
    now, lines = [0.0], list[str]()
    progress = LoggedProgress(lines.append, lambda: now[0])
    for second in range(70):
        now[0] = float(second)
        progress.answered(second * 100, 7000)
    progress.answered(7000, 7000)
    assert lines == [
        "3,000 of 7,000 contacts answered",
        "6,000 of 7,000 contacts answered",
        "7,000 of 7,000 contacts answered",
    ]


def test_killed_in_the_middle_and_started_again_it_finishes_the_rest(people: Site, sandbox: Sandbox) -> None:
    """Kill -9 while a batch is on its way: after one restart nobody is pending, no answered batch is repeated."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), delay=60),))
    installation = people.open()
    with started(people) as first:
        wait_for_imports(first, sandbox, 2)
        first.kill()
    assert len(installation.plans.get(f"{DAY}-0001").unanswered()) == 2
    sandbox.faults = FaultPlan()
    with started(people) as second:
        out, said = second.communicate()
    assert second.returncode == 0, said
    assert json.loads(out)["outcomes"]["acknowledged"] == 3
    assert len(sandbox.contacts()) == 3
    with dg.DagsterInstance.get() as instance:
        ended = [run.status.value for run in instance.get_runs()]
    assert ended == ["SUCCESS", "FAILURE"]  # the killed run does not look as if it were still going on
    assert imports(sandbox) == 4  # the one that was answered, the one that was cut off, and the two that were left


def test_terminated_it_finishes_what_is_in_flight_and_says_where_it_stopped(people: Site, sandbox: Sandbox) -> None:
    """SIGTERM, as from the UI or a shutdown: the answer on its way is kept and folded before the process ends."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), delay_answer=1),))
    installation = people.open()
    with started(people) as process:
        wait_for_imports(process, sandbox, 2)
        process.terminate()
        out, _ = process.communicate(timeout=30)
    summary = json.loads(out)
    assert (process.returncode, summary["status"], summary["requests"]) == (1, "failed", 2)
    assert summary["message"] == "It was interrupted. Run it again: it goes on where it stopped."
    assert installation.ledger.current().rows == 2
    assert run_sync(installation, DAY, Heard()).success
    assert imports(sandbox) == 3


def started(site: Site) -> subprocess.Popen[str]:
    """Start a sync of the day in a process of its own."""
    command = [sys.executable, "-m", "pipelines.cli.main", "sync", "--json", "--date", DAY.isoformat()]
    return subprocess.Popen(
        [*command, "--config", str(site.config)],
        env={**os.environ, **site.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_imports(process: subprocess.Popen[str], sandbox: Sandbox, count: int) -> None:
    """Wait until the sandbox has seen so many imports, at most half a minute."""
    for _ in range(600):
        if imports(sandbox) >= count:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"only {imports(sandbox)} imports were seen")


def imports(sandbox: Sandbox) -> int:
    """Return how many import requests the sandbox has seen."""
    return sum(record.endpoint == "contacts/import" for record in sandbox.request_log)


def test_installation_does_not_show_its_environment(people: Site) -> None:
    """A token is in no traceback that prints its variables."""
    assert "sandbox-token" not in repr(people.open())
