"""A tiny platform on loopback that counts imports by a rule, to try the splitting against every kind of answer."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Rule = Callable[[list[str]], dict[str, Any]]
"""Makes the answer's envelope from the e-mails of one request."""


@dataclass
class Platform:
    """Where it listens, and the e-mails of each request it got."""

    base_url: str
    requests: list[list[str]] = field(default_factory=list)


def counted(emails: list[str], refused: set[str], warnings: list[str] | None = None) -> dict[str, Any]:
    """Return an answer that counts what is not refused as updated."""
    applied = sum(email not in refused for email in emails)
    data = {"recordsInserted": 0, "recordsUpdated": applied, "recordsInData": len(emails)}
    return {"success": 1, "code": 0, "data": data, "warnings": warnings or [], "requestID": f"R{len(emails)}"}


@contextmanager
def platform(rule: Rule) -> Iterator[Platform]:
    """Answer imports by a rule until the block ends; `status` in an envelope becomes the HTTP status."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet: two would wait for each other (Nagle, delayed acknowledgements).
        wbufsize = -1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            emails = [contact["email"] for contact in body["contacts"]]
            state.requests.append(emails)
            envelope = rule(emails)
            raw = json.dumps(envelope).encode()
            self.send_response(envelope.get("status", 200))
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Platform(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
