"""sync.yaml: every mistake is named with its line and what is right instead."""

from importlib.resources import files
from pathlib import Path

import pytest

from pipelines.settings_file import SettingsError, parse_settings, read_settings

GOOD = """\
sources:
  - name: crm
    kind: csv
    path: crm.csv
    fields: {email: Email}
"""


def mistakes(text: str) -> str:
    """Return what is said about wrong settings."""
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, "sync.yaml")
    return str(caught.value)


def test_smallest_useful_file_has_a_default_for_all_else() -> None:
    """A newcomer's five lines are enough, and the limits are the platform's."""
    settings = parse_settings(GOOD, "sync.yaml")
    assert settings.destination.connections == 5
    assert settings.destination.requests_per_second == 9
    assert settings.destination.access_token.env == "EMFLUENCE_ACCESS_TOKEN"
    assert settings.schedule.cron == "0 2 * * *"


def test_template_that_init_writes_is_valid() -> None:
    """The commented file that newcomers start from is never broken itself, nor are its comments once uncommented."""
    text = files("pipelines.cli").joinpath("sync_template.yaml").read_text("utf-8").replace("{today}", "2026-11-24")
    assert [source.name for source in parse_settings(text, "sync.yaml").sources] == ["crm"]
    lines = [line.replace("# - name", "- name").replace("#   ", "  ") for line in text.splitlines()]
    assert [source.name for source in parse_settings("\n".join(lines), "x").sources] == ["crm", "shop", "events"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("path:", "paht:"), 'line 4: sources.0.paht is not a setting. Did you mean "path"?'),
        ("destinatoin: {}\n" + GOOD, 'line 1: destinatoin is not a setting. Did you mean "destination"?'),
        (
            GOOD.replace("kind: csv", "kind: cvs"),
            "line 3: sources.0.kind must be one of csv, parquet, database, excel.",
        ),
        (GOOD.replace("    kind: csv\n", ""), "line 2: sources.0.kind must be one of csv, parquet, database, excel."),
        (GOOD.replace("    path: crm.csv\n", ""), "line 2: sources.0.path is missing."),
        (GOOD.replace("{email: Email}", "{firstNmae: X, email: Email}"), 'Did you mean "firstName"?'),
        (GOOD.replace("{email: Email}", "{firstName: X}"), "line 5: sources.0.fields: email is required"),
        (GOOD + "    timezone: America/Chcago\n", 'Did you mean "America/Chicago"?'),
        ("destination: {connections: 6}\n" + GOOD, "line 1: destination.connections: Input should be less than or"),
        (
            "destination: {access_token: abc}\n" + GOOD,
            "destination.access_token: a secret is never in the file. Write {env: NAME}",
        ),
        (GOOD + GOOD.removeprefix("sources:\n"), "line 1: sources: two sources have the name crm"),
        (GOOD + "guards: {rejected_shar: 0.1}\n", 'Did you mean "rejected_share"?'),
        (
            GOOD + "guards: {rejected_share: 20}\n",
            "line 6: guards.rejected_share: Input should be less than or equal to 1",
        ),
        (GOOD + "guards: {sources: {crn: {}}}\n", "line 6: guards: there is no source crn: the settings have crm."),
        (GOOD + "storage: a\nstorage: b\n", 'line 7: the key "storage" stands twice; keep one.'),
        (GOOD + "  - [", "line 6: this is not YAML"),
        ("schedule: {cron: x y}\n" + GOOD, "line 1: schedule.cron: write minute, hour"),
        ("sources: []\n", "line 1: sources: "),
        ("", "line 1: sources is missing."),
    ],
)
def test_mistakes_are_named_with_line_and_remedy(text: str, said: str) -> None:
    """Whoever made a mistake finds it without reading our code."""
    assert said in mistakes(text)


def test_all_mistakes_are_named_at_once() -> None:
    """Nobody has to start the program once per mistake."""
    said = mistakes(GOOD.replace("path:", "paht:") + "shcedule: {}\n")
    assert said.count("\n") == 2
    assert "line 6: shcedule" in said


def test_a_wrong_value_is_not_repeated() -> None:
    """A secret that somebody wrote into the file by mistake reaches no message."""
    assert "canary" not in mistakes("destination: {access_token: canary-token}\n" + GOOD)


def test_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    """The very first error of a newcomer says what to do."""
    with pytest.raises(SettingsError, match=r"contact-sync init"):
        read_settings(tmp_path / "sync.yaml")
    (tmp_path / "sync.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"UTF-8"):
        read_settings(tmp_path / "sync.yaml")
