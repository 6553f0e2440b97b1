"""A range of days synced from the command line: one after the other, in the order of the calendar."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pipelines.exit_codes import Exit
from pipelines.installation import Installation
from pipelines.progress import Progress
from pipelines.run import run_sync
from pipelines.steps.expected import Expected
from pipelines.summary import summarise

NO_SOURCE: Final = "no_source"
"""The status of a day whose source file never came: skipped, and not failed."""

NOT_RUN: Final = "not_run"
"""The status of a day after one that failed."""

_RANGE_TAG: Final = "contact-sync/range"


def backfill(  # noqa: PLR0913 - one parameter per thing that a person may ask for
    installation: Installation,
    days: Sequence[dt.date],
    progress: Progress,
    told: Callable[[Mapping[str, Any]], None],
    *,
    sources: Sequence[str] = (),
    full: bool = False,
    full_read: bool = False,
) -> list[dict[str, Any]]:
    """Sync days in their order, and return the summary of each.

    A day whose file never came is skipped. After a day that failed the others are left, unless the settings'
    `backfill.on_failure` is `continue`.

    Args:
        installation: The installation.
        days: The days, ascending.
        progress: Told how each day goes on.
        told: Told each day's summary as it ends.
        sources: As for `run_sync`.
        full: The same.
        full_read: The same.

    Raises:
        StorageError: Dagster's storage cannot be written, or a table is damaged.
    """
    tags = {_RANGE_TAG: f"{days[0]} to {days[-1]}"}
    summaries: list[dict[str, Any]] = []
    stopped = False
    for day in days:
        if stopped:
            summary: dict[str, Any] = {"date": day.isoformat(), "status": NOT_RUN}
        else:
            run = run_sync(installation, day, progress, sources=sources, full=full, full_read=full_read, tags=tags)
            summary = summarise(installation, day, run)
            if run.no_source:
                summary["status"] = NO_SOURCE
            is_well = summary["status"] in (Exit.DONE.name.lower(), NO_SOURCE)
            goes_on = is_well or installation.settings.backfill.on_failure == "continue"
            stopped = run.interrupted or not goes_on
        summaries.append(summary)
        told(summary)
    return summaries


def document(expected: Expected, summaries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what `sync --from --json` prints."""
    return {
        "from": expected.days[0].isoformat(),
        "to": expected.days[-1].isoformat(),
        "status": overall(summaries).name.lower(),
        "expected": expected.to_document(),
        "days": list(summaries),
    }


def overall(summaries: Sequence[Mapping[str, Any]]) -> Exit:
    """Return how a range of days ended: as its first day that did not end well.

    A range of which no day has a source has failed: that is a wrong path, or a disk that is not there.
    """
    ended = [summary["status"] for summary in summaries]
    bad = [status for status in ended if status not in (Exit.DONE.name.lower(), NO_SOURCE, NOT_RUN)]
    if bad:
        return Exit[bad[0].upper()]
    return Exit.FAILED if set(ended) == {NO_SOURCE} else Exit.DONE
