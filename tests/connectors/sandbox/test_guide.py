"""That `docs/sandbox.md` says what is true: its faults files are read, its table is whole, its code runs."""

import re
from dataclasses import fields
from pathlib import Path

import httpx
import pytest

from connectors.sandbox import Fault, FaultPlan, Sandbox, load_faults
from connectors.sandbox.routes import ROUTES
from connectors.sandbox.seeds import DEFAULT_GROUPS
from tests.connectors.sandbox.api import call, people

GUIDE = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")
FAULT_FILES = re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def plan(text: str, folder: Path) -> FaultPlan:
    """Read a faults file of the guide."""
    (folder / "faults.yaml").write_text(text, encoding="utf-8")
    return load_faults(folder / "faults.yaml")


@pytest.mark.parametrize("text", FAULT_FILES, ids=["the example", "each key once"])
def test_every_faults_file_of_the_guide_is_read(text: str, tmp_path: Path) -> None:
    """Somebody will copy it."""
    assert len(plan(text, tmp_path).faults) >= 4


def test_each_key_is_used_and_explained() -> None:
    """A key that the guide leaves out is one that nobody finds."""
    keys = {field.name for field in fields(Fault)}
    assert set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)) >= keys
    used = set(re.findall(r"\b(\w+):", "".join(FAULT_FILES)))
    assert keys <= used


def test_the_worked_example_does_what_its_comments_say(tmp_path: Path) -> None:
    """The third import is applied without an answer; the seed repeats which others fail."""
    failing = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        with Sandbox(folder, limits=None, faults=plan(FAULT_FILES[0], tmp_path)) as sandbox:
            codes = [number for number in range(1, 21) if number != 3 and _code(sandbox, number) == 1]
            failing.append(codes)
            assert sandbox.faults.seed == 4711
    assert failing[0] == failing[1] != []


def test_the_third_import_is_applied_and_its_answer_lost(tmp_path: Path) -> None:
    """What the comment promises of the most instructive fault."""
    faults = FaultPlan(plan(FAULT_FILES[0], tmp_path).faults[:1])
    with Sandbox(tmp_path / "box", limits=None, faults=faults) as sandbox:
        assert [_code(sandbox, number) for number in range(1, 5)] == [0, 0, None, 0]
        assert len(sandbox.contacts()) == 4


def _code(sandbox: Sandbox, number: int) -> int | None:
    try:
        return call(sandbox, "contacts/import", contacts=people(1, start=number)).code
    except httpx.TransportError:
        return None


def test_the_tables_name_what_there_is() -> None:
    """Groups and endpoints of the guide are those of the sandbox."""
    for group in DEFAULT_GROUPS:
        assert f"| {group.group_id} | {group.name} |" in GUIDE
    for endpoint in ROUTES:
        assert f"`{endpoint.removeprefix('exports/')}`" in GUIDE or f"`{endpoint}`" in GUIDE


def test_the_code_of_the_guide_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is the way to make tokens and opt-outs."""
    monkeypatch.chdir(tmp_path)
    [program] = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    exec(compile(program, "docs/sandbox.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.endswith("/v1 0 []\n")
