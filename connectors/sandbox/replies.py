"""What goes back over HTTP for one request, and how a rehearsed fault changes it. No socket here."""

import http.client
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from connectors.sandbox.answers import Download, Success, encode, failure_envelope, success_envelope
from connectors.sandbox.faults import Fault
from connectors.sandbox.limits import THROTTLE_HEADER

JSON_TYPE: Final = "application/json; charset=UTF-8"
HTML_TYPE: Final = "text/html; charset=UTF-8"


@dataclass
class Reply:
    """An HTTP answer before it is written.

    Attributes:
        status: The HTTP status.
        body: What is sent.
        content_type: The media type.
        headers: Further headers, by name.
        missing_bytes: How many bytes of the promised length are never sent.
        drip: Seconds between the bytes of the body.
        drop: Reset the connection instead of answering.
    """

    status: int = HTTPStatus.OK
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    missing_bytes: int = 0
    drip: float = 0.0
    drop: bool = False


def envelope_reply(envelope: dict[str, object]) -> Reply:
    """Send an envelope; HTTP status 200 whatever it says (API: HTTP Status Codes)."""
    return Reply(body=encode(envelope))


def page_reply(html: str, status: int = HTTPStatus.OK) -> Reply:
    """Send a page for people."""
    return Reply(status, html.encode(), HTML_TYPE)


def applied_reply(answer: Success | Download, fault: Fault) -> Reply:
    """Send the true answer of a call, with the keys that a fault lays over it."""
    if isinstance(answer, Download):
        return Reply(body=answer.content, content_type="application/zip")
    return envelope_reply(_merged(success_envelope(answer), fault.merge))


def faulty_reply(reply: Reply, fault: Fault) -> Reply:
    """Change a reply as a fault says; the reply of a fault without effects stays as it is."""
    if fault.drop is not None:
        return Reply(drop=True)
    if fault.code is not None:
        reply = envelope_reply(_merged(failure_envelope(fault.code, fault.message), fault.merge))
    if fault.raw is not None:
        reply.body = fault.raw.encode() if isinstance(fault.raw, str) else fault.raw
    if fault.status is not None:
        reply = _status_reply(fault.status, reply if fault.raw is not None or fault.code is not None else None)
    _damage(reply, fault)
    reply.headers |= fault.headers
    if fault.throttled is not None:
        reply.headers[THROTTLE_HEADER] = fault.throttled
    reply.drip = fault.drip
    return reply


def _status_reply(status: int, given: Reply | None) -> Reply:
    if given is not None:
        given.status = status
        return given
    phrase = http.client.responses.get(status, "Unknown")
    return page_reply(f"<html><body><h1>{status} {phrase}</h1><p>contact-sync sandbox</p></body></html>", status)


def _damage(reply: Reply, fault: Fault) -> None:
    if fault.body == "malformed":
        reply.body = reply.body[:-1] + b",,"
    elif fault.body == "truncated":
        reply.missing_bytes = max(1, len(reply.body) // 2)
    elif fault.body == "wrong_type":
        reply.body = b"[" + reply.body + b"]"
    elif fault.body == "empty":
        reply.body = b""


def _merged(envelope: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    merged = dict(envelope)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged
