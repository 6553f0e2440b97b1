"""A source that says the same for too long is named: in `status`, in the UI, never by stopping a sync."""

import datetime as dt

import dagster as dg
from click.testing import CliRunner

from pipelines.cli.main import contact_sync
from pipelines.nightly import build_definitions
from pipelines.steps.extract import extract
from pipelines.steps.freshness import freshness
from tests.pipelines.conftest import DAY, Site

FIRST = DAY - dt.timedelta(days=10)


def days(site: Site, *contents: str) -> None:
    """Read the source on days that follow each other, with another content each."""
    installation = site.open()
    source = installation.settings.sources[0]
    for number, content in enumerate(contents):
        site.write("crm.csv", f"Email,Name\n{content}\n")
        extract(installation, source, FIRST + dt.timedelta(days=number))


def test_it_tells_since_when_a_source_says_the_same(people: Site) -> None:
    """Three days of the same content are three days, however often it was delivered anew."""
    people.settings["sources"][0]["stale_after_days"] = 2
    days(people, "a@x.org,A", "b@x.org,B", "b@x.org,B", "b@x.org,B")
    installation = people.open()
    source = installation.settings.sources[0]
    changed = FIRST + dt.timedelta(days=1)
    found = [freshness(installation, source, changed + dt.timedelta(days=later)) for later in (-2, 0, 2, 3)]
    assert [one and (one.changed, one.age_days, one.stale is not None) for one in found] == [
        None,
        (changed, 0, False),
        (changed, 2, False),
        (changed, 3, True),
    ]
    assert found[3] is not None
    assert found[3].stale == (
        "Source crm says the same as on 2026-11-15, 3 days ago, and was last read on 2026-11-17; stale_after_days "
        "allows 2. See whether its export still runs."
    )


def test_without_a_setting_nothing_is_stale(people: Site) -> None:
    """A list of members may stay as it is for years."""
    days(people, "a@x.org,A")
    installation = people.open()
    found = freshness(installation, installation.settings.sources[0], FIRST + dt.timedelta(days=900))
    assert found is not None
    assert (found.age_days, found.stale) == (900, None)


def test_the_check_warns_and_stops_nothing(people: Site) -> None:
    """The UI shows a warning beside the snapshot, and how long Dagster waits for a reading."""
    people.settings["sources"][0]["stale_after_days"] = 1
    days(people, "a@x.org,A", "a@x.org,A")
    definitions = build_definitions(people.open())
    key = dg.AssetKey(["extracted", "crm"])
    asset = definitions.get_assets_def(key)
    assert asset.specs_by_key[key].freshness_policy is not None
    day = (FIRST + dt.timedelta(days=3)).isoformat()
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([asset], partition_key=day, instance=instance)
    assert result.success
    [check] = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed, check.severity) == ("source_is_fresh", False, dg.AssetCheckSeverity.WARN)


def test_status_says_since_when_a_source_says_the_same(people: Site) -> None:
    """Also where no setting says how long it may: whoever looks sees an export that stopped."""
    days(people, "a@x.org,A", "a@x.org,A")
    arguments = ["status", "--date", f"{FIRST + dt.timedelta(days=4)}", "--config", str(people.config)]
    result = CliRunner().invoke(contact_sync, arguments, env={**people.environ, "COLUMNS": "200"})
    assert "Source crm says the same as on 2026-11-14, 4 days ago." in result.stdout
    people.settings["sources"][0]["stale_after_days"] = 3
    people.open()
    result = CliRunner().invoke(contact_sync, arguments, env={**people.environ, "COLUMNS": "200"})
    assert "stale_after_days allows 3. See whether its export still runs." in result.stdout
