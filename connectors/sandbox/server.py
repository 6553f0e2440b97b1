"""The sandbox's HTTP server: sockets, headers, bytes, and the connections it must be able to break."""

import io
import socket
import socketserver
import struct
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast

from connectors.sandbox.arrivals import ArrivalReader, note_arrivals
from connectors.sandbox.limits import Gate
from connectors.sandbox.replies import HTML_TYPE, Reply
from connectors.sandbox.request_body import BodyLengthError, read_body
from connectors.sandbox.service import Arrival, Service, answer

HOST: Final = "127.0.0.1"
SERVER_NAME: Final = "contact-sync-sandbox"

_CHUNK: Final = 65_536
_JOIN_SECONDS: Final = 5.0
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER on with zero seconds: closing then sends RST and not FIN."""


class SandboxServer(ThreadingHTTPServer):
    """Listens on loopback with one thread per connection, and can end them all.

    Attributes:
        service: What answers; to be set before the first request is taken.
        gate: Counts what is in flight.
    """

    daemon_threads = True
    request_queue_size = 128
    service: Service
    gate: Gate

    def __init__(self, port: int) -> None:
        """Listen on a port, 0 for any free one; `OSError` where it is taken."""
        self._stopping = threading.Event()
        self._connections: dict[socket.socket, threading.Thread | None] = {}
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server what this host is called."""
        socketserver.TCPServer.server_bind(self)
        note_arrivals(self.socket)
        self.server_name, self.server_port = HOST, self.socket.getsockname()[1]

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Take a connection, known to `end_connections` from here on."""
        self._connections[cast("socket.socket", request)] = None
        super().process_request(request, client_address)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serve one connection to its end."""
        connection = cast("socket.socket", request)
        self._connections[connection] = threading.current_thread()
        try:
            super().process_request_thread(request, client_address)
        finally:
            del self._connections[connection]

    def run(self) -> None:
        """Take connections until `stop`."""
        while not self._stopping.is_set():
            self.handle_request()

    def stop(self) -> None:
        """Take no more connections."""
        self._stopping.set()
        with suppress(OSError):
            # `run` waits for a connection: give it one, so that it need not wake up all the time to look.
            socket.create_connection((HOST, self.server_port), _JOIN_SECONDS).close()

    def end_connections(self) -> None:
        """Hang up on every client and wait for the threads that served them."""
        for connection, thread in list(self._connections.items()):
            with suppress(OSError):  # closed already, and its thread about to end
                connection.shutdown(socket.SHUT_RDWR)
            if thread is not None:
                thread.join(_JOIN_SECONDS)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = _CHUNK
    error_message_format = "<h1>%(code)d</h1><p>contact-sync sandbox: %(message)s</p>"
    error_content_type = HTML_TYPE
    server: SandboxServer
    incoming: ArrivalReader
    arrived: float

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.incoming = ArrivalReader(self.connection)
        self.rfile = io.BufferedReader(self.incoming)

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client went away; there is nobody left to tell
            super().handle()

    def parse_request(self) -> bool:
        clock = self.server.service.clock
        # A clock that tests turn knows nothing of real waits.
        self.arrived = clock() - (self.incoming.waited if clock is time.monotonic else 0.0)
        return super().parse_request()

    def do_POST(self) -> None:
        self._exchange()

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the names that http.server calls

    def handle_expect_100(self) -> bool:
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def version_string(self) -> str:
        return SERVER_NAME

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parameter's name in http.server
        """Stay silent: http.server would log whole URLs, and those hold addresses."""

    def _exchange(self) -> None:
        gate = self.server.gate
        path, _, query = self.path.partition("?")
        headers = self.headers
        arrival = Arrival(
            self.command,
            path,
            query,
            headers.get("Authorization", ""),
            headers.get("Content-Type", ""),
            self.arrived,
            self._read_body,
        )
        admission = gate.enter(self.arrived)
        try:
            reply = answer(self.server.service, arrival, admission)
            last = b"" if reply.drop else self._write_all_but_last(reply)
        finally:
            # Before the last byte: a client that has its answer may at once send the next request.
            gate.leave()
        if reply.drop:
            self._reset()
        else:
            self.wfile.write(last)
            self.wfile.flush()

    def _read_body(self) -> bytes:
        try:
            return read_body(self.headers, self.rfile, self.server.service.behaviour.max_body_bytes)
        except BodyLengthError:
            self.close_connection = True  # where the next request would start is unknown
            raise

    def _write_all_but_last(self, reply: Reply) -> bytes:
        headers = {
            "Server": SERVER_NAME,
            "Date": self.date_time_string(),
            "Content-Type": reply.content_type,
            "Content-Length": str(len(reply.body)),
        }
        for name, value in reply.headers.items():
            headers[name.title() if name.title() in headers else name] = value
        if "Transfer-Encoding" in reply.headers:
            del headers["Content-Length"]
        if reply.missing_bytes or "Transfer-Encoding" in reply.headers or "Content-Length" in reply.headers:
            self.close_connection = True  # the body's end is not where its headers say
        self.send_response_only(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        return self._write_body(reply)

    def _write_body(self, reply: Reply) -> bytes:
        body = reply.body[: len(reply.body) - reply.missing_bytes]
        if reply.drip <= 0:
            self.wfile.write(body[:-1])
            return body[-1:]
        for start in range(len(body) - 1):
            self.wfile.write(body[start : start + 1])
            self.wfile.flush()
            self.server.service.sleep(reply.drip)
        return body[-1:]

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.connection.close()
        self.close_connection = True
