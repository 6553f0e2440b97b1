"""How a look at a source is shown: as tables for a person, as a document for a program."""

from dataclasses import asdict
from typing import Any, Final

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.sample import Sample
from schemas.issues import RULES, IssueCode

_SHOWN_FACTS: Final = ("encoding", "separator", "quote", "header_line", "compression", "sheet", "database", "bytes")


def sample_document(sample: Sample) -> dict[str, Any]:
    """Return what `check --source … --json` prints."""
    return {
        "ok": not sample.problems,
        "source": sample.source,
        "kind": sample.kind,
        "problems": sample.problems,
        "facts": sample.facts,
        "columns": [asdict(column) for column in sample.columns],
        "sample": {
            "rows": sample.rows,
            "is_all": sample.is_all,
            "opening_seconds": round(sample.opening_seconds, 3),
            "seconds": round(sample.seconds, 3),
            "rows_per_second": sample.rows_per_second,
            "set_aside": sample.set_aside,
            "issues": sample.issues,
        },
    }


def print_sample(sample: Sample) -> None:
    """Print a look at a source: the columns, what the rows would come to, and what to do."""
    console = Console()
    facts = [f"{name} {sample.facts[name]!r}" for name in _SHOWN_FACTS if name in sample.facts]
    found = f": {', '.join(facts)}" if facts else ""
    console.print(escape(f"Source {sample.source}, {sample.kind}{found}"), highlight=False)
    if sample.columns:
        console.print(_column_table(sample))
    if sample.issues:
        console.print(_issue_table(sample))
    if sample.rows:
        console.print(_sentence_of_rows(sample), highlight=False)
    for suggestion in _suggestions(sample):
        console.print(escape(suggestion), highlight=False)
    for problem in sample.problems:
        click.echo(f"{click.style('!!', fg='red')}  {problem}")
    if not sample.problems:
        click.echo(f"{click.style('ok', fg='green')}  Source {sample.source} can be synced.")


def _column_table(sample: Sample) -> Table:
    table = Table(title="Columns", title_justify="left")
    for title in ("column", "type", "field", "first rows, masked"):
        table.add_column(title)
    for column in sample.columns:
        field = ", ".join(column.fields) or (
            f"[yellow]{column.suggested}?[/]" if column.suggested else "[dim]left out[/]"
        )
        table.add_row(escape(column.name), column.type, field, escape(" · ".join(column.shown)))
    return table


def _issue_table(sample: Sample) -> Table:
    table = Table(title="Issues in the sample", title_justify="left")
    table.add_column("code", no_wrap=True)
    table.add_column("rows", justify="right")
    table.add_column("what it means")
    for code, count in sample.issues.items():
        table.add_row(code, f"{count:,}", RULES[IssueCode(code)].sentence)
    return table


def _sentence_of_rows(sample: Sample) -> str:
    which = "all there are" if sample.is_all else "the first ones"
    aside = f"; {sample.set_aside:,} of them would be set aside" if sample.set_aside else ""
    speed = f"at {sample.rows_per_second:,} rows a second after {sample.opening_seconds:.1f} s of opening"
    return f"{sample.rows:,} rows were read, {which}, {speed}{aside}."


def _suggestions(sample: Sample) -> list[str]:
    lines = [f"  {one.suggested}: {one.name}" for one in sample.columns if one.suggested]
    return ["These columns could be mapped, by their names:", *lines] if lines else []
