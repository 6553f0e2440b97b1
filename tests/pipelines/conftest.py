"""The installations that the tests of this folder work with: real files, a real sandbox, real storage."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.sandbox.access import DEFAULT_TOKEN
from connectors.sandbox.sandbox import Sandbox
from pipelines.installation import Installation, open_installation

DAY = dt.date(2026, 11, 24)


@dataclass
class Site:
    """A folder with settings and sources, and the environment they are used in."""

    folder: Path
    environ: dict[str, str]
    settings: dict[str, Any] = field(default_factory=lambda: {"sources": []})

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "sync.yaml"

    def write(self, name: str, text: str) -> Path:
        """Write a source's file."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def source(self, name: str, text: str, fields: Mapping[str, Any], **more: Any) -> None:
        """Add a CSV source to the settings, and write its file."""
        self.write(f"{name}.csv", text)
        settings = {"name": name, "kind": "csv", "path": f"{name}.csv", "fields": dict(fields), **more}
        self.settings["sources"].append(settings)

    def open(self, now: dt.datetime | None = None) -> Installation:
        """Write the settings and return the installation."""
        self.config.write_text(yaml.safe_dump(self.settings), encoding="utf-8")
        opened = open_installation(self.environ, self.config)
        return opened if now is None else Installation(opened.settings, opened.folder, opened.environ, lambda: now)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox that does not slow down."""
    with Sandbox(tmp_path / "sandbox", limits=None) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, sandbox: Sandbox) -> Site:
    """An empty site whose destination is the sandbox."""
    environ = {"EMFLUENCE_BASE_URL": sandbox.base_url, "EMFLUENCE_ACCESS_TOKEN": DEFAULT_TOKEN}
    folder = tmp_path / "site"
    folder.mkdir()
    return Site(folder, environ)


@pytest.fixture
def people(site: Site) -> Site:
    """A site with one source of three people, in batches of one."""
    site.settings["destination"] = {"batch_contacts": 1, "connections": 1}
    site.source("crm", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\ncy@example.com,Cy\n", FIELDS)
    return site


FIELDS = {"email": "Email", "firstName": "Name"}
