"""`check --source`: what a source's columns are, what to map, and what its rows would come to; nobody's data."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.cli.main import contact_sync
from tests.connectors.sources.packages import install
from tests.pipelines.conftest import DAY, Site

PEOPLE = (
    "Email;Surname;Town;Name\n"
    "ann.smith@example.com;Smithson;Springfield;Ann\n"
    "not an address;Jonesbury;;Bob\n"
    "cy@example.com;Cyrusson;Shelbyville;Cy\n"
)


def check(site: Site, *arguments: str) -> Result:
    """Look at the source `crm`."""
    site.open()
    options = ["--date", DAY.isoformat(), "--config", str(site.config), *arguments]
    return CliRunner().invoke(contact_sync, ["check", "--source", "crm", *options], env=site.environ)


def document(result: Result) -> Any:
    """Return the one JSON document on stdout."""
    return json.loads(result.stdout)


def test_columns_mappings_suggestions_and_issues_are_shown(site: Site) -> None:
    """Whoever sets up a source sees what is there, what is used, and what else could be."""
    site.source("crm", PEOPLE, {"email": "Email", "firstName": "Name"})
    result = check(site, "--json")
    assert result.exit_code == 0, result.output
    found = document(result)
    assert (found["ok"], found["kind"], found["facts"]["separator"], found["facts"]["encoding"]) == (
        *(True, "csv", ";", "utf-8"),
    )
    columns = {one["name"]: (one["fields"], one["suggested"]) for one in found["columns"]}
    assert columns == {
        "Email": (["email"], None),
        "Surname": ([], "lastName"),
        "Town": ([], "city"),
        "Name": (["firstName"], None),
    }
    sample = found["sample"]
    assert (sample["rows"], sample["is_all"], sample["set_aside"], sample["issues"]) == (
        3,
        True,
        1,
        {"email_syntax": 1},
    )
    assert sample["rows_per_second"] > 0


def test_a_person_reads_the_same_without_anybodys_data(site: Site) -> None:
    """First rows help to recognise a column; who is in them stays in the tables made for it."""
    site.source("crm", PEOPLE, {"email": "Email", "firstName": "Name"})
    told = check(site)
    for words in ("Surname", "lastName?", "email_syntax", "a…@….com", "3 rows were read", "can be synced"):
        assert words in told.stdout
    for output in (told.output, check(site, "--json").output):
        for cell in ("ann.smith", "Smithson", "Springfield", "not an", "Cyrus"):
            assert cell not in output


IN_MEMORY = """
from typing import Literal
import polars as pl
from connectors.sources.kind import SourceSettings, source_kind

class Memory(SourceSettings):
    kind: Literal["without_facts"]

def read(settings, request):
    yield pl.DataFrame({"Email": ["ann@example.com"]})

KIND = source_kind(Memory, read)
"""


def test_a_source_without_facts_is_shown_without_any(
    site: Site, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kind that tells nothing about its source ends no line in a colon."""
    kinds = {"without_facts": "kind_without_facts:KIND"}
    folder = tmp_path_factory.mktemp("packages")
    install(folder, "memory-kind", kinds, monkeypatch, kind_without_facts=IN_MEMORY)
    site.settings["sources"].append({"name": "crm", "kind": "without_facts", "fields": {"email": "Email"}})
    assert check(site).stdout.splitlines()[0] == "Source crm, without_facts"


def test_only_the_start_of_a_large_source_is_read(site: Site) -> None:
    """A look takes a moment, whatever the size of the source."""
    rows = "".join(f"person{number}@example.com\n" for number in range(30_000))
    site.source("crm", f"Email\n{rows}", {"email": "Email"})
    sample = document(check(site, "--json"))["sample"]
    assert (sample["rows"], sample["is_all"]) == (10_000, False)


@pytest.mark.parametrize(
    ("text", "fields", "said", "columns"),
    [
        (PEOPLE, {"email": "E-Mail"}, 'column "E-Mail" is not there. Did you mean "Email"?', 4),
        ("Email;Name\n", {"email": "Email"}, "Source crm is empty", 2),
        ("Email;Opt-out\na@b.co;yes\n", {"email": "Email"}, "looks like a record of opt-outs", 2),
        ("ann@example.com;Ann\nbob@example.com;Bob\n", {"email": "Email"}, "looks like a contact", 0),
    ],
)
def test_what_would_stop_a_sync_is_said_beside_what_was_found(
    site: Site, text: str, fields: dict[str, str], said: str, columns: int
) -> None:
    """A wrong mapping is mended by seeing the columns; a file without a header shows nobody's first contact."""
    site.source("crm", text, fields)
    result = check(site, "--json")
    assert result.exit_code == 1
    found = document(result)
    assert found["ok"] is False
    assert said in " ".join(found["problems"])
    assert len(found["columns"]) == columns
    assert "ann" not in result.output.replace("cannot", "")
    assert said in " ".join(check(site).stdout.split())


def test_a_source_that_is_not_there_is_a_problem_and_an_unknown_one_a_usage_error(site: Site) -> None:
    """The file that is missing is named; so is the source that was meant."""
    site.source("crm", PEOPLE, {"email": "Email"})
    (site.folder / "crm.csv").unlink()
    assert "crm.csv" in document(check(site, "--json"))["problems"][0]
    unknown = CliRunner().invoke(contact_sync, ["check", "--source", "cmr", "--config", str(site.config)])
    assert unknown.exit_code == 2
    assert 'There is no source cmr: the settings have crm. Did you mean "crm"?' in unknown.stderr


def test_nothing_is_kept_of_a_look(site: Site) -> None:
    """The copy that a file is read from is gone afterwards."""
    site.source("crm", PEOPLE, {"email": "Email"})
    check(site)
    assert list(site.open().storage.rglob("*")) == []
