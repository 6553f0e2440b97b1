"""The OAuth 2.0 flows: application token, authorization page, user token. Where they live is assumed: see `PATHS`."""

import secrets
import sqlite3
import threading
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.sandbox.access import ADMINISTRATOR, API_USER, grant
from connectors.sandbox.answers import ApiError, Code, Success, failure_envelope, success_envelope
from connectors.sandbox.front_page import html_page
from connectors.sandbox.parameters import Parameters
from connectors.sandbox.replies import Reply, envelope_reply, page_reply

DEFAULT_CLIENT_ID: Final = "sandbox-client"
DEFAULT_CLIENT_SECRET: Final = "sandbox-secret"  # noqa: S105 - documented, opens nothing but this sandbox
AUTHORIZE_PATH: Final = "/oauth/authorize"
APPLICATION_TOKEN_PATH: Final = "/oauth/application-token"  # noqa: S105 - a path
USER_TOKEN_PATH: Final = "/oauth/user-token"  # noqa: S105 - a path
PATHS: Final = (AUTHORIZE_PATH, APPLICATION_TOKEN_PATH, USER_TOKEN_PATH)
"""The platform's own are blanked in what it publishes."""

SANDBOX_USER: Final = 2
"""The user that authorizes on the sandbox's page."""

_DECISION: Final = "sandboxDecision"
_USER_PERMISSIONS: Final = ("Contacts (Add)", "Contacts (Edit)", "Contacts (Import)", "Contacts (Export)")


class RequestTokens:
    """The codes handed out on the authorization page, each good for one exchange; safe to share between threads."""

    def __init__(self) -> None:
        """Start without any."""
        self._lock = threading.Lock()
        self._codes: set[str] = set()

    def issue(self) -> str:
        """Make a code."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes.add(code)
        return code

    def redeem(self, code: str) -> None:
        """Use a code up; `ApiError` 501 where it was never issued or is used up."""
        with self._lock:
            if code not in self._codes:
                raise ApiError(Code.BAD_VALUE, "The code is invalid or was used already.")
            self._codes.discard(code)


def authorization_reply(query: str, codes: RequestTokens) -> Reply:
    """Show the page that asks to allow or deny, or send the browser back with a `code` or an `error`.

    Parameters beside the flow's own are handed back to `redirectURI` (API: User Access Tokens, Step 1).
    """
    passed = dict(parse_qsl(query, keep_blank_values=True))
    decision = passed.pop(_DECISION, None)
    problem = _authorization_problem(passed)
    if problem is not None:
        return page_reply(html_page(f"<h1>Sandbox</h1><p>{escape(problem)}</p>"), 400)
    if decision is None:
        return page_reply(_question(passed))
    back = {name: value for name, value in passed.items() if name not in ("clientID", "redirectURI")}
    answer = {"code": codes.issue()} if decision == "allow" else {"error": "Authorization was denied."}
    target = passed["redirectURI"]
    joint = "&" if urlsplit(target).query else "?"
    reply = page_reply(html_page("<h1>Sandbox</h1><p>Going back to the application.</p>"), 302)
    reply.headers["Location"] = f"{target}{joint}{urlencode({**back, **answer})}"
    return reply


def _authorization_problem(passed: Mapping[str, str]) -> str | None:
    if passed.get("clientID") != DEFAULT_CLIENT_ID:
        return f"The clientID is not known here; the sandbox's own is {DEFAULT_CLIENT_ID}."
    target = passed.get("redirectURI", "")
    if not target.startswith("https://") or not _fits_a_header(target):
        return "The redirectURI must be an https address."
    return None


def _fits_a_header(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _question(passed: Mapping[str, str]) -> str:
    links = " ".join(
        f'<a href="?{escape(urlencode({**passed, _DECISION: decision}))}">{label}</a>'
        for decision, label in (("allow", "Allow"), ("deny", "Deny"))
    )
    return html_page(f"<h1>Sandbox</h1><p>May the application act for you in this sandbox?</p><p>{links}</p>")


def token_reply(db: sqlite3.Connection, path: str, verb: str, parameters: Parameters, codes: RequestTokens) -> Reply:
    """Hand out an access token for the right credentials, or say what was wrong with them."""
    try:
        _check_credentials(verb, parameters)
        if path == USER_TOKEN_PATH:
            codes.redeem(parameters.text("code") or "")
    except ApiError as error:
        return envelope_reply(failure_envelope(error.code, str(error)))
    token = secrets.token_urlsafe(24)
    if path == USER_TOKEN_PATH:
        grant(db, token, SANDBOX_USER, _USER_PERMISSIONS)
    else:
        grant(db, token, API_USER, (ADMINISTRATOR,))
    return envelope_reply(success_envelope(Success({"accessToken": token})))


def _check_credentials(verb: str, parameters: Parameters) -> None:
    if verb != "POST":
        raise ApiError(Code.WRONG_HTTP_METHOD, "Invalid HTTP request method: use POST.")
    given = (parameters.text("clientID"), parameters.text("clientSecret"))
    if given != (DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET):
        raise ApiError(Code.BAD_APPLICATION, "The clientID or the clientSecret is invalid.")
