"""The nightly sync as Dagster knows it: assets, job and schedule of one installation."""

from typing import Final

import dagster as dg

from pipelines.accounting_assets import row_outcomes_asset, row_warnings_asset
from pipelines.clean_up import clean_up_job, clean_up_schedule
from pipelines.destination_assets import contacts_asset, import_plan_asset, import_receipts_asset
from pipelines.installation import Installation
from pipelines.progress import Progress
from pipelines.run_settings import Schedule
from pipelines.schedule import nightly_schedule
from pipelines.source_assets import extracted_asset, validated_asset
from pipelines.wiring import Wiring

JOB: Final = "nightly_sync"
MAX_RUNTIME_TAG: Final = "dagster/max_runtime"


def build_definitions(installation: Installation | None, progress: Progress | None = None) -> dg.Definitions:
    """Return the definitions of an installation.

    Args:
        installation: The installation; None where there are no settings yet.
        progress: Told how sending goes on; None to log it.
    """
    schedule = installation.settings.schedule if installation else Schedule()
    # The day that has begun can be synced already: exports of today are there tonight.
    partitions = dg.DailyPartitionsDefinition(schedule.start_date.isoformat(), timezone="UTC", end_offset=1)
    wiring = Wiring(installation, partitions, progress)
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        description="One day's sync: extract, validate, choose, plan, send, account for every row.",
        # A run whose machine died would stay "started" and hold the pool for ever.
        tags={MAX_RUNTIME_TAG: str(round(schedule.max_hours * 3600))},
    )
    cleaning = clean_up_job(wiring)
    return dg.Definitions(
        assets=_assets(wiring),
        jobs=[job, cleaning],
        schedules=[nightly_schedule(job, schedule, installation), *filter(None, [clean_up_schedule(cleaning, wiring)])],
        # One process per run, a backfill's too: polars uses every core within a step, and a step's own process would
        # cost seconds.
        executor=dg.in_process_executor,
    )


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
