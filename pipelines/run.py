"""One sync from the command line: the same job as in the UI, in this process, recorded in the same instance."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import dagster as dg
from dagster._core.execution.plan.objects import StepFailureData

from pipelines.installation import Installation
from pipelines.instance import set_dagster_home
from pipelines.nightly import JOB, build_definitions
from pipelines.processes import PROCESS_TAG, bury_dead_runs, this_process
from pipelines.progress import Progress
from pipelines.quality_view import QUALITY_CHECKS
from pipelines.wiring import GUARD, is_without_source


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
        no_source: Whether nothing else was wrong than that a source has no file of the day.
        interrupted: Whether a person or the machine ended it.
    """

    id: str
    success: bool
    reached_sending: bool
    accounted: bool
    message: str = ""
    guard: str | None = None
    no_source: bool = False
    interrupted: bool = False


_INTERRUPTED: Final = dg.DagsterExecutionInterruptedError.__name__
_NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})


def run_sync(  # noqa: PLR0913 - one parameter per thing that a person may ask for
    installation: Installation,
    day: dt.date,
    progress: Progress,
    *,
    sources: Sequence[str] = (),
    full: bool = False,
    full_read: bool = False,
    tags: Mapping[str, str] = _NO_TAGS,
) -> Run:
    """Run the nightly job for a day and return how it ended.

    Args:
        installation: The installation.
        day: The partition.
        progress: Told how it goes on.
        sources: Read only these anew; the others stay as they were read today. None of them means all.
        full: Send what is unchanged as well.
        full_read: Read sources whole that give only what changed otherwise.
        tags: Further tags of the run.

    Raises:
        StorageError: Dagster's storage cannot be written.
    """
    set_dagster_home(installation)
    with dg.DagsterInstance.get() as instance:
        # Within the instance: Dagster asks the present one about definitions, and fails where that is closed already.
        job = build_definitions(installation, progress).resolve_job_def(JOB)
        bury_dead_runs(instance)
        result = job.execute_in_process(
            instance=instance,
            partition_key=day.isoformat(),
            run_config=_run_config(_read_anew(installation, sources), full=full, full_read=full_read),
            asset_selection=_selection(installation, sources) if sources else None,
            tags={**tags, PROCESS_TAG: this_process()},
            raise_on_error=False,
        )
        return Run(
            result.run_id,
            result.success,
            _reached_sending(result),
            _accounted(result),
            _message(result),
            _guard(result),
            _is_without_source(result),
            any(_kind(failure) == _INTERRUPTED for failure in _failures(result)),
        )


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
        if not one.passed and one.check_name not in QUALITY_CHECKS and one.severity is dg.AssetCheckSeverity.ERROR
    ]
    failures = [_step_message(result, event) for event in result.filter_events(lambda event: event.is_step_failure)]
    return "\n".join(dict.fromkeys(filter(None, failed_checks or failures)))


def _guard(result: dg.ExecuteInProcessResult) -> str | None:
    for event in result.filter_events(lambda event: event.is_step_failure):
        failure = event.step_failure_data.user_failure_data
        if failure is not None and GUARD in failure.metadata:
            return str(failure.metadata[GUARD].value)
    return None


def _is_without_source(result: dg.ExecuteInProcessResult) -> bool:
    failures = _failures(result)
    return bool(failures) and all(is_without_source(failure.user_failure_data) for failure in failures)


def _failures(result: dg.ExecuteInProcessResult) -> list[StepFailureData]:
    return [event.step_failure_data for event in result.filter_events(lambda event: event.is_step_failure)]


def _step_message(result: dg.ExecuteInProcessResult, event: dg.DagsterEvent) -> str:
    failure = event.step_failure_data
    if failure.user_failure_data is not None:
        return failure.user_failure_data.description or ""
    kind = _kind(failure)
    if kind == _INTERRUPTED:
        return f"It was interrupted in {event.step_key}. Run it again: it goes on where it stopped."
    return f"{event.step_key} failed with {kind}; run {result.run_id} in the UI has the details."


def _kind(failure: StepFailureData) -> str:
    error = failure.error and (failure.error.cause or failure.error)
    return (error.cls_name if error else None) or "an unknown error"
