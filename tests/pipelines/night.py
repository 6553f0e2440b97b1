"""A whole sync without Dagster: the steps in their order, as the assets call them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pipelines.installation import Installation
from pipelines.steps.contacts import choose_contacts
from pipelines.steps.extract import extract
from pipelines.steps.plan import make_plan
from pipelines.steps.send import Sending, send_plan
from pipelines.steps.settle import gather_warnings, reconcile, settle
from pipelines.steps.validate import validate_source


def plan_night(installation: Installation, day: dt.date, *, full: bool = False) -> None:
    """Run every step up to the plan."""
    for source in installation.settings.sources:
        extract(installation, source, day)
        validate_source(installation, source, day)
    choose_contacts(installation, day)
    make_plan(installation, day, full=full)


def send_night(installation: Installation, day: dt.date) -> Sending:
    """Send the day's plan and account for its rows."""
    sending = send_plan(installation, day, unheard)
    settle(installation, day)
    gather_warnings(installation, day)
    assert reconcile(installation, day) == []
    return sending


def run_night(installation: Installation, day: dt.date, *, full: bool = False) -> Mapping[str, Any]:
    """Run a whole sync and return its outcomes that are not zero."""
    plan_night(installation, day, full=full)
    send_night(installation, day)
    return outcomes(installation, day)


def unheard(done: int, total: int) -> None:
    """Tell nobody how sending goes on."""


def outcomes(installation: Installation, day: dt.date) -> dict[str, int]:
    """Return the day's outcomes that are not zero."""
    table = installation.tables.current("row_outcomes", day)
    assert table is not None
    return {name: count for name, count in table.facts["outcomes"].items() if count}
