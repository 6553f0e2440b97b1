"""When a request arrived: as the kernel noted it, however late the sandbox came to read it."""

import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox import Sandbox
from connectors.sandbox.arrivals import ArrivalReader, note_arrivals, seconds_waited

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems note no arrivals")
KIND = 35
REQUEST = b"GET /v1/helper/ping HTTP/1.1\r\nHost: x\r\n\r\n"


def note(seconds: int, nanoseconds: int = 0) -> tuple[int, int, bytes]:
    """Return a kernel's note of an arrival."""
    return socket.SOL_SOCKET, KIND, struct.pack("@ll", seconds, nanoseconds)


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection over loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        note_arrivals(listener)
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        with near, far:
            yield near, far


@pytest.mark.parametrize(
    ("notes", "waited"),
    [
        ([note(1000, 750_000_000)], 0.25),
        ([(socket.SOL_SOCKET, 1, b"x"), note(1000, 750_000_000)], 0.25),
        ([], 0.0),
        ([(socket.SOL_SOCKET, KIND, b"short")], 0.0),
        ([note(1002)], 0.0),
        ([note(10)], 1.0),
    ],
    ids=["noted", "among others", "nothing", "another form", "the clock went back", "the clock went on"],
)
def test_a_wait_is_read_from_the_kernel_s_note(notes: list[tuple[int, int, bytes]], waited: float) -> None:
    """A wall clock that was set must not move an arrival by more than a second."""
    assert seconds_waited(notes, 1001.0) == pytest.approx(waited)


@LINUX
def test_bytes_that_waited_are_known_to_have_waited(connection: tuple[socket.socket, socket.socket]) -> None:
    """Read late, they came early all the same."""
    near, far = connection
    reader = ArrivalReader(far)
    near.sendall(b"first")
    threading.Event().wait(0.05)
    assert reader.read(100) == b"first"
    assert 0.045 < reader.waited <= 1.0
    near.shutdown(socket.SHUT_WR)
    assert reader.read(100) == b""


@LINUX
def test_the_sandbox_notes_when_a_request_came_and_not_when_it_got_to_it(tmp_path: Path) -> None:
    """A client that keeps the pace must not be throttled because the sandbox was busy: here it was not even started."""
    sandbox = Sandbox(tmp_path, limits=None)
    with socket.create_connection(("127.0.0.1", sandbox.port)) as client:
        client.sendall(REQUEST)
        sent = time.monotonic()
        threading.Event().wait(0.1)
        with sandbox:
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
            [record] = sandbox.request_log
    assert -0.05 < record.arrived - sent < 0.05
    assert record.seconds > 0.05


def test_a_clock_that_tests_turn_is_not_turned_back(tmp_path: Path) -> None:
    """It knows nothing of real waits, and a second on it must stay a second."""
    sandbox = Sandbox(tmp_path, limits=None, clock=lambda: 100.0)
    with socket.create_connection(("127.0.0.1", sandbox.port)) as client:
        client.sendall(REQUEST)
        threading.Event().wait(0.02)
        with sandbox:
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
            assert [record.arrived for record in sandbox.request_log] == [100.0]
