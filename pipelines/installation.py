"""One installation: its settings, where its state lies, its environment and its clock."""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dotenv import dotenv_values

from connectors.arrow_memory import use_thrifty_memory
from connectors.emfluence.client import Client
from connectors.emfluence.errors import Failure, NoAnswer
from connectors.storage.files import StorageError
from connectors.storage.ledger import Ledger
from connectors.storage.plans import Plans
from connectors.storage.tables import Tables
from pipelines.settings import Settings
from pipelines.settings_file import read_settings

CONFIG_VARIABLE: Final = "CONTACT_SYNC_CONFIG"
STORAGE_VARIABLE: Final = "CONTACT_SYNC_STORAGE"
URL_VARIABLE: Final = "EMFLUENCE_BASE_URL"


def utc_now() -> dt.datetime:
    """Return the time now, UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Installation:
    """What the steps of a sync work with.

    Attributes:
        settings: The checked settings.
        folder: The settings file's folder, which relative paths start from.
        environ: The environment that secrets and overrides are read from.
        now: The clock, UTC.
        sleep: Waits for a number of seconds.
    """

    settings: Settings
    folder: Path
    environ: Mapping[str, str] = field(repr=False)
    now: Callable[[], dt.datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    @cached_property
    def storage(self) -> Path:
        """The folder of our own state.

        Raises:
            StorageError: A URL is set; state is kept on a local disk.
        """
        place = self.environ.get(STORAGE_VARIABLE) or self.settings.storage
        if "://" in place:
            message = f"The storage {place.split('://')[0]}://… is not a folder: state is kept on a local disk."
            raise StorageError(message)
        return (self.folder / place).resolve()

    @property
    def tables(self) -> Tables:
        """The tables of every asset."""
        return Tables(self.storage)

    @property
    def plans(self) -> Plans:
        """The plans and their receipts."""
        return Plans(self.storage)

    @property
    def ledger(self) -> Ledger:
        """What the destination has acknowledged."""
        return Ledger(self.storage)

    @property
    def base_url(self) -> str:
        """The API's address."""
        return self.environ.get(URL_VARIABLE) or self.settings.destination.base_url

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the destination is on this machine, as a sandbox is and the platform never."""
        return urlsplit(self.base_url).hostname in ("127.0.0.1", "localhost", "::1")

    @property
    def destination(self) -> str:
        """What tells this destination from another one. All sandboxes of this machine count as one."""
        if self.is_on_this_machine:
            return "a sandbox on this machine"
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"

    @property
    def settings_digest(self) -> str:
        """The digest of the settings that a plan follows from: another digest, another plan."""
        limits = self.settings.destination.model_dump(include={"batch_contacts", "batch_bytes"})
        sources = [source.model_dump(mode="json") for source in self.settings.sources]
        return hashlib.sha256(json.dumps([limits, self.settings.merge, sources], sort_keys=True).encode()).hexdigest()

    def client(self) -> Client:
        """Return a client of the destination; close it after use.

        Raises:
            SecretMissing: The token's variable is not set.
            WrongSettings: The address or the token cannot be right.
        """
        destination = self.settings.destination
        return Client(
            self.base_url,
            destination.access_token.read(self.environ),
            connections=destination.connections,
            requests_per_second=destination.requests_per_second,
            sleep=self.sleep,
        )

    def explain(self, failure: Failure) -> str:
        """Return a failure of the destination as a sentence, with what to do where nobody answers."""
        if not isinstance(failure, NoAnswer):
            return str(failure)
        start = 'Is the sandbox running? Start it with "contact-sync sandbox".'
        remedy = start if self.is_on_this_machine else "Check the network."
        return f"{self.base_url} does not answer. {remedy} ({failure})"


def config_path(environ: Mapping[str, str]) -> Path:
    """Return the settings file that the environment names, else `./sync.yaml`."""
    return Path(environ.get(CONFIG_VARIABLE) or "sync.yaml").resolve()


def open_installation(environ: Mapping[str, str], path: Path | None = None) -> Installation:
    """Return the installation of a settings file, with the secrets of a `.env` file beside it.

    Args:
        environ: The environment.
        path: The settings file; None for the one that the environment names.

    Raises:
        SettingsError: The file is missing or wrong.
    """
    use_thrifty_memory()
    file = path or config_path(environ)
    return Installation(read_settings(file), file.parent, {**_dotenv(file.parent), **environ})


def _dotenv(folder: Path) -> dict[str, str]:
    """Return what the `.env` beside the settings file says; the environment itself outweighs it."""
    values = dotenv_values(folder / ".env", interpolate=False)
    return {name: value for name, value in values.items() if value is not None}
