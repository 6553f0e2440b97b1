"""The assets that account for a sync: every row's outcome, and what a person should read."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import dagster as dg

from pipelines import window
from pipelines.metadata import counts, table_metadata
from pipelines.steps.settle import gather_warnings, reconcile, settle
from pipelines.wiring import Wiring, day_of, explained
from schemas.outcomes import Outcome

_CHECKS: Final = (
    dg.AssetCheckSpec(
        "every_row_has_one_outcome",
        asset="row_outcomes",
        description="The rows read from each source equal the rows with an outcome, each exactly once.",
        blocking=True,
    ),
    dg.AssetCheckSpec(
        "nothing_is_pending",
        asset="row_outcomes",
        description="The destination answered for every row that was sent; a run is a success only then.",
        blocking=True,
    ),
    dg.AssetCheckSpec(
        "not_everybody_was_refused",
        asset="row_outcomes",
        description="Of the rows that were sent, the destination applied at least one.",
        blocking=True,
    ),
)
"""What a run must pass; each of them stops it where it fails."""


def row_outcomes_asset(wiring: Wiring) -> dg.AssetsDefinition:
    """Return every source row's one outcome, with the checks that a run must pass."""

    @dg.asset(
        key="row_outcomes",
        deps=["import_receipts", *wiring.keys("rejected")],
        description="Every source row of the day with its one outcome: nobody is lost, nobody is counted twice.",
        partitions_def=wiring.partitions,
        group_name="accounting",
        kinds={"polars"},
        check_specs=[*_CHECKS, window.CHECK],
    )
    def row_outcomes(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        with explained():
            installation, day = wiring.opened(), day_of(context)
            table = settle(installation, day)
            problems = reconcile(installation, day)
        outcomes = table.facts["outcomes"]
        yield dg.MaterializeResult(
            metadata=table_metadata(table, outcomes=counts(outcomes, "outcome")),
            check_results=[
                *_check_results(table.rows, outcomes, problems),
                window.window_result(installation, context.instance, context.run.run_id),
            ],
        )

    return row_outcomes


def _check_results(rows: int, outcomes: Mapping[str, int], problems: list[str]) -> list[dg.AssetCheckResult]:
    pending, refused = outcomes[Outcome.PENDING], outcomes[Outcome.REFUSED]
    applied = outcomes[Outcome.ACKNOWLEDGED] + outcomes[Outcome.ACKNOWLEDGED_WITH_WARNING]
    return [
        dg.AssetCheckResult(
            check_name="every_row_has_one_outcome",
            passed=not problems,
            description="\n".join(problems) or f"{rows:,} rows, each with one outcome.",
        ),
        dg.AssetCheckResult(
            check_name="nothing_is_pending",
            passed=not pending,
            description=(
                f"{pending:,} rows are pending: run the sync again, it goes on with them."
                if pending
                else "The destination answered for every row that was sent."
            ),
        ),
        dg.AssetCheckResult(
            check_name="not_everybody_was_refused",
            passed=bool(applied) or not refused,
            description=f"The destination applied {applied:,} rows and refused {refused:,}; see row_warnings.",
        ),
    ]


def row_warnings_asset(wiring: Wiring) -> dg.AssetsDefinition:
    """Return what a person should read."""

    @dg.asset(
        key="row_warnings",
        deps=["import_receipts", *wiring.keys("rejected")],
        description=(
            "What a person should read: every finding of our checks and of the platform, with source, row, field, "
            "code and a sentence that says what to do."
        ),
        partitions_def=wiring.partitions,
        group_name="accounting",
        kinds={"polars"},
    )
    def row_warnings(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with explained():
            table = gather_warnings(wiring.opened(), day_of(context))
        return dg.MaterializeResult(metadata=table_metadata(table))

    return row_warnings
