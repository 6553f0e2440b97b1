"""Step 6: every source row of the day gets its one outcome, and the warnings a person should read."""

import datetime as dt
from collections import Counter

import polars as pl

from connectors.storage.files import StorageError
from connectors.storage.plans import Plan
from connectors.storage.tables import Table
from pipelines.installation import Installation
from schemas.contact import EMAIL_KEY
from schemas.issues import ISSUES, RULES, IssueCode
from schemas.outcomes import Outcome
from schemas.row_outcomes import ROW_OUTCOMES, Verdict, rejected_row_outcomes, valid_row_outcomes


def settle(installation: Installation, day: dt.date) -> Table:
    """Write the day's `row_outcomes`: one row per source row, with its one outcome.

    Its facts hold `outcomes` and `by_source`, the counts over all and per source, each with all nine outcomes.

    Raises:
        StorageError: There is no plan for the day, or a table is missing or cannot be written.
    """
    plan = _plan(installation, day)
    decided = _decided(plan)
    by_source: dict[str, dict[str, int]] = {}
    with installation.tables.new_version("row_outcomes", day, plan.inputs) as new:
        for source in sources_of(plan):
            outcomes = _source_outcomes(installation, plan, source, decided)
            by_source[source] = _counted(outcomes)
            new.write(outcomes)
        total: Counter[str] = Counter()
        for counts in by_source.values():
            total.update(counts)
        new.facts |= {"plan": plan.id, "by_source": by_source, "outcomes": _all_nine(total)}
    return new.table


def gather_warnings(installation: Installation, day: dt.date) -> Table:
    """Write the day's `row_warnings`: what our checks and the platform found about rows, in sentences.

    Raises:
        StorageError: There is no plan for the day, or a table is missing or cannot be written.
    """
    plan = _plan(installation, day)
    said = _platform_issues(plan)
    with installation.tables.new_version("row_warnings", day, plan.inputs) as new:
        for source in sources_of(plan):
            ours = _input(installation, plan, f"issues/{source}").scan()
            theirs = said.filter(pl.col("source") == source)
            new.write(pl.concat([ours, theirs]).select(ISSUES.names()).sort("row", maintain_order=True).collect())
        new.facts["plan"] = plan.id
    return new.table


def reconcile(installation: Installation, day: dt.date) -> list[str]:
    """Return what does not add up between the rows that were read and their outcomes; nothing is what it should be.

    Raises:
        StorageError: There are no outcomes for the day, or a table is missing.
    """
    plan = _plan(installation, day)
    outcomes = installation.tables.current("row_outcomes", day)
    if outcomes is None:
        return [f"row_outcomes has not been made for {day}."]
    counted = (
        outcomes.scan()
        .group_by("source")
        .agg(pl.len().alias("rows"), pl.struct("row").n_unique().alias("distinct"), pl.col("outcome").null_count())
        .collect()
    )
    by_source = {row["source"]: row for row in counted.iter_rows(named=True)}
    problems = []
    for source in sources_of(plan):
        read = _input(installation, plan, f"extracted/{source}").rows
        found = by_source.get(source, {"rows": 0, "distinct": 0, "outcome": 0})
        if (found["rows"], found["distinct"], found["outcome"]) != (read, read, 0):
            problems.append(
                f"{source}: {read} rows were read, {found['rows']} outcomes were recorded for {found['distinct']} of "
                f"them, {found['outcome']} without a word."
            )
    return problems


def sources_of(plan: Plan) -> list[str]:
    """Return the sources that a plan was made from, in the order of their names."""
    return sorted(asset.removeprefix("extracted/") for asset in plan.inputs if asset.startswith("extracted/"))


def _plan(installation: Installation, day: dt.date) -> Plan:
    plan = installation.plans.latest(day)
    if plan is None:
        message = f"There is no plan for {day}: materialise import_plan first, or run the whole nightly_sync."
        raise StorageError(message)
    return plan


def _input(installation: Installation, plan: Plan, asset: str) -> Table:
    return installation.tables.version(asset, plan.day, plan.inputs[asset])


def _decided(plan: Plan) -> pl.LazyFrame:
    """Return one row per contact: what was decided and, for what was sent, the batch and the answer's verdict."""
    batches = plan.sent().select(EMAIL_KEY, "batch")
    verdicts = plan.verdicts().select(EMAIL_KEY, "verdict")
    return (
        plan.decisions()
        .select(EMAIL_KEY, "decision")
        .join(batches, on=EMAIL_KEY, how="left")
        .join(verdicts, on=EMAIL_KEY, how="left")
    )


def _source_outcomes(installation: Installation, plan: Plan, source: str, decided: pl.LazyFrame) -> pl.DataFrame:
    duplicates = _input(installation, plan, "duplicates").scan().filter(pl.col("source") == source)
    valid = valid_row_outcomes(
        rows=_input(installation, plan, f"validated/{source}").scan().select("row", "line", "email", EMAIL_KEY),
        duplicates=duplicates.select("row", "winner_source", "winner_row"),
        decided=decided,
        issues=_input(installation, plan, f"issues/{source}").scan(),
    )
    rejected = rejected_row_outcomes(_input(installation, plan, f"rejected/{source}").scan())
    both = pl.concat([valid, rejected]).with_columns(source=pl.lit(source)).sort("row")
    return both.select(ROW_OUTCOMES.names()).collect(engine="streaming")


def _platform_issues(plan: Plan) -> pl.LazyFrame:
    """Return what the platform said of rows, as issues of the rows that were sent."""
    codes = {
        Verdict.WARNED: IssueCode.PLATFORM_WARNING,
        Verdict.REFUSED: IssueCode.PLATFORM_REFUSED,
        Verdict.UNKNOWN: IssueCode.NOT_CONFIRMED,
    }
    rules = pl.LazyFrame(
        [
            (str(verdict), code.value, RULES[code].severity.value, RULES[code].sentence)
            for verdict, code in codes.items()
        ],
        schema=["verdict", "code", "severity", "sentence"],
        orient="row",
    )
    rows = plan.decisions().select(EMAIL_KEY, "source", "row")
    said = pl.col("sentences").list.join(" ")
    return (
        plan.verdicts()
        .join(rules, on="verdict")
        .join(rows, on=EMAIL_KEY)
        .select(
            "source",
            "row",
            pl.col(EMAIL_KEY).alias("email"),
            pl.lit(None, pl.String).alias("field"),
            "code",
            "severity",
            pl.concat_str("sentence", said, separator=" ").alias("message"),
        )
    )


def _counted(outcomes: pl.DataFrame) -> dict[str, int]:
    return _all_nine(dict(outcomes["outcome"].value_counts().iter_rows()))


def _all_nine(counts: dict[str, int]) -> dict[str, int]:
    return {outcome.value: counts.get(outcome.value, 0) for outcome in Outcome}
