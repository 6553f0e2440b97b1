"""Ranges of days from the command line: in order, one at a time, a day without a file shown and not failed."""

import datetime as dt
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from pipelines.cli.main import contact_sync
from pipelines.installation import Installation
from pipelines.steps.expected import expected
from tests.pipelines.conftest import DAY, FIELDS, Site
from tests.pipelines.night import run_night

DAYS = tuple(DAY - dt.timedelta(days=back) for back in (3, 2, 1))


@pytest.fixture(autouse=True)
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands run in an environment of their own."""
    monkeypatch.chdir(tmp_path)
    for name in ("DAGSTER_HOME", "CONTACT_SYNC_CONFIG", "CONTACT_SYNC_STORAGE", "EMFLUENCE_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield
    os.environ.pop("DAGSTER_HOME", None)  # set by a command, for Dagster


@pytest.fixture
def daily(site: Site) -> Site:
    """A site whose source has a file per day."""
    site.source("crm", "", FIELDS)
    site.settings["sources"][0]["path"] = "crm-{date}.csv"
    return site


def deliver(site: Site, day: dt.date, people: dict[str, str]) -> None:
    """Write a day's file."""
    rows = "".join(f"{email}@example.com,{name}\n" for email, name in people.items())
    site.write(f"crm-{day}.csv", f"Email,Name\n{rows}")


def sync(site: Site, *arguments: str) -> Result:
    """Run the command with a site's settings, written anew."""
    site.open()
    return CliRunner().invoke(contact_sync, ["sync", *arguments, "--config", str(site.config)], env=site.environ)


def whole_range(*more: str) -> list[str]:
    """Return the options that ask for all the days."""
    return ["--from", str(DAYS[0]), "--to", str(DAYS[-1]), *more]


def names(sandbox: Sandbox) -> dict[object, object]:
    """Return the sandbox's contacts by e-mail."""
    return {contact["email"]: contact["firstName"] for contact in sandbox.contacts()}


def test_days_are_synced_in_order_and_one_without_a_file_is_skipped(daily: Site, sandbox: Sandbox) -> None:
    """A weekend without an export stops nothing, is told apart from a failure, and the last day's data stays."""
    deliver(daily, DAYS[0], {"ann": "first", "bob": "Bob"})
    deliver(daily, DAYS[2], {"ann": "last"})
    result = sync(daily, *whole_range("--json"))
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert [(one["date"], one["status"]) for one in document["days"]] == [
        (str(DAYS[0]), "done"),
        (str(DAYS[1]), "no_source"),
        (str(DAYS[2]), "done"),
    ]
    assert document["status"] == "done"
    assert f"crm-{DAYS[1]}.csv" in document["days"][1]["message"]
    assert names(sandbox) == {"ann@example.com": "last", "bob@example.com": "Bob"}
    with dg.DagsterInstance.get() as instance:
        tags = [run.tags for run in instance.get_runs()]
    assert [one.get("contact-sync/no_source") for one in tags] == [None, "crm", None]


def test_failed_day_stops_the_days_after_it_unless_the_settings_say_otherwise(daily: Site, sandbox: Sandbox) -> None:
    """Whoever is asleep finds the days after a failure untouched; whoever prefers it finds them done."""
    for day in DAYS:
        deliver(daily, day, {"ann": str(day)})
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(2,), code=200),))
    result = sync(daily, *whole_range())
    assert result.exit_code == 1, result.output
    assert names(sandbox) == {"ann@example.com": str(DAYS[0])}
    assert f"--from {DAYS[1]} --to {DAYS[2]}" in result.stderr
    assert f"{DAYS[2]}  not run" in result.stdout
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(1,), code=200),))
    daily.settings["backfill"] = {"on_failure": "continue"}
    document = json.loads(sync(daily, *whole_range("--json")).stdout)
    assert [one["status"] for one in document["days"]] == ["done", "failed", "done"]
    assert document["status"] == "failed"
    assert names(sandbox) == {"ann@example.com": str(DAYS[2])}


def test_range_without_any_source_has_failed(daily: Site) -> None:
    """A disk that is not there is not a year of weekends."""
    result = sync(daily, *whole_range())
    assert result.exit_code == 1
    assert "Not one day had a source" in result.stderr


def test_missing_file_of_a_source_without_days_is_a_failure(site: Site) -> None:
    """A source whose path is the same every day is missing, which is no day's peculiarity."""
    site.source("crm", "", FIELDS)
    (site.folder / "crm.csv").unlink()
    result = sync(site, *whole_range("--json"))
    assert [one["status"] for one in json.loads(result.stdout)["days"]] == ["failed", "not_run", "not_run"]


def test_cost_of_a_range_is_known_before_it_starts(daily: Site) -> None:
    """A year is not begun by somebody who thought that it takes a minute; what is not known is named."""
    daily.settings["destination"] = {"batch_contacts": 2, "requests_per_second": 3}
    daily.source("shop", "Email,Name\nsam@example.com,Sam\n", FIELDS, groups=[7], priority=2)
    before = expected(daily.open(), DAYS)
    assert (before.unknown, before.same, before.requests) == (("crm", "shop"), ("shop",), 3)
    deliver(daily, DAYS[0], {"ann": "A", "bob": "B", "cy": "C"})
    run_night(daily.open(), DAYS[0])
    after = expected(daily.open(), DAYS)
    # Of crm 3 rows in 2 requests a day, of shop 1 in 1, and a question about groups.
    assert (after.rows, after.requests, after.seconds, after.unknown) == (12, 12, 4, ())


def test_command_says_what_the_range_may_take(daily: Site) -> None:
    """The sentence stands above the first day."""
    for day in DAYS:
        deliver(daily, day, {"ann": "Ann"})
    run_night(daily.open(), DAYS[0])
    first = sync(daily, *whole_range()).stdout.splitlines()[0]
    assert first.startswith(f"3 days, {DAYS[0]} to {DAYS[2]}. If every row has to be sent: 3 rows, 3 requests, 0:00:01")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "2026-11-24"], "--from"),
        (["--from", "2026-11-24", "--to", "2026-11-23"], "before"),
        (["--from", "2026-11-23", "--date", "2026-11-23"], "--date"),
        (["--from", "2020-01-01", "--to", "2026-11-23"], "start_date"),
    ],
)
def test_range_that_cannot_be_is_a_usage_error(daily: Site, arguments: list[str], said: str) -> None:
    """Nothing is guessed about a range."""
    result = sync(daily, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


MONTH = tuple(dt.date(2026, 10, 1) + dt.timedelta(days=more) for more in range(31))


def test_month_backfilled_in_any_order_over_a_newer_state_ends_as_in_order(daily: Site, sandbox: Sandbox) -> None:
    """Days that arrive late, twice or in a mess leave each person with the last thing said of them."""
    rng = random.Random(6)  # noqa: S311 - the same order every time
    people = {day: _some_people(rng, day) for day in MONTH}
    for day, found in people.items():
        deliver(daily, day, found)
    installation = daily.open()
    for day in (MONTH[-1], *rng.sample(MONTH, len(MONTH)), *rng.sample(MONTH, 5)):
        run_night(installation, day)
    said = {email: (name, day) for day in MONTH for email, name in people[day].items()}
    assert names(sandbox) == {f"{email}@example.com": name for email, (name, _) in said.items()}
    assert as_of(installation) == {f"{email}@example.com": day for email, (_, day) in said.items()}


def _some_people(rng: random.Random, day: dt.date) -> dict[str, str]:
    """Return who is in a day's file, and under which name: a few change, a few are missing."""
    chosen = rng.sample("abcdefgh", rng.randint(2, 6))
    return {f"{letter}-person": f"{letter} {rng.choice(('one', 'two', str(day)))}" for letter in sorted(chosen)}


def as_of(installation: Installation) -> dict[Any, Any]:
    """Return of which day the ledger has each person's data."""
    ledger = installation.ledger.scan(installation.ledger.current())
    return dict(ledger.select("email_key", "as_of").collect().iter_rows())
