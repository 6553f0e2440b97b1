"""A PostgreSQL and a MariaDB server of the tests' own, which take encrypted connections only."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme


class NoServerProgramError(Exception):
    """A server's programs are not installed."""


@dataclass(frozen=True)
class TlsServer:
    """The server.

    Attributes:
        port: Its port on `localhost` and 127.0.0.1; its certificate is for `localhost`.
        authority: The certificate of the authority that signed the server's.
        process: The server's process.
    """

    port: int
    authority: Path
    process: int


def _program(name: str) -> str:
    # Where Debian keeps them, off the path.
    beside = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), *Path("/usr/sbin").glob(name)]
    found = shutil.which(name) or (str(beside[-1]) if beside else None)
    if found is None:
        raise NoServerProgramError(name)
    return found


def _owner() -> str | None:
    """Return who is to run the server where we are root, as whom it does not run."""
    if os.geteuid() != 0:
        return None
    names = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _certify(folder: Path) -> None:
    """Put certificates for `localhost` into the folder, of an authority of its own."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    certificate = authority.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(folder / "server.pem")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    (folder / "server.key").chmod(0o600)
    trustme.CA().cert_pem.write_to_path(folder / "another.pem")


@contextmanager
def _running(command: list[str], ready: str, stop: signal.Signals, owner: str | None) -> Iterator[int]:
    """Run a server until the end of the block; give its process once it has said that it is ready."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, user=owner, cwd="/") as process:
        assert process.stderr is not None
        try:
            if not any(ready in line for line in process.stderr):
                raise AssertionError("The server ended before it was ready.")
            yield process.pid
        finally:
            process.send_signal(stop)
            process.communicate(timeout=30)


@contextmanager
def tls_server() -> Iterator[TlsServer]:
    """Start a PostgreSQL server, whose user `ann` needs no password, and end it afterwards.

    Raises:
        NoServerProgramError: PostgreSQL's server programs are not installed.
    """
    owner, port = _owner(), _free_port()
    with tempfile.TemporaryDirectory(prefix="contact-sync-tls-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _certify(folder)
        (folder / "hba").write_text("hostssl all locked all scram-sha-256\nhostssl all all all trust\n")
        folder.chmod(0o755)
        for path in (folder, *folder.iterdir()):
            if owner is not None:
                shutil.chown(path, owner)
        layout = ["--username", "ann", "--auth", "trust", "--no-sync", "--locale", "C", "--encoding", "UTF8"]
        command = [_program("initdb"), "--pgdata", str(folder / "data"), *layout]
        subprocess.run(command, check=True, capture_output=True, user=owner, cwd="/")
        settings = {
            "port": port,
            "listen_addresses": "localhost",
            "unix_socket_directories": folder / "data",
            "ssl": "on",
            "ssl_cert_file": folder / "server.pem",
            "ssl_key_file": folder / "server.key",
            "hba_file": folder / "hba",
            "fsync": "off",
        }
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        command = [_program("postgres"), "-D", str(folder / "data"), *options]
        with _running(command, "ready to accept connections", signal.SIGINT, owner) as process:
            yield TlsServer(port, folder / "authority.pem", process)


@contextmanager
def tls_maria() -> Iterator[TlsServer]:
    """Start a MariaDB server, whose user `ann` has the password `hunter2`, and end it afterwards.

    Raises:
        NoServerProgramError: MariaDB's server programs are not installed.
    """
    port, user = _free_port(), pwd.getpwuid(os.geteuid()).pw_name
    with tempfile.TemporaryDirectory(prefix="contact-sync-tls-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _certify(folder)
        data = ["--no-defaults", f"--datadir={folder}/data", f"--user={user}"]
        layout = [_program("mariadb-install-db"), *data, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(layout, check=True, capture_output=True)
        statements = folder / "start.sql"
        statements.write_text("create user ann identified by 'hunter2';\ngrant select on *.* to ann;\n")
        given = {
            "port": port,
            "bind-address": "127.0.0.1",
            "socket": folder / "socket",
            "ssl-cert": folder / "server.pem",
            "ssl-key": folder / "server.key",
            "require-secure-transport": "ON",
            "init-file": statements,
        }
        command = [_program("mariadbd"), *data, *(f"--{key}={value}" for key, value in given.items())]
        with _running(command, "ready for connections", signal.SIGTERM, None) as process:
            yield TlsServer(port, folder / "authority.pem", process)
