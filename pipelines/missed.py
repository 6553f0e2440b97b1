"""Nights that the schedule should have run and did not, because the machine or Dagster was off."""

import datetime as dt
from collections.abc import Collection
from itertools import takewhile
from typing import Final

import dagster as dg
from dagster._core.scheduler.instigation import ScheduleInstigatorData
from dagster._utils.schedules import cron_string_iterator

from pipelines.backfill_order import PARTITION_TAG
from pipelines.installation import Installation
from pipelines.run_settings import Schedule
from pipelines.steps.expected import names_a_day

MOST_CAUGHT_UP: Final = 31
"""No more nights than these are caught up; a longer pause is for a person to judge, and for a backfill."""


def missed_days(
    schedule: Schedule, attempted: Collection[dt.date], since: dt.datetime, tonight: dt.datetime
) -> list[dt.date]:
    """Return the days whose night did not run, oldest first, at most a month of them.

    A day may have been passed over by hand, too: those before it and after it were run, and it was not.

    Args:
        schedule: When nights run.
        attempted: The days for which a run was started, however it ended: whoever was told of its failure decides.
        since: When the schedule was switched on; what was due before it is nobody's night.
        tonight: The night that runs now.
    """
    before = [day for day in attempted if day < tonight.astimezone(dt.UTC).date()]
    if not before:
        return []
    first = dt.datetime.combine(min(before), dt.time(), dt.UTC)
    after = max(first, since, tonight - dt.timedelta(days=MOST_CAUGHT_UP))
    ticks = cron_string_iterator(after.timestamp(), schedule.cron, schedule.timezone)
    due = {tick.astimezone(dt.UTC).date() for tick in takewhile(lambda tick: tick < tonight, ticks)}
    return sorted(day for day in due - {*attempted, tonight.astimezone(dt.UTC).date()} if day >= schedule.start_date)


def attempted_days(instance: dg.DagsterInstance, installation: Installation) -> set[dt.date]:
    """Return the days that any run was started for: Dagster's runs, and what was read, should those be gone."""
    runs = (dt.date.fromisoformat(day) for day in _partitions(instance))
    read = (installation.tables.days(f"extracted/{source.name}") for source in installation.settings.sources)
    return {*runs, *(day for days in read for day in days)}


def _partitions(instance: dg.DagsterInstance) -> list[str]:
    found = (run.tags.get(PARTITION_TAG) for run in instance.get_runs(limit=10 * MOST_CAUGHT_UP))
    return [day for day in found if day]


def switched_on(instance: dg.DagsterInstance, schedule: str) -> dt.datetime:
    """Return when a schedule was switched on; the beginning of time where that is not known."""
    data = [state.instigator_data for state in instance.all_instigator_state() if state.instigator_name == schedule]
    times = [one.start_timestamp or 0.0 for one in data if isinstance(one, ScheduleInstigatorData)]
    return dt.datetime.fromtimestamp(max(times, default=0.0), dt.UTC)


def has_days(installation: Installation) -> bool:
    """Tell whether any source gives another answer for another day; otherwise a missed day is in tonight's."""
    return any(map(names_a_day, installation.settings.sources))
