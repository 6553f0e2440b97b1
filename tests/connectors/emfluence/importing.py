"""What the tests of imports share: addresses, one import into a platform with a rule, and a look at its verdicts."""

import json

from connectors.emfluence import Fate, ImportResult, import_contacts
from connectors.emfluence.imports import MOST_REQUESTS
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.platform import Rule, platform


def emails(count: int) -> list[str]:
    """Return that many addresses."""
    return [f"p{number}@example.com" for number in range(count)]


def imported(rule: Rule, keys: list[str], most_requests: int = MOST_REQUESTS) -> tuple[ImportResult, list[list[str]]]:
    """Import contacts into a platform with a rule; return the result, and the e-mails of each request."""
    clock = Clock()
    with platform(rule) as state, client_on(state.base_url, clock, requests_per_second=1000) as client:
        contacts = [json.dumps({"email": email}) for email in keys]
        return import_contacts(client, contacts, keys, most_requests=most_requests), state.requests


def with_fate(result: ImportResult, fate: Fate) -> list[int]:
    """Return the positions of the rows with that fate."""
    return [position for position, verdict in enumerate(result.verdicts) if verdict.fate is fate]
