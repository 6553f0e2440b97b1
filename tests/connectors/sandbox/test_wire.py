"""Bytes on a plain socket: what HTTP itself asks of the server, and what a broken client cannot do to it."""

import json
import socket
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox import DEFAULT_TOKEN, Fault, FaultPlan, Limits, Sandbox
from tests.connectors.sandbox.api import call, people

PING = "helper/ping"


def connect(sandbox: Sandbox) -> socket.socket:
    """Open a connection that does not wait for ever."""
    return socket.create_connection(("127.0.0.1", sandbox.port), timeout=10)


def request(endpoint: str, body: bytes = b"{}", version: str = "1.1", **headers: str) -> bytes:
    """Write a POST by hand; a header given as an empty text is left out."""
    standard = {
        "Host": "localhost",
        "Authorization": f"Bearer {DEFAULT_TOKEN}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    lines = {**standard, **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"POST /v1/{endpoint} HTTP/{version}\r\n{head}\r\n".encode() + body


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read one answer: status, headers in small letters, body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1) or pytest.fail("the server hung up")
    head, *lines = received.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = b""
    while (missing := int(headers["content-length"]) - len(body)) > 0:
        body += connection.recv(missing) or pytest.fail("the server hung up")
    return int(head.split()[1]), headers, body


def hung_up(connection: socket.socket) -> bool:
    """Tell whether the server has closed the connection."""
    return connection.recv(1) == b""


def code(body: bytes) -> int:
    """Give an envelope's code."""
    return int(json.loads(body)["code"])


def test_an_answer_has_the_headers_that_clients_need(sandbox: Sandbox) -> None:
    """A length, a type, a date, and the sandbox's name."""
    with closing(connect(sandbox)) as connection:
        connection.sendall(request(PING))
        status, headers, body = answer(connection)
    assert (status, code(body)) == (200, 0)
    assert set(headers) == {"server", "date", "content-type", "content-length"}
    assert headers["date"].endswith(" GMT")
    assert headers["server"] == "contact-sync-sandbox"


def test_requests_follow_each_other_on_one_connection(sandbox: Sandbox) -> None:
    """Also when the second is sent before the first is answered."""
    with closing(connect(sandbox)) as connection:
        connection.sendall(request(PING) + request("helper/pong") + request(PING))
        assert [code(answer(connection)[2]) for _ in range(3)] == [0, 101, 0]


def test_a_request_may_come_in_pieces(sandbox: Sandbox) -> None:
    """A slow client is served all the same."""
    body = json.dumps({"contacts": people(2)}).encode()
    with closing(connect(sandbox)) as connection:
        for piece in request("contacts/import", body):
            connection.send(bytes([piece]))
        assert json.loads(answer(connection)[2])["data"]["recordsInserted"] == 2


def test_a_client_may_ask_before_it_sends_its_body(sandbox: Sandbox) -> None:
    """`Expect: 100-continue`, as some clients do with large bodies."""
    head, _, body = request(PING, Expect="100-continue").partition(b"\r\n\r\n")
    with closing(connect(sandbox)) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100 Continue\r\n")
        connection.sendall(body)
        assert code(answer(connection)[2]) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Length": "two"},
        {"Content_Length": "-2"},
        {"Content_Length": "+2"},
        {"Content_Length": "", "Transfer_Encoding": "chunked"},
        {"Content_Length": "2", "Transfer_Encoding": "chunked"},
    ],
)
def test_a_body_of_unknown_length_ends_the_connection(sandbox: Sandbox, headers: dict[str, Any]) -> None:
    """It is answered, and what follows is not taken for another request."""
    with closing(connect(sandbox)) as connection:
        connection.sendall(request(PING, **headers))
        assert code(answer(connection)[2]) == 500
        with suppress(ConnectionResetError):  # what was left unread may make it a reset
            assert hung_up(connection)
    assert len(sandbox.request_log) == 1


def test_no_length_is_no_body(sandbox: Sandbox) -> None:
    """A POST without parameters needs none."""
    with closing(connect(sandbox)) as connection:
        connection.sendall(request(PING, b"", Content_Length=""))
        assert code(answer(connection)[2]) == 0


@pytest.mark.parametrize(
    "line", [b"NONSENSE\r\n\r\n", b"POST /v1/helper/ping HTTP/9.9\r\n\r\n", b"\x16\x03\x01\r\n\r\n"]
)
def test_what_is_no_http_is_refused(sandbox: Sandbox, line: bytes) -> None:
    """A client that speaks TLS, or anything else, is told so; the next client is served."""
    with closing(connect(sandbox)) as connection:
        connection.sendall(line)
        assert b"contact-sync sandbox" in connection.recv(65_536)
    assert call(sandbox, PING).code == 0


def test_an_old_client_is_served_and_hung_up_on(sandbox: Sandbox) -> None:
    """HTTP/1.0 knows no keep-alive."""
    with closing(connect(sandbox)) as connection:
        connection.sendall(request(PING, version="1.0"))
        assert code(answer(connection)[2]) == 0
        assert hung_up(connection)


def test_a_reset_hits_its_own_connection_only(tmp_path: Path) -> None:
    """Others that are open at the same time go on."""
    plan = FaultPlan([Fault(endpoint="contacts/save", drop="after_applying")])
    with Sandbox(tmp_path, limits=None, faults=plan) as sandbox:
        with closing(connect(sandbox)) as good, closing(connect(sandbox)) as bad:
            good.sendall(request(PING))
            answer(good)
            bad.sendall(request("contacts/save", b'{"email": "a@example.com"}'))
            with pytest.raises(ConnectionResetError):
                bad.recv(1)
            good.sendall(request(PING))
            assert code(answer(good)[2]) == 0
        assert len(sandbox.contacts()) == 1


def test_a_truncated_answer_ends_the_connection(tmp_path: Path) -> None:
    """The promised length is whole, the body half, and then there is nothing more to come."""
    plan = FaultPlan([Fault(body="truncated")])
    with Sandbox(tmp_path, limits=None, faults=plan) as sandbox, closing(connect(sandbox)) as connection:
        connection.sendall(request(PING))
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    promised = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    assert len(body) == promised - promised // 2


def test_a_forbidden_connection_may_go_on(tmp_path: Path) -> None:
    """The 403 is an answer that the client can read, body sent or not, and the connection stays usable."""
    with Sandbox(tmp_path, limits=Limits(connections=0)) as sandbox, closing(connect(sandbox)) as connection:
        for body in (b"{}", json.dumps({"contacts": people(1000)}).encode()):
            connection.sendall(request("contacts/import", body))
            status, headers, page = answer(connection)
            assert (status, headers["content-type"]) == (403, "text/html; charset=UTF-8")
            assert b"too many connections" in page
        assert [record.forbidden for record in sandbox.request_log] == [True, True]


def test_pages_are_forbidden_as_well(tmp_path: Path) -> None:
    """The limit is the address's, not the endpoint's."""
    with Sandbox(tmp_path, limits=Limits(connections=0)) as sandbox, closing(connect(sandbox)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer(connection)[0] == 403


def test_clients_that_come_and_go_leave_nothing_behind(sandbox: Sandbox) -> None:
    """Silent ones and half a request: the server does not fail, and applies nothing."""
    for start in (b"", b"POST /v1/he", request("contacts/save", b"{}")[:-1]):
        with closing(connect(sandbox)) as connection:
            connection.sendall(start)
    assert call(sandbox, PING).code == 0
    assert not any(record.applied for record in sandbox.request_log)
