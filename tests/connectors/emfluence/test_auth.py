"""The two ways to a token, and that neither shows a secret."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.emfluence import errors
from connectors.emfluence.auth import application_token, authorization_url, code_from, user_token
from tests.connectors.emfluence.scripted import failure, hold, response, serving

SECRET = "CANARY-SECRET"
CODE = "CANARY-CODE"


@pytest.mark.parametrize(
    "answer",
    [
        {"accessToken": "T-1"},
        {"access_token": "T-1", "token_type": "bearer"},
        {"success": 1, "code": 0, "data": {"accessToken": "T-1"}},
    ],
)
def test_the_application_s_token_is_found(answer: object) -> None:
    """POST with id and secret as JSON; where the answer holds the token is not published."""
    with serving(response(answer)) as script:
        assert application_token(script.base_url, "C-1", SECRET) == "T-1"
    head, body = script.received[0]
    assert head.startswith(b"POST /v1 ")
    assert b"content-type: application/json" in head.lower()
    assert json.loads(body) == {"clientID": "C-1", "clientSecret": SECRET}


def test_the_code_is_exchanged_for_the_user_s_token() -> None:
    """The code goes along with id and secret."""
    with serving(response({"accessToken": "T-2"})) as script:
        assert user_token(script.base_url, "C-1", SECRET, CODE) == "T-2"
    assert json.loads(script.received[0][1]) == {"clientID": "C-1", "clientSecret": SECRET, "code": CODE}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (failure(203, f"Invalid clientID or clientSecret {SECRET}"), "Invalid clientID or clientSecret [secret]"),
        (response({"error": f"Invalid code {CODE}"}, status="400 Bad"), "Invalid code [secret]"),
        (response({"errors": ["Invalid JSON provided"]}), "Invalid JSON provided"),
        (response({"accessToken": "", "message": "Request not over https"}), "Request not over https"),
        (response({"accessToken": "T", "message": "Gone"}, status="401 No"), "Gone"),
    ],
)
def test_a_refusal_is_told_in_the_platform_s_words_and_asked_once(step: bytes, said: str) -> None:
    """A code is good for one exchange; and no secret may show."""
    with serving(step) as script, pytest.raises(errors.Reauthorise) as raised:
        user_token(script.base_url, "C-1", SECRET, CODE)
    assert raised.value.facts.messages == (said,)
    assert "CANARY" not in str(raised.value)
    assert script.requests == 1


@pytest.mark.parametrize("step", [response("<html>"), response(b""), response([1])])
def test_an_answer_that_cannot_be_read_is_unknown(step: bytes) -> None:
    """A page of a proxy is no refusal."""
    with serving(step) as script, pytest.raises(errors.UnknownAnswer):
        application_token(script.base_url, "C-1", SECRET)


def test_a_token_that_is_none_is_refused() -> None:
    """It would break every call after."""
    with serving(response({"accessToken": "two words"})) as script, pytest.raises(errors.WrongSettings):
        application_token(script.base_url, "C-1", SECRET)


def test_no_answer_is_no_refusal() -> None:
    """The connection is closed without a word."""
    with serving(b"") as script, pytest.raises(errors.NoAnswer):
        application_token(script.base_url, "C-1", SECRET)


def test_a_secret_goes_over_https_only() -> None:
    """The token endpoint is a setting, and may be mistyped."""
    with pytest.raises(errors.WrongSettings):
        application_token("http://api.example.com/token", "C-1", SECRET)


def test_the_authorization_url_carries_the_state() -> None:
    """API: further parameters are handed back to the redirect URI; that is what the state lives on."""
    url = authorization_url("https://api.example.com/authorize", "C 1", "https://app.example.com/back?x=1", "S-1")
    assert url.startswith("https://api.example.com/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "clientID": ["C 1"],
        "redirectURI": ["https://app.example.com/back?x=1"],
        "state": ["S-1"],
    }


@pytest.mark.parametrize(
    ("authorize_url", "redirect_uri", "state"),
    [
        ("http://api.example.com/a", "https://app.example.com", "S"),
        ("https://api.example.com/a", "http://app.example.com", "S"),
        ("https://api.example.com/a", "app.example.com", "S"),
        ("https://api.example.com/a", "https://app.example.com", ""),
    ],
)
def test_what_makes_the_flow_unsafe_is_refused(authorize_url: str, redirect_uri: str, state: str) -> None:
    """API: "redirectURI … must be https"; without a state, anybody could plant a code."""
    with pytest.raises(errors.WrongSettings):
        authorization_url(authorize_url, "C-1", redirect_uri, state)


def test_the_code_is_taken_from_the_browser_s_return() -> None:
    """With the state that was sent along."""
    assert code_from(f"https://app.example.com/back?state=S-1&code={CODE}", "S-1") == CODE


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (f"code={CODE}", "another request"),
        (f"state=S-2&code={CODE}", "another request"),
        (f"state=&code={CODE}", "another request"),
        ("state=S-1&error=Authorization+was+denied+by+ann@example.com", "Authorization was denied"),
        (f"state=S-1&error={CODE}&code={CODE}", "declined"),
        ("state=\ud800", "another request"),
        ("state=S-1", "no code"),
        ("state=S-1&code=", "no code"),
        ("", "another request"),
    ],
)
def test_a_return_that_is_not_ours_or_not_a_yes_is_refused(query: str, sentence: str) -> None:
    """A code of somebody else's would tie us to their account."""
    with pytest.raises(errors.Reauthorise, match=sentence) as raised:
        code_from(f"https://app.example.com/back?{query}", "S-1")
    assert CODE not in str(raised.value)
    assert "ann@example.com" not in str(raised.value)


def test_a_return_that_is_no_url_is_refused() -> None:
    """A person pasted it, perhaps only half."""
    with pytest.raises(errors.Reauthorise, match="no URL"):
        code_from("https://[app.example.com/back?state=S-1", "S-1")


def test_silence_meets_a_deadline() -> None:
    """A person waits in front of the screen."""
    with serving(hold) as script, pytest.raises(errors.NoAnswer):
        application_token(script.base_url, "C-1", SECRET, deadline=0.1)
