"""Step 6: every source row of the day gets its one outcome, and the warnings a person should read."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import polars as pl

from connectors.storage.files import StorageError
from connectors.storage.plan import Plan
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.slices import slices
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
    by_source: dict[str, Counter[str]] = {}
    with installation.tables.new_version("row_outcomes", day, plan.inputs) as new:
        for source in sources_of(plan):
            by_source[source] = Counter()
            for outcomes in _source_outcomes(installation, plan, source):
                by_source[source].update(outcomes["outcome"])
                new.write(outcomes)
        total = sum(by_source.values(), Counter[str]())
        counts = {source: _all_nine(counted) for source, counted in by_source.items()}
        new.facts |= {"plan": plan.id, "by_source": counts, "outcomes": _all_nine(total)}
    return new.table


def gather_warnings(installation: Installation, day: dt.date) -> Table:
    """Write the day's `row_warnings`: what our checks and the platform found about rows, in sentences.

    Its facts hold `codes`, the findings of each source by code, the most frequent first, and `sentences`, what our own
    checks say of them.

    Raises:
        StorageError: There is no plan for the day, or a table is missing or cannot be written.
    """
    plan = _plan(installation, day)
    said = _platform_issues(plan)
    codes: dict[str, dict[str, int]] = {}
    sentences: dict[str, dict[str, str]] = {}
    with installation.tables.new_version("row_warnings", day, plan.inputs) as new:
        for source in sources_of(plan):
            ours = _input(installation, plan, f"issues/{source}").scan()
            theirs = said.filter(pl.col("source") == source)
            found = pl.concat([ours, theirs]).select(ISSUES.names()).sort("row", maintain_order=True).collect()
            codes[source] = dict(Counter(found["code"]).most_common())
            sentences[source] = dict(ours.select("code", "message").unique("code").sort("code").collect().iter_rows())
            new.write(found)
        notes = _platform_notes(plan)
        new.write(notes)
        codes["destination"] = {IssueCode.PLATFORM_NOTE.value: notes.height} if notes.height else {}
        new.facts |= {"plan": plan.id, "codes": codes, "sentences": sentences}
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


def _source_outcomes(installation: Installation, plan: Plan, source: str) -> Iterator[pl.DataFrame]:
    """Yield the outcomes of one source's rows in their order, slice by slice."""
    decided, own = _decided(plan, source), pl.col("source") == source
    duplicates = _input(installation, plan, "duplicates").scan().filter(own).collect().lazy()
    issues = _input(installation, plan, f"issues/{source}").scan().select("row", "code").collect().lazy()
    rejected = rejected_row_outcomes(_input(installation, plan, f"rejected/{source}").scan()).collect()
    before = 0
    for rows in slices(_input(installation, plan, f"validated/{source}"), ["row", "line", "email"]):
        last = before if rows.is_empty() else rows["row"][-1]
        valid = valid_row_outcomes(rows.lazy(), duplicates, decided, issues).collect()
        between = rejected.filter(pl.col("row").is_between(before, last, closed="right"))
        yield _ordered([valid, between], source)
        before = last
    yield _ordered([rejected.filter(pl.col("row") > before)], source)


def _ordered(outcomes: list[pl.DataFrame], source: str) -> pl.DataFrame:
    together = pl.concat(outcomes).with_columns(source=pl.lit(source)).sort("row")
    return together.select(ROW_OUTCOMES.names()).cast(ROW_OUTCOMES)


def _decided(plan: Plan, source: str) -> pl.LazyFrame:
    """Return one row per contact of a source: what was decided and, for what was sent, its batch and verdict."""
    sent = (
        plan.sent()
        .select(EMAIL_KEY, "batch")
        .join(plan.verdicts().select(EMAIL_KEY, "verdict"), on=EMAIL_KEY, how="left")
    )
    contacts = plan.decisions().filter(pl.col("source") == source).select("row", EMAIL_KEY, "decision")
    # Few different texts, many rows: as categories they need a tenth of the memory.
    words = pl.col("decision", "batch", "verdict").cast(pl.Categorical)
    return (
        contacts.join(sent, on=EMAIL_KEY, how="left")
        .drop(EMAIL_KEY)
        .with_columns(words)
        .collect(engine="streaming")
        .lazy()
    )


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


def _platform_notes(plan: Plan) -> pl.DataFrame:
    """Return what the platform said of no row in particular, once each; source and row are null."""
    notes = list(dict.fromkeys(note for receipt in plan.receipts() for note in receipt.notes))
    rule = RULES[IssueCode.PLATFORM_NOTE]
    rows = {
        "code": [IssueCode.PLATFORM_NOTE.value] * len(notes),
        "severity": [rule.severity.value] * len(notes),
        "message": [f"{rule.sentence} {note}" for note in notes],
    }
    return pl.DataFrame({name: rows.get(name, [None] * len(notes)) for name in ISSUES.names()}, schema=ISSUES)


def _all_nine(counts: Counter[str]) -> dict[str, int]:
    return {outcome.value: counts[outcome.value] for outcome in Outcome}
