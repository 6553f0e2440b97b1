"""Gets access tokens: the application's own, or a user's after they agreed in their browser. API: "OAuth 2.0".

The platform publishes the three URLs to its customers only, so they are parameters without a default.
"""

import hmac
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from connectors.emfluence.address import checked_secret, checked_url
from connectors.emfluence.assumptions import TOKEN_NAMES
from connectors.emfluence.envelope import Unreadable, read_object, sentences
from connectors.emfluence.errors import Facts, Reauthorise, UnknownAnswer, WrongSettings
from connectors.emfluence.exchange import ANSWER_BYTES, quiet_http, read_bounded, response_to
from connectors.emfluence.masking import masked
from connectors.emfluence.protocol import Call, encoded
from connectors.emfluence.transport import Deadline, DeadlineTransport

DEADLINE_SECONDS: Final = 30.0


def application_token(
    token_url: str,
    client_id: str,
    client_secret: str,
    *,
    deadline: float = DEADLINE_SECONDS,
    transport: httpx.BaseTransport | None = None,
) -> str:
    """Return an access token for the application itself.

    Args:
        token_url: The application access token endpoint.
        client_id: From the platform.
        client_secret: From the platform.
        deadline: Seconds that it may take in all.
        transport: The network; None for the real one.

    Raises:
        Reauthorise: The platform refuses, in its own words.
        Failure: Any other of `errors`. It is asked once: the person who waits for it may ask again.
    """
    return _token(token_url, {"clientID": client_id, "clientSecret": client_secret}, deadline, transport)


def authorization_url(authorize_url: str, client_id: str, redirect_uri: str, state: str) -> str:
    """Return the URL to open in the user's browser.

    Args:
        authorize_url: The authorization URL.
        client_id: From the platform.
        redirect_uri: Where the browser goes afterwards; the platform demands https.
        state: A random text that must come back, so that nobody can plant a code of their own.

    Raises:
        WrongSettings: A URL is no https URL, or the state is empty.
    """
    if not redirect_uri.lower().startswith("https://"):
        raise WrongSettings("The redirect URI must start with https://.")
    checked_secret(state, "The state")
    query = urlencode({"clientID": client_id, "redirectURI": redirect_uri, "state": state})
    return f"{checked_url(authorize_url, 'The authorization URL')}?{query}"


def code_from(redirected_to: str, state: str) -> str:
    """Return the code that the browser brought back.

    Args:
        redirected_to: The whole URL that the browser was sent to.
        state: The state that was sent along.

    Raises:
        Reauthorise: The user declined, the state is not ours, or no code came.
    """
    try:
        query = {name: values[-1] for name, values in parse_qs(urlsplit(redirected_to).query).items()}
    except ValueError:
        raise Reauthorise("What the browser was sent to is no URL; start again.") from None
    if not hmac.compare_digest(query.get("state", "").encode("utf-8", "replace"), state.encode("utf-8", "replace")):
        raise Reauthorise("The answer belongs to another request for authorization; start again.")
    if "error" in query:
        raise Reauthorise(
            "The authorization was declined.", Facts(messages=(masked(query["error"], (query.get("code", ""),)),))
        )
    if not query.get("code"):
        raise Reauthorise("The browser brought back no code; start again.")
    return query["code"]


def user_token(  # noqa: PLR0913 - what the platform asks for, and how to reach it
    token_url: str,
    client_id: str,
    client_secret: str,
    code: str,
    *,
    deadline: float = DEADLINE_SECONDS,
    transport: httpx.BaseTransport | None = None,
) -> str:
    """Exchange the code for the user's access token; do it soon, and start again if it fails.

    Args:
        token_url: The user access token endpoint.
        client_id: From the platform.
        client_secret: From the platform.
        code: From `code_from`.
        deadline: Seconds that it may take in all.
        transport: The network; None for the real one.

    Raises:
        Reauthorise: The platform refuses, in its own words.
        Failure: Any other of `errors`. It is asked once: a code is good for one exchange.
    """
    return _token(token_url, {"clientID": client_id, "clientSecret": client_secret, "code": code}, deadline, transport)


def _token(token_url: str, parameters: Mapping[str, str], seconds: float, transport: httpx.BaseTransport | None) -> str:
    url = checked_url(token_url, "The token URL")
    secrets = (parameters["clientSecret"], parameters.get("code", ""))
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "gzip"}
    call = Call("POST", url, "access token", headers, encoded(parameters, "access token"), secrets)
    deadline = Deadline(time.monotonic() + seconds, time.monotonic)
    with quiet_http(transport or DeadlineTransport(1, url)) as http, response_to(http, call, deadline) as response:
        body = b"".join(read_bounded(response, ANSWER_BYTES, deadline))
        return _token_in(call, response.status_code, body)


def _token_in(call: Call, status: int, body: bytes) -> str:
    # The status is not looked at first: it is not published which one a refusal comes with.
    try:
        answer = read_object(body)
    except Unreadable as unreadable:
        raise UnknownAnswer(str(unreadable), Facts(call.endpoint, status)) from None
    data = answer.get("data")
    places: list[Mapping[str, Any]] = [answer, data if isinstance(data, dict) else {}]
    found = [place[name] for place in places for name in TOKEN_NAMES if isinstance(place.get(name), str)]
    if status != httpx.codes.OK or not any(found):
        raise _refusal(call, status, answer)
    return checked_secret(next(filter(None, found)), "The token that came")


def _refusal(call: Call, status: int, answer: Mapping[str, Any]) -> Reauthorise:
    said = [text for name in ("errors", "error", "message") for text in sentences(answer.get(name))]
    messages = tuple(masked(text, call.secrets, call.body) for text in said)
    return Reauthorise("The platform gave no access token.", Facts(call.endpoint, status, messages=messages))
