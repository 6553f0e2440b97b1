"""The table of outcomes that a sync ends with, and that `status` shows again."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from connectors.storage.tables import Table as StoredTable
from pipelines.installation import Installation
from schemas.issues import RULES, IssueCode
from schemas.outcomes import Outcome

_MEANING: Final = {
    Outcome.ACKNOWLEDGED: "sent, and applied by the platform",
    Outcome.ACKNOWLEDGED_WITH_WARNING: "applied; see row_warnings",
    Outcome.UNCHANGED: "the platform has this already",
    Outcome.DUPLICATE: "another row holds this e-mail",
    Outcome.INVALID: "set aside; see rejected",
    Outcome.REFUSED: "the platform refused it; see row_warnings",
    Outcome.HELD_BACK: "opted out, or stopped by a rule",
    Outcome.SUPERSEDED: "the platform has newer data",
    Outcome.PENDING: "not confirmed; sent again next time",
}

_WIDTH_OF_MEANINGS: Final = 90
_WIDTH_OF_COUNTS: Final = 10


def outcome_table(summary: Mapping[str, Any], width: int) -> Table:
    """Return a summary's outcomes as a table, one column per source.

    Args:
        summary: The summary.
        width: The terminal's columns; what each outcome means is left out where it would wrap.
    """
    sources = list(summary["by_source"])
    table = Table(title=f"Outcomes of {summary['date']}", title_justify="left")
    table.add_column("outcome", no_wrap=True)
    for source in sources:
        table.add_column(source, justify="right")
    table.add_column("all", justify="right", style="bold")
    explains = width >= _WIDTH_OF_MEANINGS + sum(max(len(source), _WIDTH_OF_COUNTS) + 3 for source in sources)
    if explains:
        table.add_column("meaning", style="dim", no_wrap=True)
    for outcome in Outcome:
        counts = [summary["by_source"][source][outcome.value] for source in sources]
        row = [f"{count:,}" for count in (*counts, summary["outcomes"][outcome.value])]
        table.add_row(outcome.value, *row, *([_MEANING[outcome]] if explains else []))
    table.add_section()
    totals = [sum(summary["by_source"][source].values()) for source in sources]
    table.add_row("rows read", *(f"{count:,}" for count in (*totals, sum(summary["outcomes"].values()))))
    return table


SANDBOX_NOTE: Final = "SANDBOX: the destination is a stand-in on this machine; nobody is written to."


def findings_table(found: StoredTable) -> Table:
    """Return what was found about rows as a table: source, code, how often, and what it means.

    Args:
        found: The day's `row_warnings`.
    """
    table = Table(title="Findings", title_justify="left")
    for column in ("source", "code"):
        table.add_column(column, no_wrap=True)
    table.add_column("rows", justify="right")
    table.add_column("what it means")
    for source, codes in found.facts["codes"].items():
        sentences = found.facts["sentences"].get(source, {})
        for code, count in codes.items():
            table.add_row(source, code, f"{count:,}", sentences.get(code) or RULES[IssueCode(code)].sentence)
    return table


def print_quality(quality: Mapping[str, Mapping[str, Any]], console: Console) -> None:
    """Print what of the sources' quality somebody should look at; nothing where all is as usual."""
    for one in quality.values():
        for sentence in filter(None, [one["over_limit"], *one["jumps"]]):
            console.print(sentence, style="yellow", highlight=False, markup=False)


def print_summary(installation: Installation, summary: Mapping[str, Any]) -> None:
    """Print a finished sync: its outcomes, what was found, what sending took, and why it failed if it did."""
    console = Console()
    if installation.is_on_this_machine:
        console.print(SANDBOX_NOTE)
    if summary["by_source"]:
        console.print(outcome_table(summary, console.width))
    if any(summary["findings"].values()):
        _print_findings(installation, summary, console)
    print_quality(summary["quality"], console)
    if summary["requests"] or summary["status"] == "done":
        console.print(_took(summary), highlight=False)
    if summary["resumed"]:
        click.echo(
            f"It went on with plan {summary['resumed']}, which an earlier sync had begun. "
            "What has changed since then is taken by the next sync."
        )
    if summary["status"] != "done":
        # Not by rich, which would break paths at the terminal's edge.
        click.secho(f"{summary['status']}: {summary['message']}", fg="red", err=True)
        if summary["by_source"]:
            click.echo("Run it again once that is mended: it goes on where it stopped.", err=True)


def _print_findings(installation: Installation, summary: Mapping[str, Any], console: Console) -> None:
    day = dt.date.fromisoformat(summary["date"])
    found = installation.tables.current("row_warnings", day)
    if found is None:
        return
    console.print(findings_table(found))
    rejected = [installation.tables.current(f"rejected/{source}", day) for source in summary["by_source"]]
    click.echo('How to read them row by row stands in the README under "What was set aside, and why":')
    for table in (found, *rejected):
        if table is not None and table.rows:
            click.echo(f"  {table.path}")


def _took(summary: Mapping[str, Any]) -> str:
    if summary["status"] == "done" and not summary["requests"]:
        return "No request was sent: nothing has changed."
    requests = "1 request" if summary["requests"] == 1 else f"{summary['requests']:,} requests"
    return f"{requests} in {summary['seconds']:.1f} s, {summary['throttled']} throttled, {summary['retries']} retried."
