"""The nightly schedule: which days a night syncs, and what becomes of nights that were missed."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.installation import Installation
from pipelines.missed import attempted_days, has_days, missed_days, switched_on
from pipelines.processes import bury_dead_runs
from pipelines.run_settings import Schedule

SCHEDULE_VARIABLE: Final = "CONTACT_SYNC_SCHEDULE"
NIGHT_TAG: Final = "contact-sync/night"

_GOES_FIRST: Final = {"dagster/priority": "10"}
"""A night does not wait behind the days of a long backfill."""


def nightly_schedule(
    job: UnresolvedAssetJobDefinition, schedule: Schedule, installation: Installation | None
) -> dg.ScheduleDefinition:
    """Return the schedule of a job that syncs a day.

    Args:
        job: The job.
        schedule: When it runs.
        installation: The installation; None where there are no settings yet.
    """
    name = f"{job.name}_schedule"

    @dg.schedule(
        name=name,
        job=job,
        cron_schedule=schedule.cron,
        execution_timezone=schedule.timezone,
        description="Syncs the day (UTC) in which it fires, and the days of nights that were missed before it.",
        default_status=status_of_schedules(installation),
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        for run in bury_dead_runs(context.instance):
            context.log.warning("Run %s had died with its process; it is marked as failed.", run)
        _say_who_is_late(context, schedule)
        if installation is not None and schedule.missed == "skip" and _is_late(context, schedule, installation):
            return dg.SkipReason("The night was missed, and `schedule: {missed: skip}` leaves it out.")
        missed = _missed(context, schedule, installation, name)
        tonight = context.scheduled_execution_time.astimezone(dt.UTC).date()
        caught_up = [_request(job.name, day, "caught up") for day in missed]
        return [*caught_up, _request(job.name, tonight, "scheduled")]

    return nightly


def status_of_schedules(installation: Installation | None) -> dg.DefaultScheduleStatus:
    """Return whether schedules run without anybody having switched them on: where the environment says so."""
    environ = installation.environ if installation else {}
    is_on = environ.get(SCHEDULE_VARIABLE, "").lower() == "on"
    return dg.DefaultScheduleStatus.RUNNING if is_on else dg.DefaultScheduleStatus.STOPPED


def _request(job: str, day: dt.date, night: str) -> dg.RunRequest:
    tags = {NIGHT_TAG: night, **_GOES_FIRST}
    return dg.RunRequest(run_key=f"{job}-{day}", partition_key=day.isoformat(), tags=tags)


def _missed(
    context: dg.ScheduleEvaluationContext, schedule: Schedule, installation: Installation | None, name: str
) -> list[dt.date]:
    """Return the missed days to sync with tonight's; what is left out is said in the tick's log."""
    if installation is None:
        return []
    attempted = attempted_days(context.instance, installation)
    since = switched_on(context.instance, name)
    tonight = context.scheduled_execution_time
    missed = missed_days(schedule, attempted, since, tonight)
    if schedule.missed == "catch_up" and has_days(installation):
        if missed:
            context.log.warning("Missed, and caught up now: %s.", ", ".join(map(str, missed)))
        return missed
    last = max((day for day in attempted if day < tonight.astimezone(dt.UTC).date()), default=dt.date.max)
    # Said once: the days before the last one that was run were named by the night that came after them.
    if left_out := ", ".join(str(day) for day in missed if day > last):
        why = "`schedule.missed` is skip" if schedule.missed == "skip" else "no source tells one day from another"
        context.log.warning("Missed, and left out since %s: %s.", why, left_out)
    return []


def _is_late(context: dg.ScheduleEvaluationContext, schedule: Schedule, installation: Installation) -> bool:
    late = installation.now() - context.scheduled_execution_time
    return late > dt.timedelta(hours=schedule.window_hours)


def _say_who_is_late(context: dg.ScheduleEvaluationContext, schedule: Schedule) -> None:
    """Log the nights before this one that are still at it: this one waits for them."""
    window = dt.timedelta(hours=schedule.window_hours)
    for run, started in _under_way(context.instance):
        if context.scheduled_execution_time - started > window:
            context.log.warning(
                "Run %s, started at %s, has outlasted its window of %s hours and is still at it; this night waits.",
                *(run, started.isoformat(timespec="seconds"), f"{schedule.window_hours:g}"),
            )


def _under_way(instance: dg.DagsterInstance) -> Iterator[tuple[str, dt.datetime]]:
    for record in instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        if record.start_time is not None:
            yield record.dagster_run.run_id, dt.datetime.fromtimestamp(record.start_time, dt.UTC)
