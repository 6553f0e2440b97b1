"""What an installation knows of a day, and of its last runs."""

import datetime as dt
from typing import Any, Final

import dagster as dg

from pipelines.backfill_order import PARTITION_TAG, has_no_source
from pipelines.installation import Installation
from pipelines.instance import set_dagster_home
from pipelines.steps.freshness import freshness_document
from pipelines.steps.quality import quality_document
from schemas.outcomes import Outcome

_LAST_RUNS: Final = 10


def read_status(installation: Installation, day: dt.date) -> dict[str, Any]:
    """Return a day's outcomes, quality, sources, plan and unanswered batches, the ledger's size, and the last runs.

    Raises:
        StorageError: A table is damaged.
    """
    plan = installation.plans.latest(day)
    table = installation.tables.current("row_outcomes", day)
    facts = table.facts if table else {"outcomes": {outcome.value: 0 for outcome in Outcome}, "by_source": {}}
    return {
        "date": day.isoformat(),
        "outcomes": facts["outcomes"],
        "by_source": facts["by_source"],
        "quality": quality_document(installation, day),
        "sources": freshness_document(installation, day),
        "plan": plan.id if plan else None,
        "outcomes_of": facts.get("plan"),
        "pending_batches": len(plan.unanswered()) if plan else 0,
        "open_days": open_days(installation),
        "ledger": {"contacts": installation.ledger.current().rows},
        "runs": _last_runs(installation),
    }


def open_days(installation: Installation) -> dict[str, int]:
    """Return the days whose latest plan was begun and has batches without an answer, with how many they are."""
    plans = installation.plans
    days = dict.fromkeys(plan[:10] for plan in plans.all_ids())
    latest = [plans.latest(dt.date.fromisoformat(day)) for day in days]
    return {
        plan.day.isoformat(): len(plan.unanswered())
        for plan in latest
        if plan is not None and plan.is_begun() and plan.unanswered()
    }


def _last_runs(installation: Installation) -> list[dict[str, Any]]:
    set_dagster_home(installation)
    with dg.DagsterInstance.get() as instance:
        records = instance.get_run_records(limit=_LAST_RUNS)
        return [
            {
                "run_id": record.dagster_run.run_id,
                "date": record.dagster_run.tags.get(PARTITION_TAG),
                "status": _ended(instance, record.dagster_run),
                "started": _text(record.start_time),
            }
            for record in records
        ]


def _ended(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """Return how a run stands; of one whose day has no file, that."""
    is_failure = run.status is dg.DagsterRunStatus.FAILURE
    return "no_source" if is_failure and has_no_source(instance, run) else run.status.value.lower()


def _text(timestamp: float | None) -> str | None:
    return dt.datetime.fromtimestamp(timestamp, dt.UTC).strftime("%Y-%m-%d %H:%M:%S") if timestamp else None
