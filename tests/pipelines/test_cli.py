"""The command line: results on stdout, one clear message on stderr, and exit codes that scripts can rely on."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from pipelines.cli.main import contact_sync
from pipelines.settings_file import read_settings
from pipelines.steps.extract import extract
from pipelines.steps.plan import make_plan
from schemas.outcomes import Outcome
from tests.pipelines.conftest import DAY, FIELDS, Site


@pytest.fixture(autouse=True)
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands run in an empty folder and in an environment of their own."""
    monkeypatch.chdir(tmp_path)
    for name in ("DAGSTER_HOME", "CONTACT_SYNC_CONFIG", "CONTACT_SYNC_STORAGE", "EMFLUENCE_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield
    os.environ.pop("DAGSTER_HOME", None)  # set by a command, for Dagster


def run(site: Site | None, *arguments: str, **environ: str) -> Result:
    """Run a command with a site's settings, written anew, and its environment."""
    options = []
    if site is not None:
        site.open()
        options = ["--config", str(site.config)]
    return CliRunner().invoke(contact_sync, [*arguments, *options], env={**(site.environ if site else {}), **environ})


def document(result: Result) -> Any:
    """Return the one JSON document on stdout."""
    return json.loads(result.stdout)


def test_help_names_every_command() -> None:
    """A newcomer sees what there is, and each command's own help works."""
    listed = run(None, "--help").stdout
    for name in ("demo", "init", "check", "sync", "status", "sandbox", "ui"):
        assert name in listed
        assert run(None, name, "--help").exit_code == 0


def test_unknown_command_is_a_usage_error() -> None:
    """A typing error is exit code 2, as for every command line."""
    assert run(None, "snyc").exit_code == 2


def test_sync_prints_the_documented_document(people: Site) -> None:
    """Scripts rely on the shape of `sync --json`, and on nothing else being on stdout."""
    result = run(people, "sync", "--json", "--date", DAY.isoformat())
    assert result.exit_code == 0, result.output
    summary = document(result)
    assert set(summary) == {
        *("date", "run_id", "status", "outcomes", "by_source", "requests", "throttled", "retries", "seconds"),
        *("stopped_by", "message", "quality", "findings", "resumed"),
    }
    assert set(summary["outcomes"]) == {outcome.value for outcome in Outcome}
    assert (summary["date"], summary["status"], summary["stopped_by"]) == (DAY.isoformat(), "done", None)
    assert (summary["by_source"]["crm"]["acknowledged"], summary["requests"]) == (3, 3)


def test_sync_ends_with_a_table_and_status_shows_it_again(people: Site) -> None:
    """A person reads counts, not JSON; and can come back to them."""
    done = run(people, "sync", "--date", DAY.isoformat())
    assert done.exit_code == 0
    for words in ("Outcomes of 2026-11-24", "acknowledged", "rows read", "3 requests"):
        assert words in done.stdout
    again = run(people, "sync", "--date", DAY.isoformat())
    assert "nothing has changed" in again.stdout
    status = run(people, "status", "--date", DAY.isoformat())
    assert "The ledger holds 3 contacts" in status.stdout
    assert "success" in status.stdout
    told = document(run(people, "status", "--json", "--date", DAY.isoformat()))
    assert (told["outcomes"]["unchanged"], told["pending_batches"], len(told["runs"])) == (3, 0, 2)


def test_rows_that_nobody_confirmed_are_exit_code_4(people: Site, sandbox: Sandbox) -> None:
    """A sync that finished but left rows pending is told apart from one that failed."""
    sandbox.faults = FaultPlan(
        (Fault(endpoint="contacts/import", calls=(2,), raw='{"success": 1, "code": 0, "data": {}}'),)
    )
    result = run(people, "sync", "--json", "--date", DAY.isoformat())
    assert result.exit_code == 4, result.output
    assert document(result)["outcomes"]["pending"] == 1


def test_wrong_token_is_one_message_and_exit_code_1(people: Site) -> None:
    """A credential problem names the token's variable or what to do, and shows no traceback."""
    result = run(people, "sync", "--date", DAY.isoformat(), EMFLUENCE_ACCESS_TOKEN="wrong")
    assert result.exit_code == 1
    assert "authorise again" in result.stderr
    assert "Traceback" not in result.output
    assert "wrong" not in result.output.replace("wrong settings", "")


def test_missing_token_is_one_message_and_exit_code_1(people: Site) -> None:
    """The variable to set is named."""
    del people.environ["EMFLUENCE_ACCESS_TOKEN"]
    result = run(people, "sync", "--date", DAY.isoformat())
    assert result.exit_code == 1
    assert "EMFLUENCE_ACCESS_TOKEN" in result.stderr


def test_everybody_refused_is_no_success(people: Site, sandbox: Sandbox) -> None:
    """A platform that takes nobody, whatever it calls that, is a night that failed."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", code=501),))
    result = run(people, "sync", "--date", DAY.isoformat())
    assert result.exit_code == 1
    assert "refused 3" in result.stderr


def test_status_names_other_days_that_were_never_answered(people: Site, sandbox: Sandbox) -> None:
    """A night that failed is not forgotten because the next one went well."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=200),))
    run(people, "sync", "--date", "2026-11-23")
    sandbox.faults = FaultPlan()
    run(people, "sync", "--date", DAY.isoformat())
    told = run(people, "status", "--date", DAY.isoformat())
    assert "2 batches of 2026-11-23 were never answered" in " ".join(told.stdout.split())


def test_guard_is_exit_code_3_and_names_the_plan(site: Site) -> None:
    """A script can tell a sync that was stopped for safety from one that failed."""
    site.source("crm", "Email,Name\nann@example.com,Ann\n", FIELDS, groups=[9])
    result = run(site, "sync", "--json", "--date", DAY.isoformat())
    assert result.exit_code == 3, result.output
    stopped = document(result)["stopped_by"]
    assert (stopped["guard"], stopped["plan"]) == ("automated_emails", "2026-11-24-0001")


@pytest.mark.parametrize(
    ("damage", "code", "said"),
    [
        ({"path": "elsewhere.csv"}, 1, "elsewhere.csv"),
        ({"fields": {"email": "E-Mail"}}, 1, '"E-Mail" is not there. Did you mean "Email"?'),
        ({"paht": "x"}, 2, "paht is not a setting"),
    ],
)
def test_wrong_source_is_one_message(people: Site, damage: dict[str, Any], code: int, said: str) -> None:
    """A missing file, a renamed column and a typing error are each said once, with what to do."""
    people.settings["sources"][0] |= damage
    people.config.write_text("")
    result = run_unchecked(people, "sync", "--date", DAY.isoformat())
    assert result.exit_code == code
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def run_unchecked(site: Site, *arguments: str) -> Result:
    """Run a command with settings that may be wrong."""
    site.config.write_text(yaml.safe_dump(site.settings))
    return CliRunner().invoke(contact_sync, [*arguments, "--config", str(site.config)], env=site.environ)


@pytest.mark.parametrize("command", ["sync", "check", "status", "ui"])
def test_missing_settings_are_exit_code_2_and_say_how_to_write_some(command: str) -> None:
    """The first thing a newcomer gets wrong."""
    result = run(None, command)
    assert result.exit_code == 2
    assert "contact-sync init" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--date", "24.11.2026"], "2026-11-24"),
        (["--date", "2999-01-01"], "cannot be synced"),
        (["--date", "2001-01-01"], "schedule.start_date"),
        (["--source", "crn"], "There is no source crn: the settings have crm."),
    ],
)
def test_wrong_usage_of_sync_is_exit_code_2(people: Site, arguments: list[str], said: str) -> None:
    """A day or a source that does not exist is said before anything runs."""
    result = run(people, "sync", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_init_writes_settings_once(tmp_path: Path) -> None:
    """A newcomer gets a file that is valid, and never loses one."""
    assert run(None, "init").exit_code == 0
    assert read_settings(tmp_path / "sync.yaml").sources[0].name == "crm"
    (tmp_path / "sync.yaml").write_text("mine")
    again = run(None, "init")
    assert (again.exit_code, (tmp_path / "sync.yaml").read_text()) == (2, "mine")
    assert document(run(None, "init", "--json", "--config", "other.yaml"))["path"] == str(tmp_path / "other.yaml")


def test_check_says_ok_to_what_works(people: Site) -> None:
    """Everything that a sync needs is looked at, and found."""
    people.settings["sources"][0]["groups"] = [7]
    result = run(people, "check", "--json")
    assert result.exit_code == 0, result.output
    assert {finding["part"] for finding in document(result)["checks"]} == {
        *("storage", "source crm", "destination", "clock", "limits", "token", "permissions", "group 7"),
    }
    assert "SANDBOX" in run(people, "check").stdout


def test_check_says_what_to_do_about_the_rest(people: Site, sandbox: Sandbox) -> None:
    """Each thing that would stop a sync is named before it does."""
    people.settings["sources"][0] |= {"groups": [9, 77], "path": "gone.csv"}
    sandbox.stage.grant("meek", "Contacts (Add)")
    result = run(people, "check", EMFLUENCE_ACCESS_TOKEN="meek")
    assert result.exit_code == 1
    for words in ("gone.csv", "lacks Contacts (Edit), Contacts (Import)", "no such group", "sends e-mail 90 by itself"):
        assert words in result.stdout
    assert document(run(people, "check", "--json", EMFLUENCE_ACCESS_TOKEN="nobody"))["ok"] is False


def test_ports_that_are_taken_are_one_message() -> None:
    """Whoever has something running there is told, and can choose another port."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        sandbox = run(None, "sandbox", "--port", port)
        run(None, "init")
        ui = run(None, "ui", "--port", port)
    for result in (sandbox, ui):
        assert result.exit_code == 1
        assert f"Port {port}" in result.stderr
        assert "taken" in result.stderr


def test_demo_syncs_the_sample_sources_and_then_has_nothing_to_do() -> None:
    """The first command of the README does what it says, also the second time."""
    first = document(run(None, "demo", "--json"))
    assert first["status"] == "done"
    assert sum(first["outcomes"].values()) == 22_632
    assert set(first["by_source"]) == {"crm", "fair", "newsletter", "shop"}
    for outcome in ("acknowledged", "acknowledged_with_warning", "duplicate", "invalid"):
        assert first["outcomes"][outcome] > 0
    second = run(None, "demo")
    assert second.exit_code == 0
    assert "SANDBOX" in second.stdout
    assert "nothing has changed" in second.stdout
    assert "What to look at next" in second.stdout


def test_demo_is_led_nowhere_else_by_a_real_installation(tmp_path: Path, sandbox: Sandbox) -> None:
    """Variables of a real account do not make the demonstration write to it, or into its storage."""
    real = {"EMFLUENCE_BASE_URL": sandbox.base_url, "EMFLUENCE_ACCESS_TOKEN": sandbox.token}
    real |= {"CONTACT_SYNC_STORAGE": str(tmp_path / "real"), "DAGSTER_HOME": str(tmp_path / "home")}
    assert run(None, "demo", "--json", **real).exit_code == 0
    assert sandbox.request_log == []
    assert not (tmp_path / "real").exists()
    assert not (tmp_path / "home").exists()


def test_program_starts_without_importing_dagster() -> None:
    """`--help` answers at once: nothing heavy is imported for it."""
    script = "import sys, pipelines.cli.main; print('dagster' in sys.modules, 'polars' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_status_says_when_its_outcomes_are_older_than_the_last_plan(people: Site) -> None:
    """Nobody takes an earlier sync's good outcomes for those of one that has not come to its end."""
    run(people, "sync", "--date", DAY.isoformat())
    assert "has not come as far" not in run(people, "status", "--date", DAY.isoformat()).stdout
    make_plan(people.open(), DAY)
    told = " ".join(run(people, "status", "--date", DAY.isoformat()).stdout.split())
    assert "the outcomes of plan 2026-11-24-0001; a later sync of the day made plan 2026-11-24-0002" in told


def test_status_names_a_stale_source(people: Site) -> None:
    """Whoever looks at last night sees that an export has not been written anew for days."""
    people.settings["sources"][0]["stale_after_days"] = 1
    installation = people.open()
    for days in (3, 2, 0):
        extract(installation, installation.settings.sources[0], DAY - timedelta(days=days))
    shown = run(people, "status", "--date", DAY.isoformat())
    assert "Source crm says the same as on 2026-11-21, 3 days ago" in " ".join(shown.stdout.split())
    told = document(run(people, "status", "--json", "--date", DAY.isoformat()))["sources"]["crm"]
    assert (told["read"], told["changed"], told["age_days"]) == (DAY.isoformat(), "2026-11-21", 3)


def test_a_full_read_can_be_asked_for(people: Site) -> None:
    """What a column does not tell, such as a deletion, need not wait for the next full read."""
    with closing(sqlite3.connect(people.folder / "shop.db")) as connection, connection:
        connection.execute("create table c (id, email, version integer)")
        connection.execute("insert into c values (1, 'shop@example.com', 1)")
    since = {"column": "version", "type": "integer", "key": "id"}
    source = {"name": "shop", "kind": "database", "url": "sqlite:///shop.db", "table": "c", "since": since}
    people.settings["sources"].append({**source, "fields": {"email": "email"}})
    for options, read in (((), "whole"), ((), "changes"), (("--full-read",), "whole")):
        assert run(people, "sync", "--date", DAY.isoformat(), *options).exit_code == 0
        table = people.open().tables.current("extracted/shop", DAY)
        assert table is not None
        assert table.facts["read"] == read
