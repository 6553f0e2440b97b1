"""Whether a night ends within its window: one that takes longer every week is noticed before it meets the morning."""

import datetime as dt
from typing import Final

import dagster as dg

from pipelines.installation import Installation

_NAME: Final = "run_within_window"
_ASSET: Final = dg.AssetKey("row_outcomes")

CHECK: Final = dg.AssetCheckSpec(
    _NAME, asset=_ASSET, description="The run took no longer than schedule.window_hours; only a warning."
)


def window_result(installation: Installation, instance: dg.DagsterInstance, run: str) -> dg.AssetCheckResult:
    """Return whether a run, which has come to its end but for this, took no longer than its window."""
    record = instance.get_run_record_by_id(run)
    now = installation.now()
    started = now if record is None or record.start_time is None else _moment(record.start_time)
    hours, allowed = (now - started) / dt.timedelta(hours=1), installation.settings.schedule.window_hours
    said = f"It took {hours:.1f} hours, and schedule.window_hours allows {allowed:g}."
    remedy = " See in the run which step took them, or set the window that is right." if hours > allowed else ""
    return dg.AssetCheckResult(
        check_name=_NAME,
        asset_key=_ASSET,
        passed=hours <= allowed,
        severity=dg.AssetCheckSeverity.WARN,
        description=said + remedy,
        metadata={"hours": round(hours, 3)},
    )


def _moment(timestamp: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(timestamp, dt.UTC)
