"""`contact-sync auth`: the two ways to an access token. The token is printed once, or written into a `.env` file."""

import secrets
from pathlib import Path

import click

from connectors.emfluence.auth import application_token, authorization_url, code_from, user_token
from connectors.storage.env_file import set_variable
from pipelines.cli.options import config_option, explained, installation, json_option, print_json
from pipelines.installation import Installation
from pipelines.settings_file import SettingsError


@click.group(name="auth")
def command() -> None:
    """Get an access token, and print it once, for your secret store; or write it into a .env file."""


env_file_option = click.option(
    "--env-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the token into this file, readable by you alone, instead of printing it.",
)


@command.command(name="app")
@env_file_option
@json_option
@config_option
@explained
def app(*, env_file: Path | None, as_json: bool, config: Path | None) -> None:
    """Get a token for the application itself, which acts as an administrator of the account."""
    opened = installation(config)
    token = application_token(_address(opened, "application_token_url"), *_credentials(opened))
    _hand_over(opened, token, env_file, as_json=as_json)


@command.command(name="user")
@env_file_option
@json_option
@config_option
@explained
def user(*, env_file: Path | None, as_json: bool, config: Path | None) -> None:
    """Get a token for a user, who agrees in a browser.

    Prints an address to open, and asks for the address that the browser is sent to afterwards.
    """
    opened = installation(config)
    client_id, client_secret = _credentials(opened)
    state = secrets.token_urlsafe(24)
    page = authorization_url(_address(opened, "authorization_url"), client_id, _address(opened, "redirect_uri"), state)
    click.echo(f"Open this address in a browser, and agree:\n  {page}", err=True)
    redirected_to = click.prompt("Then paste the address that the browser was sent to", err=True)
    token = user_token(_address(opened, "user_token_url"), client_id, client_secret, code_from(redirected_to, state))
    _hand_over(opened, token, env_file, as_json=as_json)


def _credentials(opened: Installation) -> tuple[str, str]:
    oauth = opened.settings.destination.oauth
    return oauth.client_id.read(opened.environ), oauth.client_secret.read(opened.environ)


def _address(opened: Installation, name: str) -> str:
    address: str | None = getattr(opened.settings.destination.oauth, name)
    if address is None:
        message = f"destination.oauth.{name} is not set. The platform publishes it nowhere; ask its support for it."
        raise SettingsError(message)
    return address


def _hand_over(opened: Installation, token: str, env_file: Path | None, *, as_json: bool) -> None:
    variable = opened.settings.destination.access_token.env
    if env_file is not None:
        set_variable(env_file, variable, token)
    if as_json:
        print_json(
            {"variable": variable, "env_file": str(env_file)} if env_file else {"variable": variable, "token": token}
        )
    elif env_file is not None:
        click.echo(f"Wrote {variable} into {env_file}, which only you may read.")
    else:
        click.echo(f"Put this into your secret store as {variable}; it is not shown again:", err=True)
        click.echo(token)
