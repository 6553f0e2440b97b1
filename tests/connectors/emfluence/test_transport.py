"""Faults of the network: each ends within the deadline, is named, and is sent again byte for byte."""

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connectors.emfluence import Client, errors
from connectors.emfluence.exchange import ANSWER_BYTES
from connectors.emfluence.transport import Deadline
from tests.connectors.emfluence.clocks import TOKEN, Clock, client_on
from tests.connectors.emfluence.scripted import Early, Step, drip, hold, reset, response, serving, success

GZIPPED = ["Content-Encoding: gzip"]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"

FAULTS: dict[str, Step | Early] = {
    "N05 reset on accept": Early(reset),
    "N06 reset while the body is sent": Early(lambda connection: (connection.recv(10), reset(connection))[-1]),
    "N07 no answer in time": hold,
    "N09 reset after the request": reset,
    "N10 a body that drips": drip(success(), 0.02),
    "N10 a head that drips": drip(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 1000, 0.02),
    "N11 no response at all": b"",
    "N12 a body cut short": success()[:-10],
    "N13 a malformed chunk": CHUNKED + b"ZZ\r\nnonsense\r\n",
    "a chunk cut short": CHUNKED + b"ff\r\n{",
    "no HTTP": b"220 mail.example.com ESMTP\r\n",
    "a head cut short": b"HTTP/1.1 200 OK\r\nContent-Le",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
}
UNKNOWN: dict[str, bytes] = {
    "N15 bad gzip": response(b"\x1f\x8b\x08 nonsense", headers=GZIPPED),
    "N15 gzip cut short": response(gzip.compress(b"{" * 10_000)[:-20], headers=GZIPPED),
    "N15 a gzip bomb": response(gzip.compress(b" " * (ANSWER_BYTES + 1)), headers=GZIPPED),
    "E04 a page": response("<html>Bad gateway</html>", kind="text/html"),
    "E04 an empty body": response(b""),
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


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN)
def test_a_response_that_cannot_be_read_is_unknown(body: bytes, clock: Clock) -> None:
    """Something came, but it says neither yes nor no."""
    with (
        serving(body) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.UnknownAnswer),
    ):
        client.call("helper", "ping")
    assert script.requests == 6


def test_a_gzip_bomb_does_not_fill_the_memory(clock: Clock) -> None:
    """From 200 kB come 200 MB: reading stops at the cap."""
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=1)
    with serving(response(bomb, headers=GZIPPED), success()) as script, client_on(script.base_url, clock) as client:
        tracemalloc.start()
        try:
            client.call("helper", "ping")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert script.requests == 2
    assert peak < 120_000_000


def test_a_compressed_answer_is_read(clock: Clock) -> None:
    """The client says that it takes gzip."""
    body = gzip.compress(b'{"success":1,"code":0,"data":{"n":1}}')
    with serving(response(body, headers=GZIPPED)) as script, client_on(script.base_url, clock) as client:
        assert client.call("helper", "ping").data == {"n": 1}
    assert b"accept-encoding: gzip\r\n" in script.received[0][0].lower() + b"\r\n"


def test_a_server_that_reads_slowly_meets_the_deadline(clock: Clock) -> None:
    """A write, too, must end: the buffers of the system take only so much."""
    step = Early(lambda connection: (connection.recv(1), hold_open(connection))[-1])
    with (
        serving(step) as script,
        client_on(script.base_url, clock, deadline=0.2, clock=time.monotonic) as client,
        pytest.raises(errors.NoAnswer, match="in time"),
    ):
        client.send("contacts", "import", b"x" * 20_000_000)


def hold_open(connection: socket.socket) -> None:
    """Keep the connection without reading from it, until the other side is gone or two seconds are over."""
    connection.settimeout(2)
    threading.Event().wait(0.5)


def test_a_closed_port_is_no_answer(clock: Clock) -> None:
    """N02: refused, six times."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with client_on(f"http://127.0.0.1:{port}/v1", clock) as client:
        with pytest.raises(errors.NoAnswer, match="ConnectError"):
            client.call("helper", "ping")
        assert client.report().requests == 6


def test_a_name_that_does_not_resolve_is_no_answer(clock: Clock) -> None:
    """N01: `.invalid` is reserved for names that never resolve (RFC 2606)."""
    with client_on("https://nowhere.invalid/v1", clock) as client, pytest.raises(errors.NoAnswer):
        client.call("helper", "ping")


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody has signed, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "both.pem"), "-out", str(folder / "certificate.pem")]
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)  # noqa: S603 - a fixed command
    with (folder / "both.pem").open("a") as both:
        both.write((folder / "certificate.pem").read_text())
    return folder / "both.pem"


@pytest.fixture
def tls_port(certificate: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A TLS server with that certificate: its port, and what it could read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    read: list[bytes] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    read.append(secure.recv(65536))
                    secure.sendall(success())
            except OSError:
                read.append(b"")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1], read
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_certificate_that_nobody_signed_ends_the_call(tls_port: tuple[int, list[bytes]], clock: Clock) -> None:
    """N04: it is a wrong setting or an attack; the token is not sent, and nothing is tried again."""
    port, read = tls_port
    with client_on(f"https://localhost:{port}/v1", clock) as client:
        with pytest.raises(errors.WrongSettings, match="certificate"):
            client.call("helper", "ping")
        assert client.report().requests == 1
    assert not any(TOKEN.encode() in part for part in read)


def test_a_company_s_own_authority_is_trusted_where_it_is_named(
    tls_port: tuple[int, list[bytes]], certificate: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`SSL_CERT_FILE` is how OpenSSL's users name it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with client_on(f"https://localhost:{tls_port[0]}/v1", clock) as client:
        assert client.call("helper", "ping").request_id == "R-1"


def test_a_certificate_for_another_name_ends_the_call(
    tls_port: tuple[int, list[bytes]], certificate: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed by somebody we trust, but for somebody else."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with (
        client_on(f"https://127.0.0.1:{tls_port[0]}/v1", clock) as client,
        pytest.raises(errors.WrongSettings, match="certificate"),
    ):
        client.call("helper", "ping")


def test_a_server_without_tls_ends_the_call(clock: Clock) -> None:
    """With https in the settings and http at the server, no amount of retrying mends it."""
    with (
        serving(Early(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"))) as script,
        Client(script.base_url.replace("http:", "https:"), TOKEN, sleep=clock.sleep) as client,
        pytest.raises(errors.WrongSettings, match="TLS"),
    ):
        client.call("helper", "ping")
    assert script.requests == 1


def test_a_handshake_that_is_cut_off_is_sent_again(clock: Clock) -> None:
    """A reset in the middle of it is the network's fault, not the certificate's."""
    with (
        serving(Early(lambda connection: (connection.recv(1), reset(connection))[-1])) as script,
        client_on(script.base_url.replace("http:", "https:"), clock) as client,
        pytest.raises(errors.NoAnswer),
    ):
        client.call("helper", "ping")
    assert script.requests == 6
