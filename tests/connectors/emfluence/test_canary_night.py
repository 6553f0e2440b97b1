"""A canary token and canary people through a night of faults: they show in no log, no line of the sandbox, no error."""

import io
import json
import logging
import traceback
from pathlib import Path

import pytest

from connectors.emfluence import Client, Failure, Fate, ImportResult, import_contacts
from connectors.sandbox import Fault, FaultPlan, Sandbox
from tests.connectors.emfluence.clocks import Clock

TOKEN = "CANARY-TOKEN-5E1F"
REVOKED = "CANARY-REVOKED-77A0"
PEOPLE = [f"canary.bird{number}@example.com" for number in range(40)]
NAME = "Kanarienvogel"
SAYS = f'Row 1 ("{PEOPLE[0]}"): {NAME} is bad; token {TOKEN}'

FAULTS = [
    Fault(calls=(1,), drop="after_applying"),
    Fault(calls=(3,), code=1, message=SAYS, apply=True),
    Fault(calls=(5,), raw=f"<html>{SAYS}</html>"),
    Fault(calls=(7,), status=502, headers={"X-Said": SAYS}),
    Fault(calls=(9,), throttled=SAYS),
    Fault(calls=(10,), merge={"warnings": [SAYS], "extrainfo": SAYS, "requestID": TOKEN}),
    Fault(calls=(11,), merge={"errors": [f"Row 1: {NAME}, {TOKEN}"]}),
    Fault(calls=(12,), code=501, message=SAYS),
    Fault(calls=(20,), code=777, message=SAYS),
    Fault(calls=(21,), revoke_token=True),
]


def night(client: Client) -> tuple[list[ImportResult], list[Failure]]:
    """Send everybody in batches of two; a failure does not end it, so that every fault has its turn."""
    results, failures = [], []
    for start in range(0, len(PEOPLE), 2):
        keys = PEOPLE[start : start + 2]
        contacts = [json.dumps({"email": email, "firstName": NAME, "notes": SAYS}) for email in keys]
        try:
            results.append(import_contacts(client, contacts, keys, batch_id=f"B-{start}"))
        except Failure as failure:
            failures.append(failure)
    return results, failures


def test_a_night_of_faults_tells_nobody_who_is_in_it(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Logs, results, tracebacks, the sandbox's lines and its record of requests are what gets copied into tickets."""
    stream = io.StringIO()
    with (
        caplog.at_level(logging.DEBUG),
        Sandbox(tmp_path, token=TOKEN, faults=FaultPlan(FAULTS), stream=stream, limits=None) as sandbox,
        Client(sandbox.base_url, TOKEN, clock=clock, sleep=clock.sleep, random=lambda: 0.0) as client,
    ):
        results, failures = night(client)
        shown = [repr(sandbox.request_log), repr(sandbox.faults.faults[0].summary()), repr(client)]
    assert {fault.summary() for fault in FAULTS} <= {line.partition("fault: ")[2][:-1] for line in _lines(stream)}
    assert {verdict.fate for result in results for verdict in result.verdicts} >= {Fate.APPLIED, Fate.UNKNOWN}
    assert failures
    shown += [stream.getvalue(), repr(results), repr(client.report())]
    shown += [text for failure in failures for text in (repr(failure), *traceback.format_exception(failure))]
    shown += [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    for secret in (TOKEN, "canary.bird", NAME):
        assert [text for text in shown if secret.lower() in text.lower()] == []


def _lines(stream: io.StringIO) -> list[str]:
    return stream.getvalue().splitlines()


def test_a_token_that_the_sandbox_refuses_is_kept_nowhere(tmp_path: Path, clock: Clock) -> None:
    """Somebody will point a sync with the real token at the sandbox: it must not end up in a file of ours."""
    with (
        Sandbox(tmp_path, limits=None) as sandbox,
        Client(sandbox.base_url, REVOKED, clock=clock, sleep=clock.sleep) as client,
        pytest.raises(Failure, match="access token"),
    ):
        client.call("contacts", "save", email=PEOPLE[0], notes=NAME)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for secret in (REVOKED, PEOPLE[0], NAME):
        assert [path.name for path in files if secret.encode() in path.read_bytes()] == []
