"""An object store and an SFTP server on this machine, for the tests of files that lie elsewhere."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import boto3
from moto.server import ThreadedMotoServer

PASSWORD = "hush-hush"


@dataclass(frozen=True)
class Place:
    """Where files lie.

    Attributes:
        url: What their paths start with.
        put: Puts a file there.
        given: The settings of a source that reads there.
        environ: The environment in which its secrets are.
    """

    url: str
    put: Callable[[str, bytes], object]
    given: dict[str, Any]
    environ: dict[str, str]


@contextmanager
def object_store() -> Iterator[Place]:
    """Run an object store that speaks S3."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "id", "aws_secret_access_key": PASSWORD, "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **keys)
    try:
        client.create_bucket(Bucket="exports")
        options = {"key": {"env": "KEY"}, "secret": {"env": "SECRET"}, "endpoint_url": endpoint, "region": "us-east-1"}
        yield Place(
            "s3://exports",
            lambda path, content: client.put_object(Bucket="exports", Key=path, Body=content),
            {"storage_options": options},
            {"KEY": "id", "SECRET": PASSWORD},
        )
    finally:
        client.close()
        server.stop()


class _Login(asyncssh.SSHServer):
    """Knows one user."""

    def password_auth_supported(self) -> bool:
        """Allow passwords."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Tell whether it is that user."""
        return (username, password) == ("ann", PASSWORD)


@contextmanager
def sftp_server(root: Path) -> Iterator[Place]:
    """Run an SFTP server that shows a folder, and write the file that makes it known."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    with _looping() as run:
        server = run(
            asyncssh.listen(
                "127.0.0.1",
                0,
                server_factory=_Login,
                server_host_keys=[key],
                sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode()),
            )
        )
        port = server.get_port()
        known = root.parent / "known_hosts"
        known.write_text(f"[127.0.0.1]:{port} {key.export_public_key().decode()}")

        def put(path: str, content: bytes) -> None:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)

        options = {"password": {"env": "SFTP_PASSWORD"}, "known_hosts": str(known)}
        yield Place(f"sftp://ann@127.0.0.1:{port}", put, {"storage_options": options}, {"SFTP_PASSWORD": PASSWORD})
        server.close()
        run(server.wait_closed())


@contextmanager
def _looping() -> Iterator[Callable[[Awaitable[Any]], Any]]:
    """Run an event loop in a thread, and give what runs something in it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def awaited(what: Awaitable[Any]) -> Any:
        return await what

    try:
        yield lambda what: asyncio.run_coroutine_threadsafe(awaited(what), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
