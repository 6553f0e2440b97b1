"""A backfill in the Dagster UI: what becomes of its later days once an earlier one has failed.

Its days wait for each other in the queue, in the order of the calendar; the queue itself goes on after a failure.
"""

from typing import Final

import dagster as dg

from pipelines.wiring import is_without_source

BACKFILL_TAG: Final = "dagster/backfill"
PARTITION_TAG: Final = "dagster/partition"

_FAILED: Final = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


class EarlierDayFailedError(Exception):
    """A day before this one has failed in the same backfill, and the settings say to stop: mend that day first."""


def refuse_after_failure(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Stop the day of a backfill of which an earlier day has failed.

    A day whose file never came has not failed. A failed day that was run again with success counts as that.

    Raises:
        EarlierDayFailedError: One has.
    """
    backfill, day = run.tags.get(BACKFILL_TAG), run.tags.get(PARTITION_TAG, "")
    if backfill is None:
        return
    latest: dict[str, dg.DagsterRun] = {}
    for one in instance.get_runs(dg.RunsFilter(tags={BACKFILL_TAG: backfill})):  # the latest first
        latest.setdefault(one.tags.get(PARTITION_TAG, ""), one)
    failed = [one for earlier, one in sorted(latest.items()) if earlier < day and one.status in _FAILED]
    first = next((one for one in failed if not has_no_source(instance, one)), None)
    if first is not None:
        message = (
            f"{first.tags[PARTITION_TAG]} has failed before {day} in this backfill (run {first.run_id}), so nothing of "
            f"{day} was read or sent. Mend that day, then run it and the days after it again. To go on after a failed "
            "day, set `backfill: {on_failure: continue}`."
        )
        raise EarlierDayFailedError(message)


def has_no_source(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Tell whether nothing else was wrong with a run than that a source has no file of the day."""
    events = [entry.dagster_event for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)]
    failures = [event.step_failure_data.user_failure_data for event in events if event is not None]
    return bool(failures) and all(map(is_without_source, failures))
