"""Faults of the network: each ends within the deadline, is named, and is sent again byte for byte."""

import socket
import threading
import time

import httpx
import pytest

from connectors.emfluence import errors
from connectors.emfluence.transport import Deadline, DeadlineTransport, within
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.scripted import (
    Early,
    Step,
    drip,
    hold,
    read_a_little_and_reset,
    reset,
    response,
    serving,
    success,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"


def hold_unread(connection: socket.socket) -> None:
    """Keep the connection, and leave what comes unread, for longer than the client waits."""
    connection.recv(1)
    threading.Event().wait(0.5)


def drip_body(connection: socket.socket) -> None:
    """Send the head at once and the body, in chunks, for longer than the client waits."""
    connection.sendall(CHUNKED)
    drip(b"1\r\n \r\n" * 99, 0.01)(connection)


FAULTS: dict[str, Step | Early] = {
    "N05 reset on accept": Early(reset),
    "N06 reset while the body is sent": Early(read_a_little_and_reset),
    "N07 no answer in time": hold,
    "N09 reset after the request": reset,
    "N10 a body that drips": drip(success(), 0.02),
    "N10 a head that drips": drip(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 1000, 0.02),
    "N11 no response at all": b"",
    "N12 a body cut short": success()[:-10],
    "N13 a malformed chunk": CHUNKED + b"ZZ\r\nnonsense\r\n",
    "a chunk cut short": CHUNKED + b"ff\r\n{",
    "a redirect to nowhere": response(status="302 Found", headers=["Location: http://[canary"]),
    "no HTTP": b"220 mail.example.com ESMTP\r\n",
    "a head cut short": b"HTTP/1.1 200 OK\r\nContent-Le",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_network_is_sent_again_byte_for_byte(fault: Step | Early, clock: Clock) -> None:
    """It is not known whether the platform did it, so the second attempt must look like the first."""
    with (
        serving(fault, success({"n": 1})) as script,
        client_on(script.base_url, clock, deadline=0.4, clock=time.monotonic, sleep=clock.sleep) as client,
    ):
        assert client.call("contacts", "save", email="a@example.com", notes="x" * 100_000).data == {"n": 1}
        assert client.report().retries == 1
    assert script.requests == 2
    assert len(set(script.received)) == 1


@pytest.mark.parametrize("fault", [hold, drip(success(), 0.02), b"HTTP/1.1 200"], ids=["silence", "drip", "head"])
def test_a_fault_that_stays_is_no_answer(fault: Step, clock: Clock) -> None:
    """After the last attempt the caller learns that nothing is known."""
    with (
        serving(fault) as script,
        client_on(script.base_url, clock, deadline=0.1, clock=time.monotonic) as client,
        pytest.raises(errors.NoAnswer) as raised,
    ):
        client.call("helper", "ping")
    assert script.requests == 6
    assert raised.value.facts.status is None


def test_a_server_that_reads_slowly_meets_the_deadline(clock: Clock) -> None:
    """A write, too, must end: the buffers of the system take only so much."""
    with (
        serving(Early(hold_unread)) as script,
        client_on(script.base_url, clock, deadline=0.2, clock=time.monotonic) as client,
        pytest.raises(errors.NoAnswer, match="in time"),
    ):
        client.send("contacts", "import", b"x" * 20_000_000)


def test_a_closed_port_is_no_answer(clock: Clock) -> None:
    """N02: refused, six times."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with client_on(f"http://127.0.0.1:{port}/v1", clock) as client:
        with pytest.raises(errors.NoAnswer, match="ConnectError"):
            client.call("helper", "ping")
        assert client.report().requests == 6


def test_a_server_that_takes_no_connection_is_no_answer(clock: Clock) -> None:
    """N03: its queue is full, so that connecting hangs."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as listener,
        socket.create_connection(listener.getsockname()),
        client_on(
            f"http://127.0.0.1:{listener.getsockname()[1]}/v1", clock, deadline=0.1, clock=time.monotonic
        ) as client,
        pytest.raises(errors.NoAnswer, match="in time"),
    ):
        client.call("helper", "ping")


def test_a_name_that_does_not_resolve_is_no_answer(clock: Clock) -> None:
    """N01: `.invalid` is reserved for names that never resolve (RFC 2606)."""
    with client_on("https://nowhere.invalid/v1", clock) as client, pytest.raises(errors.NoAnswer):
        client.call("helper", "ping")


def test_another_transport_is_held_to_the_deadline_too(clock: Clock) -> None:
    """Who needs a proxy brings httpx's own transport; a body that drips must still end."""
    with (
        serving(
            lambda connection: (connection.sendall(CHUNKED), drip(b"1\r\n \r\n" * 99, 0.01)(connection))[-1]
        ) as script,
        client_on(
            script.base_url, clock, deadline=0.1, clock=time.monotonic, transport=httpx.HTTPTransport(trust_env=False)
        ) as client,
        pytest.raises(errors.NoAnswer, match="in time"),
    ):
        client.call("helper", "ping")


def test_a_deadline_that_has_passed_leaves_nothing() -> None:
    """The time left shrinks, and is never less than nothing."""
    assert Deadline(10.0, lambda: 4.0).left() == 6.0
    assert Deadline(10.0, lambda: 4.0).left(2.0) == 2.0
    with pytest.raises(TimeoutError):
        Deadline(10.0, lambda: 10.0).left()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1:9/"])
def test_nothing_is_begun_after_the_deadline(url: str) -> None:
    """Whoever waited for its turn too long does not even connect."""
    request = httpx.Request("POST", url)
    with (
        DeadlineTransport(1, url) as transport,
        within(Deadline(0.0, lambda: 1.0)),
        pytest.raises(httpx.ConnectTimeout),
    ):
        transport.handle_request(request)
