"""Nights that were missed, nights that take too long, and runs whose process has died."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from pipelines.instance import set_dagster_home
from pipelines.missed import missed_days
from pipelines.nightly import JOB, build_definitions
from pipelines.processes import PROCESS_TAG, bury_dead_runs, this_process
from pipelines.run_settings import Schedule
from pipelines.window import window_result
from tests.pipelines.conftest import DAY, FIELDS, Site

TONIGHT = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
EVER = dt.datetime.fromtimestamp(0, dt.UTC)


@pytest.fixture(autouse=True)
def dagster_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Dagster's storage lies in the test's folder."""
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    return home


def november(*days: int) -> list[dt.date]:
    """Return days of the tests' month."""
    return [dt.date(2026, 11, day) for day in days]


@pytest.mark.parametrize(
    ("attempted", "since", "missed"),
    [
        (november(20, 21), EVER, november(22, 23)),
        (november(23), EVER, []),
        (november(20, 21, 23), EVER, november(22)),  # one was passed over by hand
        (november(20, 21, 24, 25), EVER, november(22, 23)),  # somebody synced today already: it changes nothing
        ([], EVER, []),  # a new installation has missed nothing
        (november(20), dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC), november(23)),  # switched on at noon
    ],
)
def test_missed_nights_are_those_after_the_last_that_was_tried(
    attempted: list[dt.date], since: dt.datetime, missed: list[dt.date]
) -> None:
    """A machine that was off for a weekend is told from one that is new, and from a schedule that was off."""
    assert missed_days(Schedule(), attempted, since, TONIGHT) == missed


def test_days_without_a_night_are_not_missed() -> None:
    """A weekly sync has missed nothing on Tuesday; a pause of years is caught up no further than a month."""
    weekly = Schedule(cron="0 2 * * 1")
    assert missed_days(weekly, november(9), EVER, dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)) == november(16)
    long_ago = [dt.date(2026, 1, 1)]
    caught_up = missed_days(Schedule(), long_ago, EVER, TONIGHT)
    assert (len(caught_up), caught_up[-1:]) == (31, november(23))


def requests(site: Site, now: dt.datetime = TONIGHT) -> list[tuple[str | None, str]]:
    """Return what a tick of the schedule asks for: each day, and why."""
    return [(one.partition_key, one.tags["contact-sync/night"]) for one in asked_for(site, now)]


def asked_for(site: Site, now: dt.datetime) -> Sequence[dg.RunRequest]:
    """Return what a tick of the schedule asks for."""
    with dg.DagsterInstance.get() as instance:
        definitions = build_definitions(site.open(now))
        schedule, repository = definitions.resolve_schedule_def(f"{JOB}_schedule"), definitions.get_repository_def()
        with dg.build_schedule_context(instance, TONIGHT, repository_def=repository) as context:
            return schedule.evaluate_tick(context).run_requests or []


def daily(site: Site) -> Site:
    """Give the site a source with a file per day, of which one was tried three nights ago."""
    site.source("crm", "", FIELDS)
    site.settings["sources"][0]["path"] = "crm-{date}.csv"
    with dg.DagsterInstance.get() as instance:
        instance.create_run_for_job(
            build_definitions(site.open()).resolve_job_def(JOB), tags={"dagster/partition": "2026-11-21"}
        )
    return site


def test_missed_nights_are_caught_up_in_order_before_tonights(site: Site) -> None:
    """Files of nights in which the machine was off are not forgotten."""
    assert requests(daily(site)) == [
        ("2026-11-22", "caught up"),
        ("2026-11-23", "caught up"),
        ("2026-11-24", "scheduled"),
    ]


def test_missed_nights_are_left_out_where_the_settings_say_so(site: Site) -> None:
    """Whoever wants only tonight gets only tonight, and in the morning nothing."""
    daily(site).settings["schedule"] = {"missed": "skip"}
    assert requests(site) == [("2026-11-24", "scheduled")]
    assert requests(site, TONIGHT + dt.timedelta(hours=9)) == []


def test_nothing_is_caught_up_from_sources_that_know_no_days(site: Site) -> None:
    """Tonight's sync of a source that always says its present state covers the nights before it."""
    daily(site).settings["sources"][0]["path"] = "crm.csv"
    assert requests(site) == [("2026-11-24", "scheduled")]


def test_night_goes_before_the_days_of_a_backfill(site: Site) -> None:
    """A year that is being backfilled does not keep tonight waiting; every run has an end."""
    assert {one.tags["dagster/priority"] for one in asked_for(daily(site), TONIGHT)} == {"10"}
    with dg.DagsterInstance.get():
        assert build_definitions(site.open()).resolve_job_def(JOB).tags["dagster/max_runtime"] == "43200"


def test_longest_time_of_a_run_holds_for_every_run(people: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a run that the UI makes for a few assets, which has no tags of the job's, ends some time."""
    people.settings["schedule"] = {"max_hours": 2}
    monkeypatch.delenv("DAGSTER_HOME")
    environ: dict[str, str] = {}
    home = set_dagster_home(people.open(), environ)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.run_monitoring_max_runtime_seconds == 7200


def test_run_that_outlasts_its_window_says_so(people: Site) -> None:
    """A night that grows into the morning is named before somebody's mails are late."""
    installation = people.open()
    with dg.DagsterInstance.get() as instance:
        job = build_definitions(installation).resolve_job_def(JOB)
        run = job.execute_in_process(instance=instance, partition_key=DAY.isoformat())
        hours = dt.timedelta(hours=7)
        late = replace(installation, now=lambda: dt.datetime.now(dt.UTC) + hours)
        result = window_result(late, instance, run.run_id)
        assert window_result(installation, instance, run.run_id).passed
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert str(result.description).startswith("It took 7.0 hours, and schedule.window_hours allows 6.")


def test_run_whose_process_died_is_marked_and_a_living_one_is_not(people: Site) -> None:
    """After a power cut the place in the queue is free again, also where another program has the number by now."""
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    host, number, start = this_process().split(":")
    processes = {
        "living": this_process(),
        "gone": f"{host}:{child.pid}:{start}",
        "number given again": f"{host}:{os.getpid()}:1-another",
        "elsewhere": f"elsewhere:{child.pid}:{start}",
        "unknown": "",
    }
    with dg.DagsterInstance.get() as instance:
        job = build_definitions(people.open()).resolve_job_def(JOB)
        runs = {
            name: instance.create_run_for_job(job, tags={PROCESS_TAG: tag}, status=dg.DagsterRunStatus.STARTED).run_id
            for name, tag in processes.items()
        }
        buried = bury_dead_runs(instance)
        assert {name for name, run in runs.items() if run in buried} == {"gone", "number given again"}
        assert number == str(os.getpid())
        states = {name: instance.get_run_by_id(run) for name, run in runs.items()}
    failed = {name for name, run in states.items() if run is not None and run.status is dg.DagsterRunStatus.FAILURE}
    assert failed == {"gone", "number given again"}
