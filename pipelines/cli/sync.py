"""`contact-sync sync`: one day's sync, with progress, and a table of outcomes at the end."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from pipelines.cli.options import config_option, date_option, explained, fail, installation, json_option, print_json
from pipelines.exit_codes import Exit
from pipelines.installation import Installation
from pipelines.summary import exit_code


@click.command(name="sync")
@date_option
@click.option("--source", "sources", multiple=True, help="Read only this source anew; may be repeated.")
@click.option("--full", is_flag=True, help="Send what is unchanged as well; newer data at the destination stays.")
@click.option("--full-read", is_flag=True, help="Read sources whole that give only what changed otherwise.")
@json_option
@config_option
@click.pass_context
@explained
def command(  # noqa: PLR0913 - one parameter per option
    context: click.Context,
    *,
    day: date,
    sources: tuple[str, ...],
    full: bool,
    full_read: bool,
    as_json: bool,
    config: Path | None,
) -> None:
    """Run one day's sync: read the sources, send what changed, account for every row.

    Started again after a failure, it goes on where it stopped.
    """
    opened = installation(config)
    _check_usage(opened, day, sources)
    from pipelines.cli.report import print_summary  # noqa: PLC0415 - Dagster takes seconds to import: usage errors come first
    from pipelines.cli.terminal import TerminalProgress, quiet  # noqa: PLC0415
    from pipelines.run import run_sync  # noqa: PLC0415
    from pipelines.summary import summarise  # noqa: PLC0415

    with TerminalProgress(quiet=quiet(as_json=as_json)) as progress:
        run = run_sync(opened, day, progress, sources=sources, full=full, full_read=full_read)
    summary = summarise(opened, day, run)
    if as_json:
        print_json(summary)
    else:
        print_summary(opened, summary)
    context.exit(exit_code(summary))


def _check_usage(opened: Installation, day: date, sources: tuple[str, ...]) -> None:
    known = [source.name for source in opened.settings.sources]
    for name in sources:
        if name not in known:
            fail(f"There is no source {name}: the settings have {', '.join(known)}.", Exit.USAGE)
    first, today = opened.settings.schedule.start_date, datetime.now(UTC).date()
    if not first <= day <= today:
        fail(f"{day} cannot be synced: the days run from {first} (schedule.start_date) to today, {today}.", Exit.USAGE)
