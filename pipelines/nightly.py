"""The nightly sync as Dagster knows it: assets, job and schedule of one installation."""

import datetime as dt
from typing import Final

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.accounting_assets import row_outcomes_asset, row_warnings_asset
from pipelines.destination_assets import contacts_asset, import_plan_asset, import_receipts_asset
from pipelines.installation import Installation
from pipelines.progress import Progress
from pipelines.settings import Schedule
from pipelines.source_assets import extracted_asset, validated_asset
from pipelines.wiring import Wiring

JOB: Final = "nightly_sync"
SCHEDULE_VARIABLE: Final = "CONTACT_SYNC_SCHEDULE"

# A run whose machine died would stay "started" and hold the pool for ever; no night lasts longer than this.
_MAX_RUNTIME_SECONDS: Final = 12 * 3600


def build_definitions(installation: Installation | None, progress: Progress | None = None) -> dg.Definitions:
    """Return the definitions of an installation.

    Args:
        installation: The installation; None where there are no settings yet.
        progress: Told how sending goes on; None to log it.
    """
    schedule = installation.settings.schedule if installation else Schedule()
    # The day that has begun can be synced already: exports of today are there tonight.
    partitions = dg.DailyPartitionsDefinition(schedule.start_date.isoformat(), timezone="UTC", end_offset=1)
    assets = _assets(Wiring(installation, partitions, progress))
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        description="One day's sync: extract, validate, choose, plan, send, account for every row.",
        tags={"dagster/max_runtime": str(_MAX_RUNTIME_SECONDS)},
        # One process per run: polars uses every core within a step, and a step's own process would cost seconds.
        executor_def=dg.in_process_executor,
    )
    return dg.Definitions(assets=assets, jobs=[job], schedules=[_schedule(job, schedule, installation)])


def _assets(wiring: Wiring) -> list[dg.AssetsDefinition]:
    return [
        *(extracted_asset(wiring, source) for source in wiring.sources),
        *(validated_asset(wiring, source) for source in wiring.sources),
        contacts_asset(wiring),
        import_plan_asset(wiring),
        import_receipts_asset(wiring),
        row_outcomes_asset(wiring),
        row_warnings_asset(wiring),
    ]


def _schedule(
    job: UnresolvedAssetJobDefinition, schedule: Schedule, installation: Installation | None
) -> dg.ScheduleDefinition:
    environ = installation.environ if installation else {}
    running = environ.get(SCHEDULE_VARIABLE, "").lower() == "on"

    @dg.schedule(
        name=f"{JOB}_schedule",
        job=job,
        cron_schedule=schedule.cron,
        execution_timezone=schedule.timezone,
        description="Syncs the day (UTC) in which it fires.",
        default_status=dg.DefaultScheduleStatus.RUNNING if running else dg.DefaultScheduleStatus.STOPPED,
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = context.scheduled_execution_time.astimezone(dt.UTC).date().isoformat()
        return dg.RunRequest(run_key=f"{JOB}-{day}", partition_key=day)

    return nightly
