"""Whom the client trusts: certificates that are signed, for the right name; all else ends the call."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.emfluence import Client, errors
from tests.connectors.emfluence.clocks import TOKEN, Clock, client_on
from tests.connectors.emfluence.scripted import Early, read_a_little_and_reset, serving, success


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
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
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
        serving(Early(read_a_little_and_reset)) as script,
        client_on(script.base_url.replace("http:", "https:"), clock) as client,
        pytest.raises(errors.NoAnswer),
    ):
        client.call("helper", "ping")
    assert script.requests == 6
