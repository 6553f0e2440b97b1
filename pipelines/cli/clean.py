"""`contact-sync clean`: removes what the settings' `retention` keeps no longer."""

from pathlib import Path

import click

from pipelines.cli.options import config_option, explained, installation, json_option, print_json


@click.command(name="clean")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@json_option
@config_option
@explained
def command(*, dry_run: bool, as_json: bool, config: Path | None) -> None:
    """Remove snapshots, rejected rows and outcomes that are older than `retention` keeps them.

    What a sync, its accounts or a rebuild of the ledger needs stays, however old.
    """
    opened = installation(config)
    from pipelines.steps.clean import clean  # noqa: PLC0415 - polars takes a second to import: usage errors come first

    removed = clean(opened, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "removed": {one.kind: one.to_document() for one in removed}})
        return
    for one in removed:
        click.echo(f"{one.kind:<32} {one.things:>8,} {one.bytes:>16,} bytes")
    if not removed:
        click.echo("Nothing is older than the settings keep it.")
    elif dry_run:
        click.echo("Nothing was removed: this was a dry run.")
