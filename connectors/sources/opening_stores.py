"""Which place a path lies in, opened with what the settings and the environment say about entering it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.file_path import AZURE, GCS, HTTP, HTTPS, S3, SFTP, scheme_of
from connectors.sources.file_settings import FileSettings
from connectors.sources.file_stores import FileStore
from connectors.sources.https_store import HttpsStore
from connectors.sources.local_store import LocalStore
from connectors.sources.reading import Request
from connectors.sources.remote_store import RemoteStore, explained
from connectors.sources.secret import Secret

_SECONDS: Final = 30
_CLASSES: Final = {
    S3: ("s3fs", "S3FileSystem", "s3"),
    GCS: ("gcsfs", "GCSFileSystem", "gcs"),
    AZURE: ("adlfs", "AzureBlobFileSystem", "azure"),
    SFTP: ("sshfs", "SSHFileSystem", "sftp"),
}
_PATHS: Final = ("client_keys", "known_hosts")


@contextmanager
def opened_store(settings: FileSettings, request: Request) -> Iterator[FileStore]:
    """Open the place in which a source's files lie; connections to it are closed on leaving.

    Args:
        settings: The source's settings.
        request: The reading, whose environment holds the secrets.

    Raises:
        SecretMissing: A secret is not in the environment.
        SourceSettingsWrong: The program that talks to such a place is not installed, or the host is not known.
        SourceMissing: The place does not answer, or does not let us in.
    """
    scheme = scheme_of(settings.path)
    options = {
        name: given.read(request.environ) if isinstance(given, Secret) else given
        for name, given in settings.storage_options.items()
    }
    if scheme is None:
        yield LocalStore(request.folder)
    elif scheme in (HTTP, HTTPS):
        authorization = options.get("authorization")
        with HttpsStore(str(authorization) if authorization else None) as store:
            yield store
    else:
        place, arguments = _arguments(scheme, settings.path, options, request.folder)
        with explained(place):
            files = _class(scheme)(**arguments, skip_instance_cache=True)
        try:
            yield RemoteStore(files, place)
        finally:
            if scheme == SFTP:
                _hang_up(files)


def _hang_up(files: Any) -> None:  # noqa: ANN401 - fsspec has no types
    """Close a connection to an SFTP server, which sshfs keeps until Python collects its garbage."""
    files.loop.call_soon_threadsafe(files.client.close)
    with suppress(Exception):  # the other side may be gone, and everything was read or refused by now
        import_module("fsspec.asyn").sync(files.loop, files.client.wait_closed, timeout=_SECONDS)


def _class(scheme: str) -> Any:  # noqa: ANN401 - fsspec has no types
    module, name, extra = _CLASSES[scheme]
    try:
        return getattr(import_module(module), name)
    except ImportError:
        raise SourceSettingsWrong(
            f"Reading {scheme}:// takes the package {module}: pip install 'contact-sync[{extra}]'."
        ) from None


def _arguments(scheme: str, path: str, options: dict[str, bool | str], folder: Path) -> tuple[str, dict[str, Any]]:
    """Return what a store's paths start with, and what its program is called with."""
    arguments: dict[str, Any] = {
        name: str(folder / str(given)) if name in _PATHS else given for name, given in options.items()
    }
    if scheme != SFTP:
        arguments["use_listings_cache"] = False
    if scheme == S3:
        region = arguments.pop("region", None)
        arguments["client_kwargs"] = {"region_name": region} if region else {}
        arguments["config_kwargs"] = {"connect_timeout": _SECONDS, "read_timeout": _SECONDS}
    if scheme == GCS and str(arguments.get("token", "")).lstrip().startswith("{"):
        arguments["token"] = json.loads(arguments["token"])
    if scheme != SFTP:
        return f"{urlsplit(path).scheme}://", arguments
    parts = urlsplit(path)
    if parts.username:
        arguments.setdefault("username", unquote(parts.username))
    if "client_keys" in arguments:
        arguments["client_keys"] = [arguments["client_keys"]]
    arguments.setdefault("known_hosts", ())  # the user's own; left out, sshfs would trust any server
    port = parts.port or 22
    place = f"sftp://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    connecting = {"connect_timeout": _SECONDS, "login_timeout": _SECONDS, "keepalive_interval": _SECONDS}
    return place, {"host": parts.hostname, "port": port, **connecting, **arguments}
