"""The Dagster job that removes what the settings keep no longer, and its schedule."""

from typing import Final

import dagster as dg

from pipelines.schedule import status_of_schedules
from pipelines.steps.clean import Cleaned, clean
from pipelines.wiring import DESTINATION_POOL, Wiring, explained

JOB: Final = "clean_up"


class CleanConfig(dg.Config):
    """What a person may ask of a cleaning.

    Attributes:
        dry_run: Only say what would be removed.
    """

    dry_run: bool = False


def clean_up_job(wiring: Wiring) -> dg.JobDefinition:
    """Return the job."""

    # In the pool of those who write to the destination: while one of them is at it, nothing is removed.
    @dg.op(name="remove_what_is_old", pool=DESTINATION_POOL)
    def remove(context: dg.OpExecutionContext, config: CleanConfig) -> None:
        with explained():
            removed = clean(wiring.opened(), dry_run=config.dry_run)
        context.add_output_metadata({"removed": _table(removed), "dry_run": config.dry_run})

    @dg.job(
        name=JOB,
        description="Removes snapshots, rejected rows and outcomes that are older than `retention` keeps them.",
        executor_def=dg.in_process_executor,
    )
    def job() -> None:
        remove()

    return job


def clean_up_schedule(job: dg.JobDefinition, wiring: Wiring) -> dg.ScheduleDefinition | None:
    """Return the job's schedule; None where there are no settings yet."""
    if wiring.installation is None:
        return None
    settings = wiring.installation.settings
    return dg.ScheduleDefinition(
        name=f"{JOB}_schedule",
        job=job,
        cron_schedule=settings.retention.cron,
        execution_timezone=settings.schedule.timezone,
        description="Cleans up away from the nights.",
        default_status=status_of_schedules(wiring.installation),
    )


def _table(removed: list[Cleaned]) -> dg.TableMetadataValue:
    columns = [dg.TableColumn("what", "string"), dg.TableColumn("things", "int"), dg.TableColumn("bytes", "int")]
    rows = [dg.TableRecord({"what": one.kind, "things": one.things, "bytes": one.bytes}) for one in removed]
    return dg.MetadataValue.table(rows, dg.TableSchema(columns))
