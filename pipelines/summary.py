"""A sync in numbers, as `--json` prints it and a person reads it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from connectors.storage.plan import Plan
from pipelines.exit_codes import Exit
from pipelines.installation import Installation
from pipelines.run import Run
from pipelines.steps.quality import quality_document
from pipelines.steps.send import Sending, last_sending
from schemas.outcomes import Outcome


def summarise(installation: Installation, day: dt.date, run: Run) -> dict[str, Any]:
    """Return what a finished run did: the document that `sync --json` prints.

    Raises:
        StorageError: A table is damaged.
    """
    plan = installation.plans.latest(day) if run.reached_sending else None
    table = installation.tables.current("row_outcomes", day) if run.accounted else None
    warnings = installation.tables.current("row_warnings", day) if run.accounted else None
    sending = last_sending(plan) if plan else Sending()
    facts = table.facts if table else {"outcomes": {outcome.value: 0 for outcome in Outcome}, "by_source": {}}
    return {
        "date": day.isoformat(),
        "run_id": run.id,
        "status": _status(run, facts["outcomes"], sending).name.lower(),
        "outcomes": facts["outcomes"],
        "by_source": facts["by_source"],
        "requests": sending.requests,
        "throttled": sending.throttled,
        "retries": sending.retries,
        "seconds": sending.seconds,
        "stopped_by": _stopped_by(run, plan, sending),
        "message": sending.stopped or run.message,
        "quality": quality_document(installation, day) if run.accounted else {},
        "findings": warnings.facts["codes"] if warnings else {},
        "resumed": plan.id if plan and sending.resumed else None,
    }


def exit_code(summary: Mapping[str, Any]) -> Exit:
    """Return the exit code that a summary's status stands for."""
    return Exit[summary["status"].upper()]


def _status(run: Run, outcomes: Mapping[str, int], sending: Sending) -> Exit:
    if run.success:
        return Exit.DONE
    if run.guard or sending.guard:
        return Exit.STOPPED
    if run.accounted and outcomes[Outcome.PENDING] and not sending.stopped:
        return Exit.PENDING
    return Exit.FAILED


def _stopped_by(run: Run, plan: Plan | None, sending: Sending) -> dict[str, Any] | None:
    if run.guard is not None:
        return {"guard": run.guard, "message": run.message, "plan": None}
    if plan is None or sending.guard is None:
        return None
    return {"guard": sending.guard, "message": sending.stopped, "plan": plan.id}
