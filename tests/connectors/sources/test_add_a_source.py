"""The guide to a new kind of source does what it says: its package is built, installed, tested and used."""

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner

from connectors.sandbox.sandbox import Sandbox
from connectors.sources.settings import SourceSettings
from pipelines.cli.main import contact_sync

PAGE: Final = Path(__file__).parents[3] / "docs" / "add-a-source.md"
BLOCK: Final = re.compile(r"`([\w.]+)`[^\n]*:\n\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
SETTINGS: Final = re.compile(r"```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)

Serving = Callable[[list[dict[str, str]]], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def page() -> str:
    """The guide."""
    return PAGE.read_text("utf-8")


@pytest.fixture(scope="module")
def files(page: str) -> dict[str, str]:
    """The files of the guide by name."""
    return dict(BLOCK.findall(page))


@pytest.fixture(scope="module")
def installed(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The guide's package, built and installed into a folder of its own."""
    project, target = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("installed")
    for name, text in files.items():
        (project / name).write_text(text, "utf-8")
    options = ["--quiet", "--offline", "--no-deps", "--no-build-isolation", "--python", sys.executable]
    command = [sys.executable, "-m", "uv", "pip", "install", *options, "--target", str(target), str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (target / "stand_in.py").write_text(files["stand_in.py"], "utf-8")
    (target / "test_people_api.py").write_text(files["test_people_api.py"], "utf-8")
    yield target
    for module in ("people_api", "stand_in"):
        sys.modules.pop(module, None)


@pytest.fixture
def serving(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Serving:
    """The guide's stand-in for the service, the package being installed until the end of the test."""
    monkeypatch.syspath_prepend(installed)
    importlib.invalidate_caches()
    made: Serving = importlib.import_module("stand_in").serving
    return made


def lines_of(text: str) -> int:
    """Return how many lines there are to write."""
    return sum(bool(line.strip()) for line in text.splitlines())


def test_a_kind_and_its_test_are_under_sixty_lines(files: dict[str, str]) -> None:
    """Whoever adds a kind writes little."""
    assert lines_of(files["people_api.py"]) < 60
    assert lines_of(files["test_people_api.py"]) < 12


def test_the_files_and_the_taken_names_are_all_there(page: str, files: dict[str, str]) -> None:
    """Whoever follows the page misses no file, and meets no name that only an error would have told."""
    assert files.keys() == {"people_api.py", "pyproject.toml", "test_people_api.py", "stand_in.py"}
    assert "the four files below" in page
    taken = page[page.index("The names `name`") : page.index(" are taken")]
    assert set(re.findall(r"`(\w+)`", taken)) == {*SourceSettings.model_fields, "mapping"}


def test_its_own_test_passes(installed: Path) -> None:
    """The whole suite runs on the kind, from the files of the page alone."""
    options = ["-q", "-p", "no:cacheprovider", "--rootdir", str(installed), "-c", os.devnull]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(installed / "test_people_api.py")],
        capture_output=True,
        text=True,
        check=False,
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )
    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout
    assert "skipped" not in done.stdout


def test_a_source_of_the_kind_is_checked_and_synced(
    page: str, serving: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's settings work, from the service to the platform, once the address is one that answers."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    settings: dict[str, Any] = yaml.safe_load(SETTINGS.findall(page)[0])
    people = [{"email": f"person{n}@example.com", "first_name": "Ann", "Surname": "Lee"} for n in range(2500)]
    config = tmp_path / "sync.yaml"
    with Sandbox(tmp_path / "sandbox", limits=None) as sandbox, serving(people) as url:
        settings["sources"][0]["url"] = url
        config.write_text(yaml.safe_dump(settings))
        environ = {"PEOPLE_TOKEN": "an-invented-token", "EMFLUENCE_ACCESS_TOKEN": sandbox.token}
        environ |= {"EMFLUENCE_BASE_URL": sandbox.base_url}
        looked = CliRunner().invoke(
            contact_sync, ["check", "--source", "members", "--json", "--config", str(config)], env=environ
        )
        synced = CliRunner().invoke(contact_sync, ["sync", "--json", "--config", str(config)], env=environ)
        arrived = len(sandbox.contacts())
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    assert looked.exit_code == 0, looked.output
    suggested = {column["name"]: column["suggested"] for column in json.loads(looked.stdout)["columns"]}
    assert suggested == {"email": None, "first_name": None, "Surname": "lastName"}
    assert synced.exit_code == 0, synced.output
    assert json.loads(synced.stdout)["outcomes"]["acknowledged"] == arrived == 2500


def test_a_field_that_comes_late_is_not_dropped(page: str, serving: Serving, tmp_path: Path) -> None:
    """The page's kind takes its columns from the first page, and stops where that is not enough; so does its limit."""
    settings: dict[str, Any] = yaml.safe_load(SETTINGS.findall(page)[0])
    people = [{"email": f"person{n}@example.com", "first_name": "Ann"} for n in range(2)]
    config = tmp_path / "sync.yaml"
    with serving([*people, {"email": "late@example.com", "first_name": "Bo", "phone": "1"}]) as url:
        settings["sources"][0] |= {"url": url, "page_size": 2}
        config.write_text(yaml.safe_dump(settings))
        told = CliRunner().invoke(
            contact_sync,
            ["check", "--source", "members", "--config", str(config)],
            env={"PEOPLE_TOKEN": "an-invented-token"},
        )
    assert "Source members: Page 2 has fields that the first one lacks: ['phone']." in " ".join(told.stdout.split())
    settings["sources"][0]["page_size"] = 0
    config.write_text(yaml.safe_dump(settings))
    told = CliRunner().invoke(contact_sync, ["check", "--source", "members", "--config", str(config)])
    assert "page_size" in told.output
    assert told.exit_code == 2
