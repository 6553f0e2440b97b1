"""A web server on this machine that answers as it is told to, for the tests of files that are fetched."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What the server answers to one path.

    Attributes:
        body: The content.
        status: The status.
        headers: More headers, or others.
        cut: After how many bytes of the body it hangs up, if it does.
        heads: Whether it knows HEAD.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    heads: bool = True


@dataclass
class Web:
    """A running server.

    Attributes:
        url: Where it answers.
        answers: What it answers, by path; a list is worked off, its last answer stays.
        asked: The requests that came: method, path and the header Authorization.
    """

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)

    def next_answer(self, method: str, path: str) -> Answer:
        """Return what is to be answered now."""
        answers = self.answers.get(path.partition("?")[0], [Answer(status=404)])
        answer = answers[0]
        if method == "HEAD" and not answer.heads:
            return Answer(status=405)
        if method == "GET" and len(answers) > 1:
            answers.pop(0)
        return answer


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve until the block is left, encrypted where a context is given."""
    web = Web("")

    class Handler(BaseHTTPRequestHandler):
        """Answers from `web`."""

        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            """Answer with the body."""
            self._answer(body=True)

        def do_HEAD(self) -> None:
            """Answer without it."""
            self._answer(body=False)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

        def _answer(self, *, body: bool) -> None:
            web.asked.append((self.command, self.path, self.headers.get("Authorization")))
            answer = web.next_answer(self.command, self.path)
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if body:
                self.wfile.write(answer.body[: answer.cut])
            if answer.cut is not None:
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        """Takes clients that hang up for granted."""

        def handle_error(self, *_: object) -> None:
            """Keep quiet."""

    with Server(("127.0.0.1", 0), Handler) as server:
        web.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
