"""One sync from the command line: the same job as in the UI, in this process, recorded in the same instance."""

import datetime as dt
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import dagster as dg

from pipelines.installation import Installation
from pipelines.instance import set_dagster_home
from pipelines.nightly import JOB, build_definitions
from pipelines.progress import Progress
from pipelines.quality_view import QUALITY_CHECKS
from pipelines.wiring import GUARD

_PROCESS_TAG: Final = "contact-sync/process"
"""Which process runs a sync that was started from the command line."""


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        id: Dagster's id of it.
        success: Whether every step and every blocking check passed.
        reached_sending: Whether it came as far as the first request.
        accounted: Whether it came as far as every row's outcome.
        message: Why it failed, as one or more sentences; empty where it did not.
        guard: The guard that stopped it before there was a plan; None where none did.
    """

    id: str
    success: bool
    reached_sending: bool
    accounted: bool
    message: str = ""
    guard: str | None = None


def run_sync(  # noqa: PLR0913 - one parameter per thing that a person may ask for
    installation: Installation,
    day: dt.date,
    progress: Progress,
    *,
    sources: Sequence[str] = (),
    full: bool = False,
    full_read: bool = False,
) -> Run:
    """Run the nightly job for a day and return how it ended.

    Args:
        installation: The installation.
        day: The partition.
        progress: Told how it goes on.
        sources: Read only these anew; the others stay as they were read today. None of them means all.
        full: Send what is unchanged as well.
        full_read: Read sources whole that give only what changed otherwise.

    Raises:
        StorageError: Dagster's storage cannot be written.
    """
    set_dagster_home(installation)
    job = build_definitions(installation, progress).resolve_job_def(JOB)
    with dg.DagsterInstance.get() as instance:
        _bury_dead_runs(instance)
        result = job.execute_in_process(
            instance=instance,
            partition_key=day.isoformat(),
            run_config=_run_config(_read_anew(installation, sources), full=full, full_read=full_read),
            asset_selection=_selection(installation, sources) if sources else None,
            tags={_PROCESS_TAG: _process(os.getpid())},
            raise_on_error=False,
        )
        return Run(
            result.run_id,
            result.success,
            _reached_sending(result),
            _accounted(result),
            _message(result),
            _guard(result),
        )


def _bury_dead_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs of the command line as failed whose process has ended without saying so, as after kill -9."""
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        process = run.tags.get(_PROCESS_TAG, "")
        host, _, number = process.rpartition(":")
        if host == socket.gethostname() and not _is_alive(int(number)):
            instance.report_run_failed(run, "Its process has ended without finishing it.")


def _process(number: int) -> str:
    return f"{socket.gethostname()}:{number}"


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read_anew(installation: Installation, sources: Sequence[str]) -> list[str]:
    return [source.name for source in installation.settings.sources if not sources or source.name in sources]


def _run_config(sources: Sequence[str], *, full: bool, full_read: bool) -> dict[str, Any]:
    readings = {f"extracted__{source}": {"config": {"full_read": full_read}} for source in sources}
    return {
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        "ops": {"import_plan": {"config": {"full": full}}, **readings},
    }


def _selection(installation: Installation, sources: Sequence[str]) -> list[dg.AssetKey]:
    skipped = {source.name for source in installation.settings.sources} - set(sources)
    assets = build_definitions(installation).resolve_asset_graph().get_all_asset_keys()
    return sorted(key for key in assets if len(key.path) == 1 or key.path[-1] not in skipped)


def _reached_sending(result: dg.ExecuteInProcessResult) -> bool:
    return any(event.is_step_start and event.step_key == "import_receipts" for event in result.all_events)


def _accounted(result: dg.ExecuteInProcessResult) -> bool:
    made = result.filter_events(lambda event: event.is_step_materialization)
    return any(event.asset_key == dg.AssetKey("row_outcomes") for event in made)


def _message(result: dg.ExecuteInProcessResult) -> str:
    """Return why a run failed: our own sentences, or for what nobody foresaw its kind and where to read more."""
    failed_checks = [
        one.description
        for one in result.get_asset_check_evaluations()
        # Quality fails no run: where it is too poor its guard does, whose sentence is the reason.
        if not one.passed and one.check_name not in QUALITY_CHECKS
    ]
    failures = [_step_message(result, event) for event in result.filter_events(lambda event: event.is_step_failure)]
    return "\n".join(dict.fromkeys(filter(None, failed_checks or failures)))


def _guard(result: dg.ExecuteInProcessResult) -> str | None:
    for event in result.filter_events(lambda event: event.is_step_failure):
        failure = event.step_failure_data.user_failure_data
        if failure is not None and GUARD in failure.metadata:
            return str(failure.metadata[GUARD].value)
    return None


def _step_message(result: dg.ExecuteInProcessResult, event: dg.DagsterEvent) -> str:
    failure = event.step_failure_data
    if failure.user_failure_data is not None:
        return failure.user_failure_data.description or ""
    error = failure.error and (failure.error.cause or failure.error)
    kind = error.cls_name if error else "an unknown error"
    if kind == dg.DagsterExecutionInterruptedError.__name__:
        return f"It was interrupted in {event.step_key}."
    return f"{event.step_key} failed with {kind}; run {result.run_id} in the UI has the details."
