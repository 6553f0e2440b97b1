"""`contact-sync sync`: one day's sync, or a range of days, with progress, and what became of every row at the end."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from pipelines.cli.options import (
    config_option,
    date_option,
    day_option,
    explained,
    fail,
    installation,
    json_option,
    print_json,
)
from pipelines.exit_codes import Exit
from pipelines.installation import Installation
from pipelines.summary import exit_code


@click.command(name="sync")
@date_option
@day_option("--from", "first", "The first of several days, which are synced one after the other.")
@day_option("--to", "last", "The last of them. Default: today.")
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
    first: date | None,
    last: date | None,
    sources: tuple[str, ...],
    full: bool,
    full_read: bool,
    as_json: bool,
    config: Path | None,
) -> None:
    """Run one day's sync: read the sources, send what changed, account for every row.

    Started again after a failure, it goes on where it stopped. With --from it syncs a range of days (a backfill), in
    the order of the calendar; newer data at the destination stays.
    """
    opened = installation(config)
    days = _days(context, day, first, last)
    _check_usage(opened, days, sources)
    asked: dict[str, Any] = {"sources": sources, "full": full, "full_read": full_read}
    run = _run_day if first is None else _run_range
    context.exit(run(opened, days, asked, as_json=as_json))


def _run_day(opened: Installation, days: list[date], asked: dict[str, Any], *, as_json: bool) -> Exit:
    from pipelines.cli.report import print_summary  # noqa: PLC0415 - Dagster takes seconds to import: usage errors come first
    from pipelines.cli.terminal import TerminalProgress, quiet  # noqa: PLC0415
    from pipelines.run import run_sync  # noqa: PLC0415
    from pipelines.summary import summarise  # noqa: PLC0415

    [day] = days
    with TerminalProgress(quiet=quiet(as_json=as_json)) as progress:
        run = run_sync(opened, day, progress, **asked)
    summary = summarise(opened, day, run)
    if as_json:
        print_json(summary)
    else:
        print_summary(opened, summary)
    return exit_code(summary)


def _run_range(opened: Installation, days: list[date], asked: dict[str, Any], *, as_json: bool) -> Exit:
    from pipelines.backfill import backfill, document, overall  # noqa: PLC0415 - as above
    from pipelines.cli.backfill_report import expectation, print_day, print_end  # noqa: PLC0415
    from pipelines.cli.terminal import TerminalProgress  # noqa: PLC0415
    from pipelines.steps.expected import expected  # noqa: PLC0415

    ahead = expected(opened, days)
    if not as_json:
        click.echo(expectation(ahead))
    with TerminalProgress(quiet=True) as progress:  # a line per day says more than a line per table
        summaries = backfill(opened, days, progress, _unheard if as_json else print_day, **asked)
    if as_json:
        print_json(document(ahead, summaries))
    else:
        print_end(summaries)
    return overall(summaries)


def _unheard(summary: Any) -> None:  # noqa: ANN401 - a day's summary
    """Tell nobody how a day ended: the document has it."""


def _days(context: click.Context, day: date, first: date | None, last: date | None) -> list[date]:
    if first is None and last is None:
        return [day]
    if first is None:
        fail("--to needs --from, the first day.", Exit.USAGE)
    if context.get_parameter_source("day") is not click.core.ParameterSource.DEFAULT:
        fail("Give --date for one day, or --from and --to for several.", Exit.USAGE)
    last = last or datetime.now(UTC).date()
    if last < first:
        fail(f"--to {last} lies before --from {first}.", Exit.USAGE)
    return [first + timedelta(days=more) for more in range((last - first).days + 1)]


def _check_usage(opened: Installation, days: list[date], sources: tuple[str, ...]) -> None:
    known = [source.name for source in opened.settings.sources]
    for name in sources:
        if name not in known:
            fail(f"There is no source {name}: the settings have {', '.join(known)}.", Exit.USAGE)
    first, today = opened.settings.schedule.start_date, datetime.now(UTC).date()
    for day in (days[0], days[-1]):
        if not first <= day <= today:
            fail(
                f"{day} cannot be synced: the days run from {first} (schedule.start_date) to today, {today}.",
                Exit.USAGE,
            )
