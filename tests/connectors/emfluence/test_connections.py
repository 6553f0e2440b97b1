"""Where connections go, and how long they live: to the configured host alone, kept, and closed in the end."""

import queue
import socket
import time

import pytest

from connectors.emfluence import errors
from connectors.emfluence.exchange import quiet_http, response_to
from connectors.emfluence.protocol import encode
from connectors.emfluence.transport import Deadline, DeadlineTransport
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.scripted import response, serving, success


def test_a_redirect_is_not_followed(clock: Clock) -> None:
    """N14: the token must never reach another host, and a POST must not become a GET."""
    with serving(success()) as other:
        moved = response(status="302 Found", headers=[f"Location: {other.base_url}/helper/ping"])
        with (
            serving(moved) as script,
            client_on(script.base_url, clock) as client,
            pytest.raises(errors.BadStatus) as raised,
        ):
            client.call("helper", "ping")
    assert other.requests == 0
    assert raised.value.facts.status == 302


def test_a_proxy_of_the_environment_is_not_used(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that somebody set for a browser must not send the token elsewhere."""
    with serving(success()) as proxy, serving(success()) as script:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.base_url.removesuffix("/v1"))
        with client_on(script.base_url, clock) as client:
            client.call("helper", "ping")
    assert (proxy.requests, script.requests) == (0, 1)


def test_the_connection_is_kept_for_the_next_call(clock: Clock) -> None:
    """A connection per request would cost a handshake each, and more sockets than the platform allows."""
    peers = []

    def twice(connection: socket.socket) -> None:
        answer = success().replace(b"Connection: close\r\n", b"")
        peers.append(connection.getpeername())
        connection.sendall(answer)
        connection.recv(65536)
        connection.sendall(answer)

    with serving(twice) as script, client_on(script.base_url, clock) as client:
        client.call("helper", "ping")
        client.call("helper", "ping")
    assert len(peers) == 1


def test_closing_the_client_closes_its_connections(clock: Clock) -> None:
    """A connection that is left open counts against the next client on the same host."""
    heard: queue.Queue[bytes] = queue.Queue()

    def answer_and_listen(connection: socket.socket) -> None:
        connection.sendall(success().replace(b"Connection: close\r\n", b""))
        connection.settimeout(2)
        heard.put(connection.recv(1))

    with serving(answer_and_listen) as script:
        with client_on(script.base_url, clock) as client:
            client.call("helper", "ping")
            assert heard.empty()
        assert heard.get(timeout=2) == b""


def test_a_request_is_known_to_have_left_before_its_answer_is_read() -> None:
    """The pace counts from that moment."""
    left: list[str] = []
    with serving(success()) as script, quiet_http(DeadlineTransport(1, script.base_url)) as http:
        call = encode(script.base_url, "helper", "ping", {}, "T")
        deadline = Deadline(time.monotonic() + 5, time.monotonic)
        with response_to(http, call, deadline, lambda: left.append("left")) as response:
            assert left == ["left"]
            response.read()
    assert left == ["left"]
