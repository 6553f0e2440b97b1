"""Contact exports as other programs write them sync with a short sync.yaml, and every row is accounted for."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from connectors.sandbox.sandbox import Sandbox
from connectors.sources.errors import SourceSettingsWrong
from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import outcomes, plan_night, send_night

SAMPLES: Final = Path(__file__).parents[1] / "samples"
MANIFEST: Final[dict[str, dict[str, Any]]] = json.loads((SAMPLES / "manifest.json").read_text())

UTC_TIME: Final = {"type": "datetime", "format": "%Y-%m-%d %H:%M:%S", "timezone": "UTC"}

FIELDS: Final[dict[str, dict[str, Any]]] = {
    "activecampaign.csv": {
        "firstName": "First Name",
        "phone": "Phone",
        "suppressed": {"column": "Status", "when": ["Unsubscribed"]},
        "custom1": {"column": "Date Created", **UTC_TIME},
    },
    "brevo.csv": {
        "lastName": "LASTNAME",
        "suppressed": "EMAIL_BLACKLISTED",
        "custom1": {"column": "ADDED_TIME", "type": "datetime", "format": "%d-%m-%Y %H:%M"},
    },
    "excel_utf8_bom_semicolon.csv": {"firstName": "Prénom", "city": "Ville", "phone": "Téléphone"},
    "excel_unicode_text_utf16_tab.txt": {"firstName": "Name"},
    "formula_cells.csv": {"firstName": "first_name"},
    "google_new.csv": {"firstName": "First Name", "lastName": "Last Name"},
    "hubspot.csv": {
        "firstName": "First Name",
        "customerID": "Record ID",
        "custom1": {"column": "Create Date", "type": "datetime", "format": ["%Y-%m-%d %H:%M", "%m/%d/%Y %I:%M %p"]},
    },
    "mailchimp_subscribed.csv": {
        "firstName": "First Name",
        "lastName": "Last Name",
        "custom1": {"column": "LAST_CHANGED", **UTC_TIME},
    },
    "mailchimp_unsubscribed.csv": {"firstName": "First Name", "suppressed": {"value": "true"}},
    "outlook.csv": {
        "firstName": "First Name",
        "address1": "Business Street",
        "dateOfBirth": {"column": "Birthday", "format": "%m/%d/%Y"},
    },
}


def install(site: Site, name: str, fields: dict[str, Any]) -> None:
    """Add a sample as the only source."""
    site.folder.joinpath(name).write_bytes((SAMPLES / name).read_bytes())
    email = MANIFEST[name]["email_column"] or "email"
    site.settings["sources"] = [{"name": "s", "kind": "csv", "path": name, "fields": {"email": email, **fields}}]


def test_every_sample_is_looked_at() -> None:
    """No export is forgotten here when one is added."""
    assert set(MANIFEST) == set(FIELDS) | {"dup_headers_case.csv"}


@pytest.mark.parametrize("name", FIELDS)
def test_outcomes_equal_the_manifest(name: str, site: Site, sandbox: Sandbox) -> None:
    """What a person counts in the file is what the sync says, and what the platform has."""
    install(site, name, FIELDS[name])
    installation = site.open()
    plan_night(installation, DAY)
    send_night(installation, DAY)
    found = outcomes(installation, DAY)
    expected = MANIFEST[name]
    arrived = found.pop("acknowledged", 0) + found.pop("acknowledged_with_warning", 0)
    assert arrived == len(expected["valid_unique"])
    assert found.pop("duplicate", 0) == expected["duplicates"]
    assert found.pop("invalid", 0) == expected["invalid"] + expected["no_email"]
    assert found == {}
    assert sorted(str(one["email"]).lower() for one in sandbox.contacts()) == sorted(expected["valid_unique"])


def test_columns_that_differ_only_by_case_are_refused(site: Site) -> None:
    """The e-mail column is never guessed."""
    install(site, "dup_headers_case.csv", {})
    with pytest.raises(SourceSettingsWrong, match=r'"email" is ambiguous.*"Email", "EMAIL"'):
        plan_night(site.open(), DAY)


@pytest.mark.parametrize("name", ["mailchimp_unsubscribed.csv", "brevo.csv"])
def test_opt_outs_are_refused_until_they_are_mapped(name: str, site: Site) -> None:
    """Importing an unsubscribe file as subscribers is the worst outcome there is."""
    install(site, name, {})
    with pytest.raises(SourceSettingsWrong, match="opt-outs"):
        plan_night(site.open(), DAY)


@pytest.mark.parametrize("name", ["activecampaign.csv", "brevo.csv", "mailchimp_unsubscribed.csv"])
def test_opted_out_people_arrive_opted_out(name: str, site: Site, sandbox: Sandbox) -> None:
    """Three tools write opt-outs in three ways; all of them arrive as such."""
    install(site, name, FIELDS[name])
    installation = site.open()
    plan_night(installation, DAY)
    send_night(installation, DAY)
    assert [bool(one["suppressed"]) for one in sandbox.contacts()] == [True]


def test_values_arrive_as_they_were_written(site: Site, sandbox: Sandbox) -> None:
    """Leading zeros, formulas, accents, line breaks in a cell and local times survive the way to the platform."""
    for name in FIELDS:
        install(site, name, FIELDS[name])
        installation = site.open()
        plan_night(installation, DAY)
        send_night(installation, DAY)
    seen: dict[str, Any] = {str(one["email"]).lower(): one for one in sandbox.contacts()}
    assert seen["kim@example.com"]["phone"] == "0102030405"
    assert seen["cat@example.com"]["firstName"] == '=HYPERLINK("http://example.net","x")'
    assert seen["zoe@example.com"]["firstName"] == "Zoé"
    assert seen["sam@example.com"]["firstName"] == "Såm"
    assert seen["quin@example.com"]["address1"] == "1 High St\r\nFlat 2"
    assert seen["eli@example.com"]["lastName"] == "INDIE\\, TOWN..."
    assert seen["eli@example.com"]["customFields"]["custom1"]["value"] == "2018-03-11 02:30:00"
    assert seen["hal@example.com"]["customFields"]["custom1"]["value"] == "2024-03-15 14:30:00"
    assert seen["jo@example.com"]["customFields"]["custom1"]["value"] == "2022-04-12 09:30:00"
