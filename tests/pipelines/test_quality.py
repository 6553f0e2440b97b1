"""Quality as a person sees it: plots, tables and checks in real runs, the guard, and what the command line says."""

import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from click.testing import CliRunner, Result

from connectors.sandbox.sandbox import Sandbox
from pipelines.cli.main import contact_sync
from pipelines.run import Run, run_sync
from pipelines.steps.extract import extract
from pipelines.steps.guards import GuardStopError
from pipelines.steps.quality import measured, standing
from pipelines.steps.validate import validate_source
from tests.pipelines.conftest import DAY, Site
from tests.pipelines.night import plan_night, run_night

FIELDS = {"email": "Email", "firstName": "Name", "dateOfBirth": "Born"}
BEFORE = [DAY - dt.timedelta(days=back) for back in (3, 2, 1)]


class Unheard:
    """A progress that nobody listens to."""

    def made(self, asset: str, rows: int) -> None:
        """Hear nothing of a table."""

    def answered(self, done: int, total: int) -> None:
        """Hear nothing of answers."""


@pytest.fixture(autouse=True)
def dagster_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Dagster's storage lies in the test's folder."""
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    yield home
    os.environ.pop("DAGSTER_HOME", None)


def people(good: int, bad: int = 0, *, born: int = 0) -> str:
    """Return a CSV: people that are fine, people without a valid address, and people with an impossible birthday."""
    rows = [f"p{number}@example.com,Person,2000-01-01" for number in range(good)]
    rows += [f"broken canary {number},Sylvester,2000-01-01" for number in range(bad)]
    rows += [f"q{number}@example.com,Person,2000-13-77" for number in range(born)]
    return "\n".join(["Email,Name,Born", *rows, ""])


@pytest.fixture
def crm(site: Site) -> Site:
    """A site with one source of forty people who are fine."""
    site.source("crm", people(40), FIELDS)
    return site


def measure_day(site: Site, day: dt.date, text: str) -> None:
    """Read, check and measure a day's file, and send nothing."""
    site.write("crm.csv", text)
    installation = site.open()
    [source] = installation.settings.sources
    extract(installation, source, day)
    measured(installation, "crm", day, validate_source(installation, source, day).validated.version)


def told(run: Run, *asset: str) -> dict[str, Any]:
    """Return what a run said of an asset."""
    with dg.DagsterInstance.get() as instance:
        events = instance.all_logs(run.id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    [made] = [
        event.asset_materialization
        for event in events
        if event.asset_materialization and event.asset_materialization.asset_key == dg.AssetKey(list(asset))
    ]
    return {name: entry.value for name, entry in made.metadata.items()}


def checks(run_id: str) -> dict[str, dg.AssetCheckEvaluation]:
    """Return a run's checks of quality by name."""
    with dg.DagsterInstance.get() as instance:
        entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    results = [entry.dagster_event.asset_check_evaluation_data for entry in entries if entry.dagster_event]
    return {result.check_name: result for result in results if result.check_name.startswith("quality_")}


def records(value: Any) -> list[dict[str, Any]]:
    """Return a table of metadata as dictionaries."""
    return [dict(record.data) for record in value]


def command(site: Site, *arguments: str) -> Result:
    """Run a command with a site's settings for the day."""
    site.open()
    options = ["--date", DAY.isoformat(), "--config", str(site.config)]
    return CliRunner().invoke(contact_sync, [*arguments, *options], env=site.environ)


def test_run_shows_shares_codes_and_the_worst_rows(crm: Site) -> None:
    """Whoever opens the source in the UI sees how good it was, what to do, and which rows to look at first."""
    crm.write("crm.csv", people(44, 4, born=2) + "Total: 50,,\n")
    run = run_sync(crm.open(), DAY, Unheard())
    assert run.success, run.message
    for asset in ("validated", "rejected"):
        shown = told(run, asset, "crm")
        assert (shown["rejected_share"], shown["blanked_share"], shown["warned_share"]) == (0.08, 0.04, 0.0)
        assert (shown["share/email_syntax"], shown["share/date_invalid"]) == (0.08, 0.04)
    rejected = told(run, "rejected", "crm")
    [syntax, date] = records(rejected["codes"].records)
    assert (syntax["code"], syntax["rows"], syntax["share"]) == ("email_syntax", 4, "8.0%")
    assert (syntax["severity"], date["severity"]) == ("reject", "blank")
    assert "valid e-mail address" in syntax["what it means and what to do"]
    assert "`format`" in date["what it means and what to do"]
    worst = records(rejected["worst_rows"].records)
    assert set(worst[0].values()) == {"45", "46", "email_syntax", "email: a a 9"}
    assert set(worst[-1].values()) == {"50", "51", "date_invalid", "dateOfBirth: 9999-99-99"}
    assert len(worst) == 6


def test_no_person_is_told_by_what_quality_shows(crm: Site) -> None:
    """Metadata and checks are read by many: they hold no part of an address or a name, also of torn rows."""
    crm.write("crm.csv", people(60, 3) + "canary@example.com,Tweety\n")
    run = run_sync(crm.open(), DAY, Unheard())
    shown = f"{told(run, 'rejected', 'crm')} {told(run, 'validated', 'crm')} {checks(run.id)}"
    assert "ragged_row" in shown
    for canary in ("canary", "Sylvester", "Tweety"):
        assert canary not in shown


def test_too_many_rejected_rows_stop_the_sync_before_it_sends(crm: Site, sandbox: Sandbox) -> None:
    """A renamed column or a broken export is exit code 3 with one sentence, nothing is sent, and the check is red."""
    crm.write("crm.csv", people(29, 12, born=1))
    result = command(crm, "sync", "--json")
    assert result.exit_code == 3, result.output
    stopped = json.loads(result.stdout)["stopped_by"]
    assert (stopped["guard"], stopped["plan"]) == ("rejected_share", None)
    assert stopped["message"] == (
        "Nothing was sent. Of 42 rows of source crm, 12 were rejected (28.6%), and at most 20.0% may be. Most "
        "frequent: email_syntax 12. The rows are in rejected/crm: mend the source or its mapping, then run again. If "
        "they are right to be rejected, allow more: `guards: {sources: {crm: {rejected_share: 0.3}}}`."
    )
    assert sandbox.request_log == []
    status = json.loads(command(crm, "status", "--json").stdout)["quality"]["crm"]
    assert (status["people"], status["rejected_share"]) == (42, 0.285714)
    assert status["over_limit"] in stopped["message"]
    assert "12 were rejected (28.6%)" in " ".join(command(crm, "status").stdout.split())


def test_check_over_the_limit_is_an_error_and_the_guard_has_its_say(crm: Site) -> None:
    """The check fails with the numbers it was judged by; the run's one reason is the guard's sentence."""
    crm.write("crm.csv", people(0, 12))
    run = run_sync(crm.open(), DAY, Unheard())
    assert (run.success, run.guard) == (False, "no_valid_rows")
    assert run.message.startswith("Not one row of source crm is valid")
    limit = checks(run.id)["quality_within_limit"]
    assert (limit.passed, limit.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert (limit.metadata["rejected_share"].value, limit.metadata["limit"].value) == (1.0, "20.0%")


def test_limit_is_set_for_all_sources_or_for_one(crm: Site, sandbox: Sandbox) -> None:
    """A list that is known to be bad is let through without opening the door for the others."""
    crm.write("crm.csv", people(30, 12))
    crm.source("shop", people(30, 12).replace("@example.com", "@example.org"), FIELDS, priority=2)
    crm.settings["guards"] = {"sources": {"crm": {"rejected_share": 0.3}}}
    with pytest.raises(GuardStopError, match="of source shop, 12") as stop:
        plan_night(crm.open(), DAY)
    assert "source crm" not in str(stop.value)
    assert sandbox.contacts() == []
    crm.settings["guards"] = {"rejected_share": 0.3}
    assert run_night(crm.open(), DAY) == {"acknowledged": 60, "invalid": 24}


def test_sync_started_from_the_middle_is_guarded_too(crm: Site, sandbox: Sandbox) -> None:
    """Materialising only what comes after validation does not go round the guard."""
    crm.write("crm.csv", people(30, 12))
    run_sync(crm.open(), DAY, Unheard())
    run = run_sync(crm.open(), DAY, Unheard(), sources=["none"])
    assert (run.success, run.guard) == (False, "rejected_share")
    assert sandbox.request_log == []


def test_small_lists_are_not_stopped(crm: Site) -> None:
    """One mistyped address among three is everyday life."""
    crm.write("crm.csv", people(2, 1))
    assert run_night(crm.open(), DAY) == {"acknowledged": 2, "invalid": 1}


def test_duplicates_are_no_fault(crm: Site) -> None:
    """A file that holds everybody twice is not worse for it."""
    crm.write("crm.csv", people(40) + people(40).partition("\n")[2])
    installation = crm.open()
    assert run_night(installation, DAY) == {"acknowledged": 40, "duplicate": 40}
    table = installation.tables.current("quality/crm", DAY)
    assert table is not None
    assert {name: table.facts[name] for name in ("people", "rejected", "codes")} == {
        "people": 80,
        "rejected": 0,
        "codes": {},
    }


def test_jump_against_the_days_before_warns_and_stops_nothing(crm: Site) -> None:
    """A birthday format that changed overnight is seen in the check, in `sync` and in `status`; people are synced."""
    for day in BEFORE:
        measure_day(crm, day, people(40))
    crm.write("crm.csv", people(20, born=20))
    done = command(crm, "sync")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "50.0% of 40 rows have date_invalid" in " ".join(done.stdout.split())
    status = json.loads(command(crm, "status", "--json").stdout)
    assert (status["quality"]["crm"]["blanked_share"], status["quality"]["crm"]["over_limit"]) == (0.5, None)
    found = checks(status["runs"][0]["run_id"])
    usual = found["quality_as_usual"]
    assert (usual.passed, usual.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert usual.description == "\n".join(status["quality"]["crm"]["jumps"])
    assert usual.description == (
        "Source crm: 50.0% of 40 rows lost a field or more; usual are 0.0%, the median of 3 days since 2026-11-21.\n"
        "Source crm: 50.0% of 40 rows have date_invalid; usual are 0.0%, the median of 3 days since 2026-11-21."
    )
    assert found["quality_within_limit"].passed


def test_run_that_fails_for_another_reason_says_that_one(crm: Site) -> None:
    """A warning about quality does not hide why the night failed."""
    for day in BEFORE:
        measure_day(crm, day, people(40))
    crm.write("crm.csv", people(20, born=20))
    crm.environ["EMFLUENCE_ACCESS_TOKEN"] = "wrong"
    run = run_sync(crm.open(), DAY, Unheard())
    assert not run.success
    assert "date_invalid" not in run.message
    assert run.message


def test_backfill_is_compared_with_the_days_before_it(crm: Site) -> None:
    """An old day is not judged by what came later, nor is it usual for itself."""
    for day in BEFORE:
        measure_day(crm, day, people(40))
    for back in (10, 11, 12):
        measure_day(crm, DAY - dt.timedelta(days=back), people(20, born=20))
    measure_day(crm, DAY - dt.timedelta(days=9), people(21, born=19))
    installation = crm.open()
    table = installation.tables.current("quality/crm", DAY - dt.timedelta(days=9))
    assert table is not None
    assert standing(installation, table).jumps == []
    assert [day.day for day in standing(installation, table).before] == [14, 13, 12]


def test_history_outlives_dagsters_own_storage(crm: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new DAGSTER_HOME does not make every day the first one; a past day that cannot be read stops nothing."""
    for day in (*BEFORE, DAY - dt.timedelta(days=4), DAY - dt.timedelta(days=5)):
        measure_day(crm, day, people(40))
    (tmp_path / "new").mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "new"))
    damaged = crm.open().storage / "quality" / "crm" / BEFORE[0].isoformat()
    [manifest] = damaged.glob("*.json")
    manifest.write_text("{")
    older = damaged.parent / (DAY - dt.timedelta(days=5)).isoformat()
    [manifest] = older.glob("*.json")
    manifest.write_text(manifest.read_text().replace('"reasons"', '"not known yet"'))
    crm.write("crm.csv", people(20, born=20))
    run = run_sync(crm.open(), DAY, Unheard())
    assert run.success
    assert checks(run.id)["quality_as_usual"].metadata["compared_days"].value == "2026-11-23, 2026-11-22, 2026-11-20"
    assert not checks(run.id)["quality_as_usual"].passed


def test_code_of_an_earlier_day_is_plotted_as_zero(crm: Site) -> None:
    """A line in the UI goes down to zero when a fault was mended, instead of ending in the air."""
    measure_day(crm, BEFORE[-1], people(40, born=2))
    crm.write("crm.csv", people(40))
    assert told(run_sync(crm.open(), DAY, Unheard()), "rejected", "crm")["share/date_invalid"] == 0.0


def test_numbers_are_written_once_for_a_version_and_made_anew_where_damaged(crm: Site) -> None:
    """Guard and asset read the same numbers; a damaged file is no reason to stop."""
    plan_night(crm.open(), DAY)
    plan_night(crm.open(), DAY)
    folder = crm.open().storage / "quality" / "crm" / DAY.isoformat()
    assert len(list(folder.glob("*.json"))) == 2  # one for each reading of the day
    max(folder.glob("*.parquet")).write_bytes(b"damaged")
    assert run_sync(crm.open(), DAY, Unheard(), sources=["none"]).success
    assert len(list(folder.glob("*.json"))) == 3


def test_guard_of_an_unknown_source_is_a_mistake(crm: Site) -> None:
    """A misspelt name does not leave a source with another limit than its owner believes."""
    crm.settings["guards"] = {"sources": {"crn": {"rejected_share": 0.5}}}
    with pytest.raises(Exception, match=r"guards: there is no source crn: the settings have crm\."):
        crm.open()


def test_settings_of_the_guide_are_valid_and_name_the_default(crm: Site) -> None:
    """Whoever copies from docs/quality.md gets what it says."""
    guide = (Path(__file__).parents[2] / "docs" / "quality.md").read_text(encoding="utf-8")
    crm.source("fair", people(40), FIELDS)
    default = crm.open().settings.guards
    crm.settings |= yaml.safe_load(guide.partition("```yaml\n")[2].partition("```")[0])
    guards = crm.open().settings.guards
    assert default.rejected_share == guards.rejected_share_of("crm") == 0.2
    assert guards.rejected_share_of("fair") == 0.4
