"""`contact-sync init`: a commented sync.yaml to start from, or one for a source that is there already."""

import os
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.options import config_option, explained, fail, json_option, print_json
from pipelines.exit_codes import Exit
from pipelines.installation import config_path

if TYPE_CHECKING:
    from pipelines.proposal import Proposal


@click.command(name="init")
@click.option("--from", "pointed_at", metavar="FILE_OR_URL", help="Propose the settings of this source.")
@click.option("--table", help="With --from: the table of a database, or the sheet of a workbook.")
@json_option
@config_option
@explained
def command(*, pointed_at: str | None, table: str | None, as_json: bool, config: Path | None) -> None:
    """Write a commented sync.yaml to start from; a file that is there already is left alone.

    With --from, look at a file or a database and propose a source: its kind, its fields, its opt-outs. Where there is
    a sync.yaml already, the proposal is printed, to be put into it.
    """
    path = (config or config_path(os.environ)).resolve()
    today = datetime.now(UTC).date()
    template = files("pipelines.cli").joinpath("sync_template.yaml").read_text("utf-8").replace("{today}", f"{today}")
    if pointed_at is None:
        _write(path, template)
        _say(path, as_json=as_json)
        return
    from pipelines.cli.source_yaml import settings_yaml, source_yaml  # noqa: PLC0415 - only this option needs them
    from pipelines.database_tables import with_table  # noqa: PLC0415
    from pipelines.place import place_of  # noqa: PLC0415
    from pipelines.proposal import propose  # noqa: PLC0415

    place = place_of(pointed_at, path.parent, Path.cwd(), table)
    place = with_table(place, path.parent, os.environ, today)
    proposal = propose(place, path.parent, os.environ, today)
    exists = path.exists()
    if not exists:
        _write(path, settings_yaml(template, proposal))
    _present(None if exists else path, path, proposal, source_yaml(proposal), as_json=as_json)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        fail(f"{path} is there already; it was left alone.", Exit.USAGE)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.", Exit.FAILED)


def _say(path: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"path": str(path)})
    else:
        click.echo(f'Wrote {path}. Name your sources in it, then run "contact-sync check".')


def _present(written: Path | None, path: Path, proposal: "Proposal", block: str, *, as_json: bool) -> None:
    source = proposal.place.name
    if as_json:
        document = {"path": written and str(written), "source": source, "yaml": block}
        print_json({**document, "variables": list(proposal.place.environ), "undecided": proposal.undecided})
        return
    click.echo(block, nl=False)
    said = (
        f"{path} is there already and was left alone: put this among its sources."
        if written is None
        else f"Wrote {path} with this source."
    )
    click.echo(f'{said} Then run "contact-sync check --source {source}".', err=True)
    for variable in proposal.place.environ:
        click.echo(f"The URL may hold a password, so it is not in the file: set {variable} to it.", err=True)
    for sentence in proposal.undecided:
        click.secho(f"To decide: {sentence}", fg="yellow", err=True)
