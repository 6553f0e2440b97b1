"""Kinds that installed packages add: found by name, refused by a sentence with the package in it, never in the way."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.registry import AnySource, find_kind
from pipelines.settings_file import SettingsError, parse_settings
from tests.connectors.sources.opening import read, settings
from tests.connectors.sources.packages import install

MEMORY = """
from typing import Literal
import polars as pl
from connectors.sources.kind import SourceSettings, source_kind

class Memory(SourceSettings):
    kind: Literal["{kind}"]
    people: int = 3

def read(settings, request):
    return pl.LazyFrame({{"email": [f"person{{n}}@example.com" for n in range(settings.people)]}})

KIND = source_kind(Memory, read)
"""
SYNC = """sources:
  - name: crm
    kind: {kind}
    fields: {{email: email}}
"""


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose kind holds its people in memory."""
    kinds = {"in_memory": "kind_in_memory:KIND"}
    return install(tmp_path / "good", "memory-kind", kinds, monkeypatch, kind_in_memory=MEMORY.format(kind="in_memory"))


@pytest.mark.usefixtures("memory")
def test_an_installed_kind_is_read_like_our_own(tmp_path: Path) -> None:
    """Nothing but its installation makes a kind one of the kinds there are."""
    held = read(tmp_path, None, kind="in_memory", people=2)
    assert held.cells == [("person0@example.com",), ("person1@example.com",)]
    assert held.facts == {"rows": 2, "set_aside": 0}


@pytest.mark.usefixtures("memory")
def test_its_settings_are_checked_with_line_and_hint() -> None:
    """A mistake in the settings of an installed kind is named as one of our own would be."""
    with pytest.raises(SettingsError, match=r'line 5: sources\.0\.poeple is not a setting\. Did you mean "people"'):
        parse_settings(SYNC.format(kind="in_memory") + "    poeple: 3\n", "sync.yaml")
    with pytest.raises(SettingsError, match=r'kind must be one of .*, in_memory\. Did you mean "in_memory"'):
        parse_settings(SYNC.format(kind="in_memry"), "sync.yaml")


@pytest.mark.usefixtures("memory")
def test_the_json_schema_knows_it() -> None:
    """An editor completes the settings of installed kinds, too."""
    schema = TypeAdapter(AnySource).json_schema()
    assert {"csv", "parquet", "database", "in_memory"} <= set(schema["discriminator"]["mapping"])
    assert "people" in schema["$defs"]["Memory"]["properties"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nowhere_at_all", "ModuleNotFoundError of nowhere_at_all"),
        ("raise SystemExit(3)", "SystemExit"),
        ("KIND = 7", "which is no Kind"),
        ("KINDS = 7", 'names kind_that_breaks:KIND, and there is no "KIND" in it'),
        ("len.nothing", "cannot be loaded: AttributeError"),
        (MEMORY.format(kind="other"), r'kind is not Literal\["broken"\]'),
    ],
)
@pytest.mark.usefixtures("memory")
def test_a_broken_package_is_named_where_it_is_used_and_there_alone(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that does not load stops the sources of its kind, with its name, and no other source."""
    install(tmp_path / "bad", "broken-kind", {"broken": "kind_that_breaks:KIND"}, monkeypatch, kind_that_breaks=text)
    monkeypatch.delitem(sys.modules, "kind_that_breaks", raising=False)
    with pytest.raises(SettingsError, match=rf'line 3: sources\.0\.kind "broken" .*package broken-kind.*{said}'):
        parse_settings(SYNC.format(kind="broken"), "sync.yaml")
    assert settings(kind="in_memory").kind == "in_memory"
    assert "in_memory" in TypeAdapter(AnySource).json_schema()["discriminator"]["mapping"]


@pytest.mark.parametrize(
    ("kind", "owners"), [("csv", "contact-sync itself and rival"), ("in_memory", "(memory-kind|rival) and ")]
)
@pytest.mark.usefixtures("memory")
def test_a_name_that_is_taken_is_refused(
    kind: str, owners: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of two kinds reads a source is never left to chance."""
    rival = MEMORY.format(kind=kind)
    install(tmp_path / "rival", "rival", {kind: "rival_kind:KIND"}, monkeypatch, rival_kind=rival)
    with pytest.raises(SourceSettingsWrong, match=f'"{kind}" cannot be used: {owners}.*Uninstall'):
        find_kind(kind)
    assert find_kind("parquet")


def test_nothing_of_a_package_runs_before_a_source_uses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading the definitions imports no package's code, so that a broken one breaks nobody else's nights."""
    kinds = {"loud": "loud_kind:KIND"}
    folder = install(tmp_path / "loud", "loud-kind", kinds, monkeypatch, loud_kind="print('loaded')")
    script = "import pipelines.settings, connectors.sources.registry as r; r.find_kind('csv'); print('quiet')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(folder)}
    )
    assert done.stdout == "quiet\n"


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("groups: str", '"groups"'),
        ("name: str", '"name"'),
        ("priority: int = 1", '"priority"'),
        ("mapping: str", '"mapping"'),
    ],
)
@pytest.mark.filterwarnings("ignore:Field name:UserWarning")  # pydantic's own word on it, which nobody reads at night
def test_a_setting_that_every_source_has_means_the_same_in_every_kind(
    line: str, taken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups that are a text in one kind would enter contacts into groups that nobody named."""
    text = MEMORY.format(kind="other_groups").replace("people: int = 3", line)
    folder = tmp_path / "other"
    install(folder, "other-kind", {"other_groups": "kind_of_others:KIND"}, monkeypatch, kind_of_others=text)
    monkeypatch.delitem(sys.modules, "kind_of_others", raising=False)
    with pytest.raises(SourceSettingsWrong, match=f"package other-kind, .*another meaning to {taken}, which every"):
        find_kind("other_groups")


def test_a_setting_that_every_source_has_may_have_another_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kind may know the time zone of its service."""
    line = "stale_after_days: PositiveInt | None = 3"
    text = MEMORY.format(kind="other_default").replace("people: int = 3", f"people: int = 3\n    {line}")
    text = f"from pydantic import PositiveInt\n{text}"
    install(tmp_path, "default-kind", {"other_default": "kind_of_default:KIND"}, monkeypatch, kind_of_default=text)
    monkeypatch.delitem(sys.modules, "kind_of_default", raising=False)
    assert settings(kind="other_default").stale_after_days == 3


@pytest.mark.usefixtures("memory")
def test_the_kinds_that_are_offered_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is sent from one name that does not work to another; a name that two packages take stands there once."""
    kinds = {"csv": "rival_kind:KIND", "in_memory": "rival_kind:KIND", "broken": "nowhere_at_all:KIND"}
    install(tmp_path / "rival", "rival", kinds, monkeypatch)
    with pytest.raises(SourceSettingsWrong) as caught:
        find_kind("parkett")
    assert str(caught.value) == ('must be one of csv, parquet, database, excel, in_memory. Did you mean "parquet"?')
