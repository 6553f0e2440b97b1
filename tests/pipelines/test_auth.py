"""`contact-sync auth`: tokens for the application and for a user, against the sandbox's OAuth endpoints."""

import json
import os
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from connectors.emfluence.account import ping, user
from connectors.emfluence.client import Client
from connectors.sandbox.sandbox import Sandbox
from pipelines.cli.main import contact_sync
from tests.pipelines.conftest import Site


@pytest.fixture(autouse=True)
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def oauth(people: Site, sandbox: Sandbox) -> Site:
    """A site that knows the sandbox's OAuth endpoints and credentials."""
    people.settings["destination"]["oauth"] = {
        "application_token_url": sandbox.application_token_url,
        "authorization_url": sandbox.authorization_url,
        "user_token_url": sandbox.user_token_url,
        "redirect_uri": "https://example.com/back",
    }
    people.environ |= {"EMFLUENCE_CLIENT_ID": "sandbox-client", "EMFLUENCE_CLIENT_SECRET": "sandbox-secret"}
    people.open()
    return people


def run(site: Site, *arguments: str) -> Result:
    """Run `auth`."""
    return CliRunner().invoke(contact_sync, ["auth", *arguments, "--config", str(site.config)], env=site.environ)


def test_application_token_is_printed_once_and_works(oauth: Site, sandbox: Sandbox) -> None:
    """What is on stdout is the token alone, ready for a secret store, and the platform takes it."""
    result = run(oauth, "app")
    assert result.exit_code == 0, result.output
    token = result.stdout.strip()
    assert "EMFLUENCE_ACCESS_TOKEN" in result.stderr
    with Client(sandbox.base_url, token) as client:
        ping(client)
    assert json.loads(run(oauth, "app", "--json").stdout)["variable"] == "EMFLUENCE_ACCESS_TOKEN"


def test_token_in_an_env_file_is_not_printed_and_is_used(oauth: Site) -> None:
    """A token written beside the settings file is found there by the next command."""
    env_file = oauth.folder / ".env"
    result = run(oauth, "app", "--env-file", str(env_file))
    token = env_file.read_text().strip().removeprefix("EMFLUENCE_ACCESS_TOKEN=")
    assert token
    assert token not in result.output
    del oauth.environ["EMFLUENCE_ACCESS_TOKEN"]
    checked = CliRunner().invoke(contact_sync, ["check", "--config", str(oauth.config)], env=oauth.environ)
    assert checked.exit_code == 0, checked.output


def test_user_token_comes_by_way_of_the_browser(oauth: Site, sandbox: Sandbox) -> None:
    """A user opens the address, agrees, pastes where the browser was sent to, and has a token of their own."""
    command = [sys.executable, "-m", "pipelines.cli.main", "auth", "user", "--config", str(oauth.config)]
    with subprocess.Popen(
        command,
        env={**os.environ, **oauth.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stderr.readline()
        page = process.stderr.readline().strip()
        allowed = re.search(r'href="([^"]*sandboxDecision=allow[^"]*)"', httpx.get(page).text)
        assert allowed is not None
        link = urllib.parse.urljoin(page, allowed[1].replace("&amp;", "&"))
        sent_to = httpx.get(link, follow_redirects=False).headers["Location"]
        out, said = process.communicate(f"{sent_to}\n", timeout=60)
    assert process.returncode == 0, said
    with Client(sandbox.base_url, out.strip().splitlines()[-1]) as client:
        assert "Contacts (Import)" in user(client).permissions


def test_refusal_is_said_in_the_platforms_words(oauth: Site) -> None:
    """A wrong secret is one message, and the secret is not in it."""
    oauth.environ["EMFLUENCE_CLIENT_SECRET"] = "canary-secret"
    result = run(oauth, "app")
    assert result.exit_code == 1
    assert "gave no access token" in result.stderr
    assert "canary-secret" not in result.output


def test_answer_of_another_request_is_refused(oauth: Site) -> None:
    """A code that somebody else planted is not exchanged."""
    result = CliRunner().invoke(
        contact_sync,
        ["auth", "user", "--config", str(oauth.config)],
        env=oauth.environ,
        input="https://example.com/back?code=x&state=foreign\n",
    )
    assert result.exit_code == 1
    assert "start again" in result.stderr


def test_what_is_not_set_is_named(oauth: Site) -> None:
    """The addresses are published nowhere; whoever lacks one is told whom to ask."""
    del oauth.settings["destination"]["oauth"]["application_token_url"]
    oauth.open()
    result = run(oauth, "app")
    assert (result.exit_code, "ask its support" in result.stderr) == (2, True)
    del oauth.environ["EMFLUENCE_CLIENT_ID"]
    assert "EMFLUENCE_CLIENT_ID" in run(oauth, "user").stderr
