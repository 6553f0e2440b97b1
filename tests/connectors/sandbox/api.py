"""How these tests talk to a sandbox: plain HTTP with httpx, none of our own client."""

import ssl
from dataclasses import dataclass
from typing import Any, cast

import httpx

from connectors.sandbox import DEFAULT_TOKEN, Sandbox

Json = dict[str, object]

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loopback is plain HTTP: loading the host's certificates for every request would take most of the tests' time."""


@dataclass(frozen=True)
class Envelope:
    """An answer's envelope with the types that a success or a failure has."""

    success: object
    code: int
    data: Json
    errors: list[str]
    warnings: list[str]


def http(verb: str, url: str, **details: Any) -> httpx.Response:
    """Send one HTTP request on a connection of its own."""
    return httpx.request(verb, url, verify=NO_TLS, timeout=10, **details)


def post(sandbox: Sandbox, endpoint: str, body: object, token: str = DEFAULT_TOKEN) -> httpx.Response:
    """Send one POST with a JSON body on a connection of its own."""
    headers = {"Authorization": f"Bearer {token}"}
    return http("POST", f"{sandbox.base_url}/{endpoint}", json=body, headers=headers)


def call(sandbox: Sandbox, endpoint: str, /, token: str = DEFAULT_TOKEN, **parameters: Any) -> Envelope:
    """Send one call and read its envelope."""
    response = post(sandbox, endpoint, parameters, token)
    assert response.status_code == 200
    return read(response)


def read(response: httpx.Response) -> Envelope:
    """Read an envelope."""
    answer = response.json()
    return Envelope(
        answer["success"], answer["code"], answer["data"], answer.get("errors", []), answer.get("warnings", [])
    )


def people(count: int, start: int = 0) -> list[Json]:
    """Make contacts with distinct addresses."""
    return [{"email": f"person{n}@example.com", "firstName": f"First{n}"} for n in range(start, start + count)]


def records(envelope: Envelope) -> list[Json]:
    """Give the records of a page."""
    return cast("list[Json]", envelope.data["records"])


def paging(envelope: Envelope) -> Json:
    """Give the paging struct of a page."""
    return cast("Json", envelope.data["paging"])


def contact(sandbox: Sandbox, email: str) -> Json:
    """Look one contact up."""
    answer = call(sandbox, "contacts/lookup", email=email)
    assert answer.success == 1
    return answer.data
