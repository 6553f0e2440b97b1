"""`contact-sync ledger`: what the destination has acknowledged, by day, and how that record is made anew."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from pipelines.cli.options import config_option, date_option, explained, installation, json_option, print_json
from pipelines.ledger_view import ledger_document
from pipelines.steps.rebuild import rebuild_ledger


@click.group(name="ledger")
def command() -> None:
    """Show what the destination has acknowledged, or make that record anew."""


@command.command(name="show")
@date_option
@json_option
@config_option
@explained
def show(*, day: date, as_json: bool, config: Path | None) -> None:
    """Show, in counts, what the destination had acknowledged when a day ended."""
    document = ledger_document(installation(config), day)
    if as_json:
        print_json(document)
    else:
        _print(document)


@command.command(name="rebuild")
@json_option
@config_option
@explained
def rebuild(*, as_json: bool, config: Path | None) -> None:
    """Make a lost or damaged ledger anew from the plans and receipts on disk.

    It comes out as it was, or not at all: where plans were cleaned up that had been folded into it, this is refused.
    """
    made = rebuild_ledger(installation(config))
    if as_json:
        print_json({"status": "done", "version": made.number, "contacts": made.rows, "syncs": len(set(made.plans))})
        return
    click.echo(
        f"The ledger is whole again: {made.rows:,} contacts, version {made.number}, from "
        f"{len(set(made.plans)):,} syncs. The next sync goes on with it."
        if made.number
        else "Nothing was ever folded into this ledger: the next sync is a first one."
    )


def _print(document: dict[str, Any]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a person needs it
    from rich.table import Table  # noqa: PLC0415

    console = Console()
    if not document["version"]:
        console.print(f"Nothing had been acknowledged by the end of {document['date']}.", highlight=False)
        return
    opted_out = "" if document["opted_out"] is None else f", {document['opted_out']:,} of them opted out"
    console.print(
        f"At the end of {document['date']} (UTC) the ledger held {document['contacts']:,} contacts{opted_out}. "
        f"On that day {document['acknowledged']:,} were acknowledged.",
        highlight=False,
    )
    if document["note"]:
        console.print(f"[yellow]{document['note']}[/]", highlight=False)
    syncs = Table(title="Syncs folded on that day", title_justify="left")
    for column in ("at (UTC)", "plan", "acknowledged", "contacts then", "version"):
        syncs.add_column(column, no_wrap=True)
    for sync in document["syncs"]:
        syncs.add_row(
            sync["at"], sync["plan"], f"{sync['acknowledged']:,}", f"{sync['contacts']:,}", str(sync["version"])
        )
    if document["syncs"]:
        console.print(syncs)
