"""`contact-sync check`: each part of an installation, ok or what to do; or one source in detail."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from connectors.sources.nearest import did_you_mean
from pipelines.checkup import check_installation
from pipelines.cli.options import config_option, date_option, explained, fail, installation, json_option, print_json
from pipelines.exit_codes import Exit
from pipelines.installation import Installation


@click.command(name="check")
@date_option
@click.option("--source", "source", help="Look at this source alone: its columns, its first rows, what to map.")
@json_option
@config_option
@click.pass_context
@explained
def command(context: click.Context, *, day: date, source: str | None, as_json: bool, config: Path | None) -> None:
    """Check settings, sources, token, permissions and groups. Nothing is changed at the destination.

    With --source, read a sample of one source, and show what its columns are mapped to or could be.
    """
    opened = installation(config)
    ok = _check_all(opened, day, as_json=as_json) if source is None else _look(opened, source, day, as_json=as_json)
    context.exit(Exit.DONE if ok else Exit.FAILED)


def _check_all(opened: Installation, day: date, *, as_json: bool) -> bool:
    findings = []
    for finding in check_installation(opened, day):
        findings.append(finding)
        if not as_json:
            mark = click.style("ok", fg="green") if finding.ok else click.style("!!", fg="red")
            click.echo(f"{mark}  {finding.part:<20} {finding.sentence}")
    ok = all(finding.ok for finding in findings)
    if as_json:
        print_json({"ok": ok, "checks": [asdict(finding) for finding in findings]})
    return ok


def _look(opened: Installation, name: str, day: date, *, as_json: bool) -> bool:
    sources = {source.name: source for source in opened.settings.sources}
    if name not in sources:
        known = ", ".join(sources)
        fail(f"There is no source {name}: the settings have {known}.{did_you_mean(name, sources)}", Exit.USAGE)
    from pipelines.cli.sample_view import print_sample, sample_document  # noqa: PLC0415 - only this option needs them
    from pipelines.sample import take_sample  # noqa: PLC0415

    sample = take_sample(opened, sources[name], day)
    if as_json:
        print_json(sample_document(sample))
    else:
        print_sample(sample)
    return not sample.problems
