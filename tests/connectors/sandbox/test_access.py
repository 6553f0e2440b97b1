"""Tokens, permissions and the way in: who may call what, and what the refusal says."""

import io
import sqlite3
from pathlib import Path

import httpx
import pytest

from connectors.sandbox import Sandbox
from connectors.sandbox.database import FILE_NAME
from connectors.sandbox.routes import ROUTES
from tests.connectors.sandbox.api import NO_TLS, call, http, people, post, read

MISSING = "Access to this endpoint requires the permission '{}'"


def test_ping_and_lookup_work_with_the_token(sandbox: Sandbox) -> None:
    """The application's token acts as the API user with every permission."""
    assert call(sandbox, "helper/ping").success == 1
    user = call(sandbox, "users/lookup").data
    assert (user["userID"], user["permissions"]) == (1, ["Client Administrator"])


@pytest.mark.parametrize("header", ["", "sandbox-token", "Basic sandbox-token", "Bearer", "Bearer nonsense"])
def test_without_a_valid_token_nothing_opens(sandbox: Sandbox, header: str) -> None:
    """Missing, unknown or in another scheme: code 200, HTTP status 200."""
    response = http("POST", f"{sandbox.base_url}/helper/ping", json={}, headers={"Authorization": header})
    assert (response.status_code, read(response).code) == (200, 200)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(sandbox: Sandbox, scheme: str) -> None:
    """The platform's page itself writes it in small letters."""
    headers = {"Authorization": f"{scheme} {sandbox.token}"}
    assert read(http("POST", f"{sandbox.base_url}/helper/ping", json={}, headers=headers)).code == 0


def test_a_token_in_the_body_or_url_is_no_token(sandbox: Sandbox) -> None:
    """It leaks into logs and is deprecated: the sandbox does not let a client get used to it."""
    in_body = http("POST", f"{sandbox.base_url}/helper/ping", json={"accessToken": sandbox.token})
    in_url = http("GET", f"{sandbox.base_url}/helper/ping?accessToken={sandbox.token}")
    assert [read(in_body).code, read(in_url).code] == [200, 200]


def test_a_revoked_token_is_refused_from_then_on(sandbox: Sandbox) -> None:
    """Code 200, and other tokens go on working."""
    sandbox.stage.grant("other")
    sandbox.stage.revoke(sandbox.token)
    assert [call(sandbox, "helper/ping").code, call(sandbox, "helper/ping", token="other").code] == [200, 0]


@pytest.mark.parametrize(
    ("endpoint", "permission"),
    [(name, route.permission) for name, route in ROUTES.items() if route.permission is not None],
)
def test_a_missing_permission_is_named(sandbox: Sandbox, endpoint: str, permission: str) -> None:
    """Code 204 in the platform's words; with the permission the call gets past that check."""
    sandbox.stage.grant("some", "Create Groups")
    refused = call(sandbox, endpoint, token="some")
    assert (refused.code, refused.errors) == (204, [MISSING.format(permission)])
    sandbox.stage.grant("some", permission)
    assert call(sandbox, endpoint, token="some").code == 502


def test_permissions_are_the_platforms_own(sandbox: Sandbox) -> None:
    """A misspelt permission would grant nothing and say nothing."""
    with pytest.raises(ValueError, match="there is no permission 'Contacts'"):
        sandbox.stage.grant("some", "Contacts")


@pytest.mark.parametrize(
    ("endpoint", "code"), [("people/import", 100), ("contacts/merge", 101), ("contacts", 101), ("", 100)]
)
def test_an_endpoint_that_is_not_there(sandbox: Sandbox, endpoint: str, code: int) -> None:
    """An unknown resource and an unknown method are told apart."""
    assert call(sandbox, endpoint).code == code


@pytest.mark.parametrize("endpoint", sorted(set(ROUTES) - {"contacts/save"}))
def test_a_parameter_that_is_not_there_is_refused(sandbox: Sandbox, endpoint: str) -> None:
    """Code 501 names it and what there is: a misspelt filter would otherwise match everything."""
    answer = call(sandbox, endpoint, shoeSize=42)
    assert (answer.code, answer.errors[0].split(";")[0]) == (501, 'There is no parameter "shoeSize" here')


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "PATCH"])
def test_what_modifies_must_be_a_post(sandbox: Sandbox, verb: str) -> None:
    """GET works on lookups and searches only; any other method is code 2 everywhere."""
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    for endpoint, route in ROUTES.items():
        answer = read(http(verb, f"{sandbox.base_url}/{endpoint}", headers=headers))
        assert (answer.code == 2) is (verb != "GET" or route.modifies)
    assert not any(record.applied for record in sandbox.request_log)


BAD_BODIES: dict[str, bytes] = {
    "no JSON": b"email=a@example.com",
    "cut off": b'{"contacts": [',
    "a list": b"[]",
    "bad UTF-8": b'{"email": "\xff"}',
    "NaN": b'{"contacts": NaN}',
    "deep nesting": b'{"contacts":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a very long number": b'{"contacts":' + b"9" * 5000 + b"}",
    "a lone surrogate": b'{"contacts": [{"email": "a@example.com", "city": "\\ud800"}]}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_is_no_json_object_is_code_500(sandbox: Sandbox, body: bytes) -> None:
    """Whatever arrives is answered with an envelope, and the connection lives on."""
    headers = {"Authorization": f"Bearer {sandbox.token}", "Content-Type": "application/json"}
    with httpx.Client(verify=NO_TLS, headers=headers, base_url=sandbox.base_url) as client:
        assert read(client.post("/contacts/import", content=body)).code == 500
        assert read(client.post("/helper/ping", content=b"")).code == 0


def test_a_body_needs_its_content_type_and_its_length(sandbox: Sandbox) -> None:
    """API: Content-Type application/json and a valid Content-Length."""
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    url = f"{sandbox.base_url}/helper/ping"
    as_form = http("POST", url, content=b"{}", headers={**headers, "Content-Type": "text/plain"})
    with_charset = http(
        "POST", url, content=b"{}", headers={**headers, "Content-Type": "application/json; charset=utf-8"}
    )
    chunked = http("POST", url, content=iter([b"{}"]), headers={**headers, "Content-Type": "application/json"})
    assert [read(response).code for response in (as_form, with_charset, chunked)] == [500, 0, 500]


def test_every_answer_says_that_it_is_a_sandbox(sandbox: Sandbox) -> None:
    """On success and on failure, in the envelope and in the headers; each with an ID of its own."""
    good, bad = post(sandbox, "helper/ping", {}), post(sandbox, "helper/pong", {})
    for response in (good, bad):
        assert response.headers["Server"] == "contact-sync-sandbox"
        assert response.headers["Content-Type"] == "application/json; charset=UTF-8"
        assert response.json()["extrainfo"].startswith("contact-sync sandbox")
    assert good.json()["requestID"] != bad.json()["requestID"]
    assert (bad.json()["success"], bad.json()["data"]) == (0, {})
    assert set(good.json()) == {"success", "code", "data", "requestID", "extrainfo"}


def test_an_unexpected_failure_is_code_1(tmp_path: Path) -> None:
    """Whatever breaks inside becomes the platform's code 1, and what the log says of it holds nobody's data."""
    stream = io.StringIO()
    with Sandbox(tmp_path, limits=None, stream=stream) as sandbox:
        with sqlite3.connect(tmp_path / FILE_NAME) as other:
            other.execute("drop table sent_mails")
        other.close()
        answer = call(sandbox, "contacts/import", contacts=people(1), groupIDs=[9])
        assert (answer.success, answer.code) == (0, 1)
        assert sandbox.request_log[0].applied is False
        assert sandbox.contacts() == []
    assert "unexpected OperationalError" in stream.getvalue()
    assert "person0" not in stream.getvalue()
