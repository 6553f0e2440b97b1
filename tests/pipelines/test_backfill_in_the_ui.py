"""A backfill as the Dagster UI launches it: real servers, a real queue, real runs; in the order of the calendar."""

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import Any, Final

import dagster as dg
import httpx
import pytest

from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from pipelines.processes import PROCESS_TAG
from tests.pipelines.conftest import DAY, FIELDS, Site

_LAUNCH: Final = """
mutation($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
  }
}"""
_ASSETS: Final = (
    *("extracted/crm", "validated/crm", "rejected/crm", "contacts"),
    *("import_plan", "import_receipts", "row_outcomes", "row_warnings"),
)
_DAYS: Final = tuple(DAY - dt.timedelta(days=back) for back in (3, 2, 1))
_LOOKS: Final = 900
_BETWEEN_LOOKS: Final = 0.25


@contextmanager
def dagster_ui(site: Site) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `contact-sync ui` on a free port, webserver, daemon and code server; give it, and where it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pipelines.cli.main", "ui", "--port", str(port), "--config", str(site.config)]
    environ = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"} | site.environ
    with (site.folder / "ui.log").open("wb") as said:
        process = subprocess.Popen(command, env=environ, stdout=said, stderr=said, start_new_session=True)
        try:
            yield process, f"http://127.0.0.1:{port}/graphql"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def ask(address: str, query: str, **variables: Any) -> Any:
    """Return what the webserver answers; None while it does not."""
    try:
        answer = httpx.post(address, json={"query": query, "variables": variables}, timeout=30)
    except httpx.TransportError:
        return None
    return answer.json().get("data")


def wait_for(process: subprocess.Popen[bytes], looked: Callable[[], Any]) -> Any:
    """Return what is there to be seen once it is, unless Dagster ends before."""
    for _ in range(_LOOKS):
        if seen := looked():
            return seen
        with suppress(subprocess.TimeoutExpired):
            process.wait(_BETWEEN_LOOKS)
            break
    raise AssertionError("Dagster did not come that far; its log is in the test's folder, site/ui.log")


@pytest.mark.timeout(300)
def test_backfill_runs_in_the_order_of_the_calendar_one_day_at_a_time(site: Site, sandbox: Sandbox) -> None:
    """Asked for in reverse, the days are synced in order; a dead run frees its place; no file is no failure.

    The first day's process is killed in the middle of it: the run is marked as failed, and the days after it wait for
    no one. Only what was asked for is done: with `on_failure: continue`.
    """
    site.source("crm", "", FIELDS)
    site.settings["sources"][0]["path"] = "crm-{date}.csv"
    site.settings |= {"schedule": {"start_date": _DAYS[0]}, "backfill": {"on_failure": "continue"}}
    for day in (_DAYS[0], _DAYS[2]):
        site.write(f"crm-{day}.csv", f"Email,Name\nann@example.com,{day}\n")
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(1,), delay=120),))
    home = site.open().storage / "dagster"
    with dagster_ui(site) as (process, address):
        wait_for(process, lambda: ask(address, "{version}"))
        days = [day.isoformat() for day in reversed(_DAYS)]
        assets = [{"path": asset.split("/")} for asset in _ASSETS]
        launched = ask(address, _LAUNCH, params={"assetSelection": assets, "partitionNames": days})
        assert launched["launchPartitionBackfill"]["__typename"] == "LaunchBackfillSuccess"
        wait_for(process, lambda: sandbox.request_log)
        with dg.DagsterInstance.from_config(str(home)) as instance:
            [first] = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
            os.kill(int(first.tags[PROCESS_TAG].split(":")[1]), signal.SIGKILL)
            wait_for(process, lambda: len(finished(instance)) == len(_DAYS))
            runs = finished(instance)
    assert [(run.dagster_run.tags["dagster/partition"], run.dagster_run.status.value) for run in runs] == [
        (str(_DAYS[0]), "FAILURE"),
        (str(_DAYS[1]), "FAILURE"),
        (str(_DAYS[2]), "SUCCESS"),
    ]
    assert runs[1].dagster_run.tags["contact-sync/no_source"] == "crm"
    for earlier, following in pairwise(runs):
        assert earlier.end_time is not None
        assert following.start_time is not None
        assert earlier.end_time <= following.start_time
    assert [contact["firstName"] for contact in sandbox.contacts()] == [str(_DAYS[2])]


def finished(instance: dg.DagsterInstance) -> list[dg.RunRecord]:
    """Return the runs that have ended, in the order in which they began."""
    records = instance.get_run_records()
    return sorted((one for one in records if one.dagster_run.is_finished), key=lambda one: one.start_time or 0)
