"""What the conformance tests share: a client of a sandbox, and contacts to send."""

import json

from connectors.emfluence import Client
from connectors.sandbox import Sandbox
from tests.connectors.emfluence.clocks import Clock


def client_of(sandbox: Sandbox, clock: Clock) -> Client:
    """Return a client whose waits take no time."""
    return Client(sandbox.base_url, sandbox.token, clock=clock, sleep=clock.sleep, random=lambda: 0.5)


def rows(count: int) -> tuple[list[str], list[str]]:
    """Return contacts and their e-mails."""
    emails = [f"p{number}@example.com" for number in range(count)]
    return [json.dumps({"email": email, "firstName": "Ann"}) for email in emails], emails
