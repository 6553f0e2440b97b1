"""`contact-sync demo`: the nightly job on the built-in sandbox and the sample sources, then what to look at next."""

import os
import shutil
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

import click

from connectors.sandbox.access import DEFAULT_TOKEN
from connectors.sandbox.sandbox import Sandbox
from pipelines.cli.options import explained, json_option, print_json
from pipelines.cli.report import print_summary
from pipelines.cli.terminal import TerminalProgress, quiet
from pipelines.demo.sources import write_sources
from pipelines.installation import STORAGE_VARIABLE, URL_VARIABLE, Installation, open_installation
from pipelines.instance import HOME_VARIABLE
from pipelines.run import run_sync
from pipelines.settings import TOKEN_VARIABLE
from pipelines.summary import exit_code, summarise

FOLDER: Final = Path("contact-sync-demo")


@click.command(name="demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    show_default=True,
    help="Where the sample sources, the settings and the sandbox's contacts are kept.",
)
@json_option
@click.pass_context
@explained
def command(context: click.Context, *, folder: Path, as_json: bool) -> None:
    """Run the nightly sync on the built-in sandbox with sample sources. Nothing leaves this machine.

    Run again, it says that nothing has changed.
    """
    folder = folder.resolve()
    _prepare(folder)
    with Sandbox(folder / "sandbox") as sandbox, TerminalProgress(quiet=quiet(as_json=as_json)) as progress:
        installation = _installation(folder, sandbox)
        day = datetime.now(UTC).date()
        run = run_sync(installation, day, progress)
    summary = summarise(installation, day, run)
    if as_json:
        print_json(summary)
    else:
        print_summary(installation, summary)
        click.echo(_next_steps(folder))
    context.exit(exit_code(summary))


def _prepare(folder: Path) -> None:
    """Write the sample sources and settings that are not there yet, so that a person's changes stay."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "sources").exists():
        write_sources(folder / "sources")
    if not (folder / "sync.yaml").exists():
        (folder / "sync.yaml").write_bytes(files("pipelines.demo").joinpath("sync.yaml").read_bytes())


def _installation(folder: Path, sandbox: Sandbox) -> Installation:
    """Return the demonstration's own installation: no variable of a real one may lead it elsewhere."""
    os.environ.pop(HOME_VARIABLE, None)
    environ = {name: value for name, value in os.environ.items() if name != STORAGE_VARIABLE}
    environ |= {URL_VARIABLE: sandbox.base_url, TOKEN_VARIABLE: DEFAULT_TOKEN}
    return open_installation(environ, folder / "sync.yaml")


def _next_steps(folder: Path) -> str:
    place = os.path.relpath(folder)
    program = "contact-sync" if shutil.which("contact-sync") else os.path.relpath(sys.argv[0])
    return f"""
What to look at next
  the settings          {place}/sync.yaml
  the same run in a browser, in two terminals:
    {program} sandbox --data {place}/sandbox
    {TOKEN_VARIABLE}={DEFAULT_TOKEN} {program} ui --config {place}/sync.yaml
Run this again: nothing has changed, so nothing is sent."""
