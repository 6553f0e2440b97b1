"""What a person reads of a range of days: what it may take, each day as it ends, and what became of all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import click

from pipelines.steps.expected import Expected

_WORDS: Final = {"no_source": "no source", "not_run": "not run"}


def expectation(expected: Expected) -> str:
    """Return what syncing the days may take, before it starts."""
    lines = [f"{len(expected.days)} days, {expected.days[0]} to {expected.days[-1]}. {_most(expected)}"]
    if expected.unknown and expected.rows:
        lines.append(f"Not counted, since no day of it was ever read: {', '.join(expected.unknown)}.")
    if expected.same:
        lines.append(
            f"Source {', '.join(expected.same)} says the same whichever day it is asked for: its settings name no "
            "{date} or :date. Each of the days is synced with what it says now."
        )
    return "\n".join(lines)


def _most(expected: Expected) -> str:
    if not expected.rows:
        return "How many requests they take is not known yet: no day of their sources was ever read."
    return (
        f"If every row has to be sent: {expected.rows:,} rows, {expected.requests:,} requests, "
        f"{timedelta(seconds=expected.seconds)} at the platform's pace. What the platform has already is not sent."
    )


def day_line(summary: Mapping[str, Any]) -> str:
    """Return a day's end in a line, with the reason where it did not end well."""
    status = summary["status"]
    said = f"{summary['date']}  {_WORDS.get(status, status):<9}"
    found = ", ".join(f"{outcome} {count:,}" for outcome, count in summary.get("outcomes", {}).items() if count)
    reason = summary.get("message", "")
    return "  ".join(part for part in (said, found, reason) if part)


def print_day(summary: Mapping[str, Any]) -> None:
    """Print a day's line."""
    click.secho(day_line(summary), fg=None if summary["status"] == "done" else "yellow")


def print_end(summaries: Sequence[Mapping[str, Any]]) -> None:
    """Print how many days ended how, and how to go on after a failure."""
    ended = Counter(summary["status"] for summary in summaries)
    click.echo(", ".join(f"{_WORDS.get(status, status)} {count}" for status, count in ended.items()) + ".")
    if ended.keys() == {"no_source"}:
        click.secho("Not one day had a source: check the path, and that its disk is there.", fg="red", err=True)
    first = next((one for one in summaries if one["status"] not in ("done", "no_source")), None)
    if first is not None:
        click.secho(
            f"Once {first['date']} is mended, go on with: contact-sync sync --from {first['date']} "
            f"--to {summaries[-1]['date']}. Days that are done already send nothing again.",
            fg="red",
            err=True,
        )
