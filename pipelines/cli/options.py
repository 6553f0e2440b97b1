"""What every command shares: `--config`, `--json`, and how an error that a person can act on ends the program."""

import functools
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from connectors.emfluence.errors import Failure
from connectors.sources.errors import SourceError, SourceSettingsWrong
from connectors.storage.files import StorageError
from connectors.storage.lock import LockHeldError
from pipelines.exit_codes import Exit
from pipelines.installation import Installation, open_installation
from pipelines.settings_file import SettingsError

P = ParamSpec("P")
T = TypeVar("T")

_WRONG_SETTINGS = (SettingsError, SourceSettingsWrong)
_FAILED = (SourceError, StorageError, LockHeldError, Failure)


def config_option(function: Callable[P, T]) -> Callable[P, T]:
    """Add `--config`."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The settings file. Default: $CONTACT_SYNC_CONFIG, else ./sync.yaml.",
    )(function)


def json_option(function: Callable[P, T]) -> Callable[P, T]:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(function)


def date_option(function: Callable[P, T]) -> Callable[P, T]:
    """Add `--date`."""
    return click.option("--date", "day", callback=_day, metavar="YYYY-MM-DD", help="The day, UTC. Default: today.")(
        function
    )


def day_option(flag: str, name: str, help_text: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return what adds an option that takes a day, or nothing."""
    return click.option(flag, name, callback=_day_or_none, metavar="YYYY-MM-DD", help=help_text)


class CommandError(Exception):
    """A command cannot go on; it ends with this message and exit code.

    Attributes:
        code: The exit code.
    """

    def __init__(self, message: str, code: Exit) -> None:
        """End with a message and an exit code."""
        super().__init__(message)
        self.code = code


def explained(function: Callable[P, T]) -> Callable[P, T]:
    """End the program with one clear message, and no traceback, where a person can act on an error.

    The message goes to stderr, and with `--json` into the one document on stdout.
    """

    @functools.wraps(function)
    def wrapper(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return function(*arguments, **options)
        except CommandError as error:
            message, code = str(error), error.code
        except _WRONG_SETTINGS as error:
            message, code = str(error), Exit.USAGE
        except _FAILED as error:
            message, code = str(error), Exit.FAILED
        if options.get("as_json"):
            print_json({"status": "failed", "message": message})
        click.echo(message, err=True)
        raise click.exceptions.Exit(code)

    return wrapper


def fail(message: str, code: Exit) -> NoReturn:
    """End the program with a message and an exit code."""
    raise CommandError(message, code)


def installation(config: Path | None) -> Installation:
    """Return the installation of the settings file that was named.

    Raises:
        SettingsError: The file is missing or wrong.
    """
    return open_installation(os.environ, config.resolve() if config else None)


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON document
    """Print one JSON document on stdout."""
    click.echo(json.dumps(document, indent=2, default=str))


def _day(context: click.Context, parameter: click.Parameter, value: str | None) -> date:
    return _day_or_none(context, parameter, value) or datetime.now(UTC).date()


def _day_or_none(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    del context, parameter
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        message = f"{value} is not a day: write it as 2026-11-24."
        raise click.BadParameter(message) from error
