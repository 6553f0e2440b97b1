"""`contact-sync ui`: the Dagster UI on this installation's runs."""

import os
import socket
import sys
from pathlib import Path

import click

from pipelines.cli.options import config_option, explained, fail, installation
from pipelines.exit_codes import Exit
from pipelines.installation import CONFIG_VARIABLE, config_path
from pipelines.instance import set_dagster_home

DEFAULT_PORT = 3000

_QUIET = ("-W", "ignore:Function `dev_command` is superseded")  # a hint for Dagster's developers, not for our users


@click.command(name="ui")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True)
@config_option
@explained
def command(port: int, config: Path | None) -> None:
    """Open the Dagster UI and its daemon, until interrupted: runs, assets, schedule, backfills."""
    opened = installation(config)
    _refuse_taken(port)
    set_dagster_home(opened)
    _bury_dead_runs()
    environ = os.environ | {CONFIG_VARIABLE: str(config.resolve() if config else config_path(os.environ))}
    click.echo(f"The Dagster UI: http://127.0.0.1:{port} (stop it with Ctrl-C)")
    arguments = ["dagster", "dev", "--module-name", "pipelines.definitions", "--host", "127.0.0.1", "--port", str(port)]
    # In this process's place, so that whoever stops it stops Dagster and not a messenger.
    os.chdir(opened.storage)  # a dagster.yaml in the present folder would be warned about
    os.execve(sys.executable, [sys.executable, *_QUIET, "-m", *arguments], environ)  # noqa: S606 - our own arguments


def _bury_dead_runs() -> None:
    """Mark what died with the machine, so that nothing waits for it."""
    import dagster as dg  # noqa: PLC0415 - Dagster takes seconds to import: a taken port comes first

    from pipelines.processes import bury_dead_runs  # noqa: PLC0415

    with dg.DagsterInstance.get() as instance:
        for run in bury_dead_runs(instance):
            click.echo(f"Run {run} had died with its process; it is marked as failed.")


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            fail(
                f"Port {port} is taken: stop the program that listens there, or choose another one with --port.",
                Exit.FAILED,
            )
