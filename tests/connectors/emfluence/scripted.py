"""A real HTTP server on loopback that plays a script: one step per request, the last one again and again."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

Step = bytes | Callable[[socket.socket], None]
"""What one request gets: raw bytes, or whatever a function does to the socket after reading the request."""


@dataclass(frozen=True)
class Early:
    """A step that is played as soon as a connection comes, before a request is read."""

    play: Callable[[socket.socket], None]


@dataclass
class Script:
    """The server's address, its steps, and what it received.

    Attributes:
        base_url: Where it listens.
        steps: What is played, in order.
        received: Each request's head and body as they came.
    """

    base_url: str
    steps: Sequence[Step | Early]
    received: list[tuple[bytes, bytes]] = field(default_factory=list)
    played: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def requests(self) -> int:
        """How many steps were played: one per connection, read or not."""
        return self.played

    def next_step(self) -> Step | Early:
        """Count a connection, and return what it gets."""
        with self.lock:
            self.played += 1
            return self.steps[min(self.played, len(self.steps)) - 1]


def response(
    body: bytes | str | object = b"",
    status: str = "200 OK",
    headers: Sequence[str] = (),
    kind: str = "application/json",
) -> bytes:
    """Write a whole response; anything but text and bytes is written as JSON."""
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(raw)}",
        "Connection: close",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + raw


def success(data: object = None, **more: object) -> bytes:
    """Write the answer of a call that succeeded."""
    return response({"success": 1, "code": 0, "data": data or {}, "requestID": "R-1", **more})


def failure(code: object, *messages: str, headers: Sequence[str] = (), **more: object) -> bytes:
    """Write the answer of a call that failed."""
    envelope = {"success": 0, "code": code, "errors": list(messages or ["No."]), "data": {}, "requestID": "R-2"}
    return response({**envelope, **more}, headers=headers)


def reset(connection: socket.socket) -> None:
    """Close with a reset instead of a good-bye."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_a_little_and_reset(connection: socket.socket) -> None:
    """Hang up in the middle of the request."""
    connection.recv(10)
    reset(connection)


def hold(connection: socket.socket) -> None:
    """Say nothing until the other side hangs up."""
    connection.recv(1)


def drip(raw: bytes, seconds: float) -> Callable[[socket.socket], None]:
    """Return a step that sends byte by byte, with pauses."""

    def play(connection: socket.socket) -> None:
        pause = threading.Event()
        for position in range(len(raw)):
            connection.sendall(raw[position : position + 1])
            pause.wait(seconds)

    return play


@contextmanager
def serving(*steps: Step | Early) -> Iterator[Script]:
    """Listen on a free port of loopback until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        script = Script(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", steps)
        thread = threading.Thread(target=_accept, args=(listener, script), daemon=True)
        thread.start()
        yield script
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _accept(listener: socket.socket, script: Script) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_play, args=(connection, script), daemon=True).start()


def _play(connection: socket.socket, script: Script) -> None:
    with connection:
        step = script.next_step()
        try:
            if isinstance(step, Early):
                step.play(connection)
                return
            script.received.append(_read(connection))
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                step(connection)
        except OSError:
            return  # the client hung up, which is what some steps are for


def _read(connection: socket.socket) -> tuple[bytes, bytes]:
    raw = b""
    while b"\r\n\r\n" not in raw:
        part = connection.recv(65536)
        if not part:
            break
        raw += part
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)
    return head, body
