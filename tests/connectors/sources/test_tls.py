"""Encrypted connections: to a server that takes no others, and by whose certificate it is known."""

import os
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from connectors.sources.errors import SourceMissing, SourceSettingsWrong
from connectors.sources.mysql_tls import tls
from connectors.sources.reading import Request
from connectors.sources.registry import open_source
from tests.connectors.sources.maria import MariaServer
from tests.connectors.sources.opening import DAY, Held, read, settings
from tests.connectors.sources.tls_server import NoServerProgramError, TlsServer, tls_maria, tls_server

QUERY = "select 'a@b.c' as email, ssl::text as encrypted from pg_stat_ssl where pid = pg_backend_pid()"


@contextmanager
def installed(programs: str) -> Iterator[None]:
    """Say which package is missing, where one is."""
    try:
        yield
    except NoServerProgramError as error:
        missing = f"The program {error} is not installed. Install the package `{programs}`."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.fixture(scope="module")
def encrypted() -> Iterator[TlsServer]:
    """A PostgreSQL server that refuses every connection in clear."""
    with installed("postgresql"), tls_server() as server:
        yield server


@pytest.fixture(scope="module")
def encrypted_maria() -> Iterator[TlsServer]:
    """A MariaDB server that refuses every connection in clear; it does not outlive the last of its tests."""
    with installed("mariadb-server"), tls_maria() as server:
        yield server


def shop(server: TlsServer, options: str, host: str = "localhost") -> Held:
    """Read from the server, by a URL of these options; their paths are relative to the authority's folder."""
    url = f"postgresql://ann@{host}:{server.port}/postgres{options}"
    return read(server.authority.parent, {"SHOP": url}, kind="database", url={"env": "SHOP"}, query=QUERY)


@pytest.mark.parametrize("options", ["", "?sslmode=require", "?sslmode=verify-full&sslrootcert=authority.pem"])
def test_an_encrypted_connection_is_made(encrypted: TlsServer, options: str) -> None:
    """The server is read, and its certificate is checked where the URL says so."""
    assert shop(encrypted, options).cells == [("a@b.c", "true")]


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ("?sslmode=disable", "localhost"),
        ("?sslmode=verify-full&sslrootcert=another.pem", "localhost"),
        ("?sslmode=verify-full&sslrootcert=nowhere.pem", "localhost"),
        ("?sslmode=verify-full&sslrootcert=authority.pem", "127.0.0.1"),
    ],
)
def test_a_connection_that_is_not_safe_is_refused_with_a_sentence(
    encrypted: TlsServer, options: str, host: str
) -> None:
    """A connection in clear, another's certificate, and a name that the certificate is not for."""
    with pytest.raises(SourceMissing, match="no encrypted connection that both the server and the url's sslmode"):
        shop(encrypted, options, host)


def test_a_wrong_password_is_a_sentence(encrypted: TlsServer) -> None:
    """A refused login is told apart from a missing server, and the password stays out of the message."""
    url = f"postgresql://locked:hunter2@localhost:{encrypted.port}/postgres"
    with pytest.raises(SourceMissing, match="refuses the user or the password") as caught:
        read(Path(), {"SHOP": url}, kind="database", url={"env": "SHOP"}, query=QUERY)
    assert "hunter2" not in str(caught.value)


def test_a_server_that_dies_halfway_is_a_sentence() -> None:
    """Its rows so far are worth nothing, and the reading ends at once."""
    with installed("postgresql"), tls_server() as server:
        url = f"postgresql://ann@localhost:{server.port}/postgres"
        query = "select n::text as email, repeat('x', 1000) as x from generate_series(1, 1000000) as n"
        given = settings(kind="database", url=url, query=query)
        with open_source(given, Request(DAY, Path(), {}, Path())) as reading:
            next(reading.batches)
            os.kill(server.process, signal.SIGQUIT)
            with pytest.raises(SourceMissing, match="the server stopped answering"):
                list(reading.batches)


def maria_shop(server: TlsServer, options: str, host: str, password: str) -> Held:
    """Read from the server, by a URL of these options; their paths are relative to the authority's folder."""
    url = f"mariadb://ann:{password}@{host}:{server.port}/mysql{options}"
    query = "select 'a@b.c' as email, variable_value <> '' as encrypted from information_schema.session_status"
    query += " where variable_name = 'Ssl_cipher'"
    return read(server.authority.parent, {"SHOP": url}, kind="database", url={"env": "SHOP"}, query=query)


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ("", "localhost"),
        ("?ssl-mode=REQUIRED", "localhost"),
        ("?ssl-mode=VERIFY_CA&ssl-ca=authority.pem", "127.0.0.1"),
        ("?ssl-mode=VERIFY_IDENTITY&ssl-ca=authority.pem", "localhost"),
    ],
)
def test_an_encrypted_connection_to_mariadb_is_made(encrypted_maria: TlsServer, options: str, host: str) -> None:
    """The server is read, and its certificate is checked as far as the URL says so."""
    assert maria_shop(encrypted_maria, options, host, "hunter2").cells == [("a@b.c", 1)]


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ("?ssl-mode=VERIFY_IDENTITY&ssl-ca=another.pem", "localhost"),
        ("?ssl-mode=VERIFY_CA", "localhost"),
        ("?ssl-ca=authority.pem", "127.0.0.1"),
    ],
)
def test_a_connection_to_mariadb_that_is_not_safe_is_refused(
    encrypted_maria: TlsServer, options: str, host: str
) -> None:
    """Another's certificate, one that no authority of this machine knows, and a name that it is not for."""
    with pytest.raises(SourceMissing, match="no encrypted connection that the url's ssl-mode") as caught:
        maria_shop(encrypted_maria, options, host, "hunter2")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("options", "password"), [("", "wrong"), ("?ssl-mode=DISABLED", "hunter2")])
def test_a_login_that_mariadb_refuses_is_a_sentence(encrypted_maria: TlsServer, options: str, password: str) -> None:
    """A wrong password, and a right one in clear."""
    with pytest.raises(SourceMissing, match=r"refuses the user or the password|no encrypted connection"):
        maria_shop(encrypted_maria, options, "localhost", password)


def test_a_mariadb_server_that_dies_halfway_is_a_sentence(encrypted_maria: TlsServer) -> None:
    """The last test of this server: its rows so far are worth nothing, and the reading ends at once."""
    environ = {"SHOP": f"mariadb://ann:hunter2@localhost:{encrypted_maria.port}/mysql"}
    query = "select seq as email, repeat('x', 1000) as x from seq_1_to_1000000"
    given = settings(kind="database", url={"env": "SHOP"}, query=query)
    with open_source(given, Request(DAY, Path(), environ, Path())) as reading:
        next(reading.batches)
        os.kill(encrypted_maria.process, signal.SIGKILL)
        with pytest.raises(SourceMissing, match="the server stopped answering"):
            list(reading.batches)


def test_a_mysql_server_without_tls_is_not_read_where_it_is_required(maria: MariaServer) -> None:
    """The driver does not go on in clear where the URL asks for more."""
    if maria.ask("select @@have_ssl") == (("YES",),):
        pytest.skip("this server takes encrypted connections")
    for mode in ("REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"):
        with pytest.raises(SourceMissing, match="no encrypted connection that the url's ssl-mode"):
            read(Path(), {"SHOP": f"{maria.url}?ssl-mode={mode}"}, kind="database", url={"env": "SHOP"}, table="people")


@pytest.mark.parametrize(
    ("options", "checks_host", "checks_certificate"),
    [
        ("ssl-mode=REQUIRED", False, False),
        ("ssl-mode=verify_ca&ssl-ca=authority.pem", False, True),
        ("ssl-mode=VERIFY_IDENTITY", True, True),
        ("ssl-ca=authority.pem", True, True),
    ],
)
def test_what_a_mysql_url_asks_for_is_checked(
    tmp_path: Path,
    options: str,
    *,
    checks_host: bool,
    checks_certificate: bool,
) -> None:
    """With an authority in the URL, the whole check is what is meant."""
    trustme.CA().cert_pem.write_to_path(tmp_path / "authority.pem")
    context = tls(options, tmp_path)["ssl"]
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname is checks_host
    assert (context.verify_mode is ssl.CERT_REQUIRED) is checks_certificate


def test_a_mysql_url_without_options_prefers_encryption(tmp_path: Path) -> None:
    """As the servers' own programs do; only DISABLED does without."""
    assert tls("", tmp_path) == {}
    assert tls("ssl-mode=DISABLED", tmp_path) == {"ssl_disabled": True}
    with pytest.raises(SourceSettingsWrong, match="and no other option"):
        tls("ssl-mode=", tmp_path)
