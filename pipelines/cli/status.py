"""`contact-sync status`: a day's outcomes, what is pending, and the last runs."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli.options import config_option, date_option, explained, installation, json_option, print_json

if TYPE_CHECKING:
    from rich.console import Console


@click.command(name="status")
@date_option
@json_option
@config_option
@explained
def command(*, day: date, as_json: bool, config: Path | None) -> None:
    """Show a day's outcomes, the batches that wait for an answer, and the last runs."""
    opened = installation(config)
    from pipelines.status import read_status  # noqa: PLC0415 - Dagster takes seconds: usage errors come first

    status = read_status(opened, day)
    if as_json:
        print_json(status)
    else:
        _print(status)


def _print(status: dict[str, Any]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a person needs it
    from rich.table import Table  # noqa: PLC0415

    from pipelines.cli.report import outcome_table, print_quality  # noqa: PLC0415

    console = Console()
    if status["by_source"]:
        console.print(outcome_table(status, console.width))
        if status["outcomes_of"] != status["plan"]:
            console.print(
                f"[yellow]These are the outcomes of plan {status['outcomes_of']};[/] a later sync of the day made plan "
                f"{status['plan']} and has not come as far.",
                highlight=False,
            )
    else:
        console.print(f"No sync of {status['date']} has come as far as outcomes.", highlight=False)
    print_quality(status["quality"], console)
    _print_sources(status["sources"], console)
    if status["pending_batches"]:
        console.print(
            f"[yellow]{status['pending_batches']} batches of plan {status['plan']} wait for an answer;[/] run "
            f'"contact-sync sync --date {status["date"]}" to go on with them.',
            highlight=False,
        )
    for day, batches in status["open_days"].items():
        if day != status["date"]:
            console.print(
                f'[yellow]{batches} batches of {day} were never answered;[/] run "contact-sync sync --date {day}".',
                highlight=False,
            )
    console.print(f"The ledger holds {status['ledger']['contacts']:,} contacts.", highlight=False)
    runs = Table(title="Last runs", title_justify="left")
    for column in ("started (UTC)", "day", "status", "run"):
        runs.add_column(column, no_wrap=True)
    for run in status["runs"]:
        runs.add_row(run["started"] or "", run["date"] or "", run["status"], run["run_id"][:8])
    if status["runs"]:
        console.print(runs)


def _print_sources(sources: dict[str, Any], console: "Console") -> None:
    """Print since when sources say the same."""
    for name, source in sources.items():
        if source["stale"]:
            console.print(f"[yellow]{source['stale']}[/]", highlight=False)
        elif source["age_days"]:
            same = f"Source {name} says the same as on {source['changed']}, {source['age_days']} days ago."
            console.print(same, highlight=False)
