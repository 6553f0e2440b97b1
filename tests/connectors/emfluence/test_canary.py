"""A token and an address that must show in no log record and no exception, whatever the platform answers."""

import logging
import traceback
from collections.abc import Iterator

import pytest

from connectors.emfluence import Client, import_contacts
from connectors.emfluence.errors import Failure
from tests.connectors.emfluence.clocks import TOKEN, Clock
from tests.connectors.emfluence.scripted import Early, Step, failure, reset, response, serving, success

ADDRESS = "canary.bird@example.com"
NAME = "Kanarienvogel"
SAYS = f'Token {TOKEN} of {ADDRESS}: the firstName "{NAME}" is bad, {NAME} too; see Bearer {TOKEN.lower()}.'

ANSWERS: dict[str, Step | Early] = {
    "refused": failure(500, SAYS),
    "not authorised": failure(200, SAYS),
    "unknown code": failure(777, SAYS),
    "passing": failure(1, SAYS),
    "limit": failure(5, SAYS),
    "request id": failure(500, "No.", requestID=TOKEN),
    "warning": success({"recordsInserted": 0, "recordsUpdated": 0, "recordsInData": 1}, warnings=[SAYS]),
    "page": response(f"<html>{SAYS}</html>", kind=f"text/{ADDRESS}"),
    "status": response(SAYS, status=f"500 {TOKEN}"),
    "redirect": response(status="302 Found", headers=[f"Location: http://127.0.0.1:9/?accessToken={TOKEN}"]),
    "throttled": response("{}", headers=[f"X-API-RateLimit-Throttled: {SAYS}"]),
    "bad status line": f"HTTP/9.9 {TOKEN} {ADDRESS}\r\n\r\n".encode(),
    "bad header": f"HTTP/1.1 200 OK\r\n{TOKEN} {ADDRESS}\r\n\r\n".encode(),
    "bad length": f"HTTP/1.1 200 OK\r\nContent-Length: {TOKEN}\r\n\r\n".encode(),
    "bad encoding": response(SAYS, headers=["Content-Encoding: gzip"]),
    "reset": reset,
    "reset early": Early(reset),
}


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All log records of all libraries, at the finest level that a user would set."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_neither_token_nor_personal_data_shows(
    answer: Step | Early, clock: Clock, everything: pytest.LogCaptureFixture
) -> None:
    """Logs and tracebacks are copied into tickets; a result's text is printed in notebooks."""
    shown = []
    contact = f'{{"email":"{ADDRESS}","firstName":"{NAME}"}}'
    with (
        serving(answer) as script,
        Client(script.base_url, TOKEN, clock=clock, sleep=clock.sleep, random=lambda: 0.0) as client,
    ):
        try:
            shown.append(repr(import_contacts(client, [contact], [ADDRESS], batch_id="B-7")))
        except Failure as failure:
            shown += [repr(failure), *traceback.format_exception(failure)]
        shown.append(repr(client))
    shown += [f"{record.getMessage()} {record.__dict__}" for record in everything.records]
    for secret in (TOKEN, ADDRESS, NAME):
        assert not [text for text in shown if secret.lower() in text.lower()]


def test_a_failed_attempt_is_logged_with_what_is_needed(clock: Clock, everything: pytest.LogCaptureFixture) -> None:
    """API, "Best Practices": log failed requests with as much as possible; what may quote a row's values is not."""
    answer = success({"recordsInserted": 1, "recordsUpdated": 0, "recordsInData": 1})
    with (
        serving(failure(1, "Oops."), answer) as script,
        Client(script.base_url, TOKEN, clock=clock, sleep=clock.sleep, random=lambda: 0.0) as client,
    ):
        import_contacts(client, ["{}"], ["a@example.com"], batch_id="B-7")
    ours = [record.getMessage() for record in everything.records if record.name.startswith("connectors.emfluence")]
    expected = (
        "POST contacts/import: The platform had an unexpected error. "
        "(HTTP status 200, code 1, requestID R-2) [batch B-7, 0.000 s]"
    )
    assert ours == [expected]


def test_other_libraries_log_no_urls_and_no_headers(clock: Clock, everything: pytest.LogCaptureFixture) -> None:
    """By itself httpx logs every URL at INFO, and httpcore the response's headers at DEBUG."""
    with serving(success()) as script, Client(script.base_url, TOKEN, clock=clock, sleep=clock.sleep) as client:
        client.call("helper", "ping")
    assert [record.name for record in everything.records if record.name.startswith("http")] == []
