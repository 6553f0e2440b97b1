"""Settings are checked by the model of their kind, and what is no source at all is said in a sentence."""

from typing import Any

import pytest

from pipelines.settings import Settings
from pipelines.settings_file import SettingsError, parse_settings
from tests.connectors.sources.opening import SETTINGS, settings


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("crm", "line 1: sources.0: write a source as name, kind and fields"),
        ("{name: crm, fields: {email: e}}", "sources.0.kind must be one of csv"),
        ("{name: crm, kind: [csv], fields: {email: e}}", "sources.0.kind must be one of csv"),
        ("{name: crm, kind: {csv: 1}, fields: {email: e}}", "sources.0.kind must be one of csv"),
        ("{name: crm, kind: 7, fields: {email: e}}", "sources.0.kind must be one of csv"),
        ("{name: crm, kind: parkett, fields: {email: e}}", 'Did you mean "parquet"?'),
    ],
)
def test_what_is_no_source_is_a_sentence(source: str, said: str) -> None:
    """Whatever YAML makes of a slip, it is no traceback."""
    with pytest.raises(SettingsError) as caught:
        parse_settings(f"sources: [{source}]", "sync.yaml")
    assert said in str(caught.value)


def test_checked_settings_stay_as_they_are() -> None:
    """Settings that were made in Python need no second check."""
    made = settings(kind="csv", path="people.csv")
    assert SETTINGS.validate_python(made) is made


def test_all_settings_have_a_json_schema_and_can_be_written_out() -> None:
    """An editor knows every kind's keys, and a plan's digest holds every setting."""
    schema: dict[str, Any] = Settings.model_json_schema()
    assert "csv" in schema["properties"]["sources"]["items"]["discriminator"]["mapping"]
    made = Settings.model_validate({"sources": [settings(kind="csv", path="people.csv")]})
    assert made.model_dump(mode="json")["sources"][0]["path"] == "people.csv"
