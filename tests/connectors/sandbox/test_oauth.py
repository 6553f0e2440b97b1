"""The OAuth flows against the sandbox: application token, authorization page, user token."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.sandbox import Sandbox
from connectors.sandbox.oauth import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from tests.connectors.sandbox.api import Json, call, http, people, read

CREDENTIALS: Json = {"clientID": DEFAULT_CLIENT_ID, "clientSecret": DEFAULT_CLIENT_SECRET}
REDIRECT = "https://app.example/back?from=here"


def decide(sandbox: Sandbox, label: str) -> dict[str, list[str]]:
    """Open the authorization page as a browser does, follow one link, and give what comes back."""
    question = {"clientID": DEFAULT_CLIENT_ID, "redirectURI": REDIRECT, "state": "s&1"}
    page = http("GET", sandbox.authorization_url, params=question)
    match = re.search(rf'<a href="([^"]+)">{label}</a>', page.text)
    assert match is not None
    answer = http("GET", sandbox.authorization_url + unescape(match[1]))
    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    assert (target.scheme, target.netloc, target.path) == ("https", "app.example", "/back")
    return parse_qs(target.query)


def test_an_application_token_opens_everything(sandbox: Sandbox) -> None:
    """The right credentials give a token that acts as the API user."""
    answer = read(http("POST", sandbox.application_token_url, json=CREDENTIALS))
    token = str(answer.data["accessToken"])
    assert call(sandbox, "users/lookup", token=token).data["permissions"] == ["Client Administrator"]


def test_a_user_token_takes_the_browsers_code_once(sandbox: Sandbox) -> None:
    """The code is exchanged for a token that acts as the user; a second exchange is refused."""
    back = decide(sandbox, "Allow")
    assert (back["state"], back["from"]) == (["s&1"], ["here"])
    exchange = {**CREDENTIALS, "code": back["code"][0]}
    first = read(http("POST", sandbox.user_token_url, json=exchange))
    token = str(first.data["accessToken"])
    assert call(sandbox, "contacts/import", token=token, contacts=people(1)).code == 0
    assert call(sandbox, "users/lookup", token=token).data["userID"] == 2
    assert read(http("POST", sandbox.user_token_url, json=exchange)).success == 0


def test_denying_comes_back_as_an_error(sandbox: Sandbox) -> None:
    """No code, an `error`, and the state that was passed."""
    back = decide(sandbox, "Deny")
    assert (back["error"], back["state"]) == (["Authorization was denied."], ["s&1"])
    assert "code" not in back


@pytest.mark.parametrize(
    "question",
    [
        {"redirectURI": REDIRECT},
        {"clientID": "<b>", "redirectURI": REDIRECT},
        {"clientID": DEFAULT_CLIENT_ID},
        {"clientID": DEFAULT_CLIENT_ID, "redirectURI": "http://app.example/back"},
        {"clientID": DEFAULT_CLIENT_ID, "redirectURI": "https://app.example/\r\nX-Evil: 1"},
    ],
)
def test_the_page_refuses_a_wrong_question(sandbox: Sandbox, question: dict[str, str]) -> None:
    """A stranger's client or a target that is not https is told so and sent nowhere."""
    page = http("GET", sandbox.authorization_url, params={**question, "sandboxDecision": "allow"})
    assert page.status_code == 400
    assert "Location" not in page.headers
    assert "<b>" not in page.text


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"not json",
        b'{"clientID": "sandbox-client", "clientSecret": "wrong"}',
        b'{"clientID": "sandbox-client", "clientSecret": ["sandbox-secret"]}',
    ],
)
def test_wrong_credentials_give_no_token(sandbox: Sandbox, body: bytes) -> None:
    """A failed envelope with a sentence, and no token in it."""
    for url in (sandbox.application_token_url, sandbox.user_token_url):
        answer = read(http("POST", url, content=body))
        assert (answer.success, answer.data, len(answer.errors)) == (0, {}, 1)


def test_tokens_are_handed_out_by_post_only(sandbox: Sandbox) -> None:
    """A secret in a URL would be in every log on the way."""
    answer = read(http("GET", sandbox.application_token_url, params=CREDENTIALS))
    assert (answer.code, answer.data) == (2, {})
