"""The settings of when syncs run, how a range of days is synced, and for how long what they leave is kept."""

import datetime as dt
import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from connectors.sources.timezones import TimezoneName
from pipelines.strict import Strict

# Five fields of numbers, names, lists, ranges and steps; Dagster reads the rest.
_CRON: Final = re.compile(r"\s*(?:[0-9A-Za-z*/,-]+\s+){4}[0-9A-Za-z*/,-]+\s*")


def _five_fields(cron: str) -> str:
    if _CRON.fullmatch(cron) is None:
        raise ValueError("write minute, hour, day of month, month and day of week, as 0 2 * * * for two at night.")
    return cron


class Schedule(Strict):
    """When the nightly sync runs.

    Attributes:
        cron: Minute, hour, day of month, month, day of week.
        timezone: The zone of those times. A sync is of the UTC day in which it fires, so a time that falls on both
            sides of midnight UTC as the clocks change would skip one day a year, and sync another twice.
        start_date: The first day that may be synced or backfilled.
        missed: What becomes of nights in which the machine was off: `catch_up` syncs their days with the next night,
            `skip` leaves them out and says so.
        window_hours: For how long a night may take before it is said that it takes too long.
        max_hours: For how long any run may take before it is ended; started again, it goes on where it stopped.
    """

    cron: Annotated[str, AfterValidator(_five_fields)] = "0 2 * * *"
    timezone: TimezoneName = "UTC"
    start_date: dt.date = dt.date(2026, 1, 1)
    missed: Literal["catch_up", "skip"] = "catch_up"
    window_hours: Annotated[float, Field(gt=0)] = 6
    max_hours: Annotated[float, Field(gt=0)] = 12


class Backfill(Strict):
    """How a range of days is synced.

    Attributes:
        on_failure: What becomes of the days after one that failed: `stop` leaves them, `continue` syncs them. A day
            whose file never came has not failed.
    """

    on_failure: Literal["stop", "continue"] = "stop"


Days = Annotated[int, Field(ge=1)]


class Retention(Strict):
    """For how many days our own state is kept after it was written; what is needed still stays longer.

    Plans that were sent and their receipts are kept for good: the ledger is rebuilt from them.

    Attributes:
        snapshots_days: The sources as found, the tables on the way to the plan, and plans that were never sent.
        rejected_days: The rows set aside, as they were found.
        outcomes_days: What became of every row, and the warnings.
        scratch_days: What processes that were killed have left unfinished.
        cron: When Dagster cleans up, in the schedule's time zone.
    """

    snapshots_days: Days = 90
    rejected_days: Days = 90
    outcomes_days: Days = 730
    scratch_days: Days = 1
    cron: Annotated[str, AfterValidator(_five_fields)] = "0 12 * * *"
