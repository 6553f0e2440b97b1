"""`contact-sync`: the list of commands. A command's module is imported only when that command is used."""

import importlib
import sys
from typing import Any, Final

import click

_COMMANDS: Final = {
    "demo": "Run the nightly sync on the built-in sandbox with sample sources.",
    "init": "Write a commented sync.yaml to start from, or propose one for a file or database (--from).",
    "check": "Check settings, sources, token, permissions and groups: each line ok, or what to do.",
    "sync": "Run one day's sync, or a range of days (--from, --to).",
    "status": "Show a day's outcomes, what is pending, and the last runs.",
    "ledger": "Show what the destination has acknowledged by day, or rebuild that record.",
    "clean": "Remove what is older than the settings keep it.",
    "auth": "Get an access token: for the application, or for a user.",
    "sandbox": "Run the stand-in platform on its own.",
    "ui": "Open the Dagster UI.",
}


class _Commands(click.Group):
    """The commands by name, with their one-line help at hand, so that `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer meets them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"pipelines.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def contact_sync() -> None:
    """Keep an e-mail platform's contacts equal to a company's own data.

    Exit codes: 0 done, 1 failed, 2 wrong settings or usage, 3 stopped by a guard, 4 finished with rows pending.
    """


def main(arguments: list[str] | None = None) -> Any:  # noqa: ANN401 - click never returns from here
    """Run the command line."""
    return contact_sync.main(arguments, prog_name="contact-sync")


if __name__ == "__main__":
    sys.exit(main())
