"""`contact-sync check`: each part of an installation, ok or what to do."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from pipelines.checkup import check_installation
from pipelines.cli.options import config_option, date_option, explained, installation, json_option, print_json
from pipelines.exit_codes import Exit


@click.command(name="check")
@date_option
@json_option
@config_option
@click.pass_context
@explained
def command(context: click.Context, *, day: date, as_json: bool, config: Path | None) -> None:
    """Check settings, sources, token, permissions and groups. Nothing is changed at the destination."""
    findings = []
    for finding in check_installation(installation(config), day):
        findings.append(finding)
        if not as_json:
            mark = click.style("ok", fg="green") if finding.ok else click.style("!!", fg="red")
            click.echo(f"{mark}  {finding.part:<20} {finding.sentence}")
    ok = all(finding.ok for finding in findings)
    if as_json:
        print_json({"ok": ok, "checks": [asdict(finding) for finding in findings]})
    context.exit(Exit.DONE if ok else Exit.FAILED)
