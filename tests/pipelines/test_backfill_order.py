"""A backfill in the UI after a day that failed: the days after it are left, or not, by setting."""

import datetime as dt
from pathlib import Path

import dagster as dg
import pytest

from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from pipelines.nightly import JOB, build_definitions
from pipelines.status import read_status
from tests.pipelines.conftest import DAY, FIELDS, Site

DAYS = tuple(DAY - dt.timedelta(days=back) for back in (3, 2, 1))


@pytest.fixture(autouse=True)
def dagster_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Dagster's storage lies in the test's folder."""
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    return home


def run_day(instance: dg.DagsterInstance, site: Site, day: dt.date, backfill: str = "b") -> str:
    """Run a day as one of a backfill; return why it failed, or nothing."""
    job = build_definitions(site.open()).resolve_job_def(JOB)
    tags = {"dagster/backfill": backfill}
    result = job.execute_in_process(instance=instance, partition_key=day.isoformat(), tags=tags, raise_on_error=False)
    failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    said = "".join(str(failure.description) for failure in failures if failure is not None)
    return said or ("" if result.success else "a check failed")


@pytest.fixture
def daily(site: Site) -> Site:
    """A site whose source has files of the first and the last day."""
    site.source("crm", "", FIELDS)
    site.settings["sources"][0]["path"] = "crm-{date}.csv"
    for day in (DAYS[0], DAYS[2]):
        site.write(f"crm-{day}.csv", f"Email,Name\nann@example.com,{day}\n")
    return site


def test_days_after_a_failure_are_left_until_it_is_mended(daily: Site, sandbox: Sandbox) -> None:
    """Nothing is read or sent after a failed day; another backfill, and the same one once mended, go on."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(1,), code=200),))
    with dg.DagsterInstance.get() as instance:
        assert run_day(instance, daily, DAYS[0]) == "a check failed"
        refused = run_day(instance, daily, DAYS[2])
        assert refused.startswith(f"{DAYS[0]} has failed before {DAYS[2]} in this backfill (run ")
        assert daily.open().tables.days("extracted/crm") == [DAYS[0]]
        assert run_day(instance, daily, DAYS[2], "another") == ""
        assert run_day(instance, daily, DAYS[0]) == ""
        assert run_day(instance, daily, DAYS[2]) == ""


def test_days_after_a_failure_are_synced_where_the_settings_say_so(daily: Site, sandbox: Sandbox) -> None:
    """Whoever prefers as many days as possible gets them."""
    daily.settings["backfill"] = {"on_failure": "continue"}
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(1,), code=200),))
    with dg.DagsterInstance.get() as instance:
        assert run_day(instance, daily, DAYS[0]) == "a check failed"
        assert run_day(instance, daily, DAYS[2]) == ""


def test_day_without_a_file_stops_nothing_and_is_shown_as_that(daily: Site) -> None:
    """A weekend is no failure: the list of runs tells the two apart."""
    with dg.DagsterInstance.get() as instance:
        assert f"crm-{DAYS[1]}.csv" in run_day(instance, daily, DAYS[1])
        assert run_day(instance, daily, DAYS[2]) == ""
    runs = read_status(daily.open(), DAYS[2])["runs"]
    assert [(run["date"], run["status"]) for run in runs] == [(str(DAYS[2]), "success"), (str(DAYS[1]), "no_source")]


def test_cleaning_up_runs_in_dagster(daily: Site) -> None:
    """The job is there, with a schedule of its own, and says what it removed."""
    with dg.DagsterInstance.get() as instance:
        definitions = build_definitions(daily.open())
        result = definitions.resolve_job_def("clean_up").execute_in_process(instance=instance)
        assert result.success
        assert definitions.resolve_schedule_def("clean_up_schedule").cron_schedule == "0 12 * * *"
