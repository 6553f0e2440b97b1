"""`init --from`: a source that nobody has described is proposed whole, and what cannot be known is left to a person."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from click.testing import CliRunner, Result

from connectors.sandbox.access import DEFAULT_TOKEN
from connectors.sandbox.sandbox import Sandbox
from pipelines.cli.main import contact_sync
from pipelines.place import name_of
from pipelines.settings_file import read_settings
from tests.connectors.sources.conftest import server  # noqa: F401 - a fixture
from tests.connectors.sources.postgres import Server
from tests.connectors.sources.workbooks import row, sheet, write
from tests.pipelines.test_samples import FIELDS, SAMPLES


@pytest.fixture(autouse=True)
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands run in a folder of their own, without any settings."""
    folder = tmp_path / "new"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("CONTACT_SYNC_CONFIG", "CONTACT_SYNC_STORAGE"):
        monkeypatch.delenv(name, raising=False)
    return folder


def run(*arguments: str, **environ: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(contact_sync, [*arguments], env=environ)


def proposed(folder: Path, name: str, text: str) -> dict[str, Any]:
    """Write a file, and return the settings that are proposed for it."""
    (folder / name).write_text(text, "utf-8")
    (folder / "sync.yaml").unlink(missing_ok=True)
    result = run("init", "--from", name, "--json")
    assert result.exit_code == 0, result.output
    assert read_settings(folder / "sync.yaml").sources[0].name == json.loads(result.stdout)["source"]
    source: dict[str, Any] = yaml.safe_load((folder / "sync.yaml").read_text("utf-8"))["sources"][0]
    return source


@pytest.mark.parametrize("name", FIELDS)
def test_every_sample_that_can_be_synced_is_proposed_so_that_it_can(name: str, away: Path, sandbox: Sandbox) -> None:
    """A newcomer's export becomes a checked source by one command, opt-outs included."""
    (away / name).write_bytes((SAMPLES / name).read_bytes())
    assert run("init", "--from", name).exit_code == 0
    environ = {"EMFLUENCE_BASE_URL": sandbox.base_url, "EMFLUENCE_ACCESS_TOKEN": sandbox.token}
    checked = run("check", "--json", **environ)
    assert checked.exit_code == 0, checked.output
    source = read_settings(away / "sync.yaml").sources[0]
    assert run("check", "--source", source.name).exit_code == 0
    expected = {one if isinstance(one, str) else one.get("column") for one in FIELDS[name].values()}
    used = {one.column for one in source.fields.values()}
    assert ("suppressed" in FIELDS[name]) == ("suppressed" in source.fields)
    text = (away / "sync.yaml").read_text("utf-8")
    assert all(column is None or column in used or column in text for column in expected)


def test_columns_that_cannot_be_told_apart_are_no_proposal(away: Path) -> None:
    """A guess between email, Email and EMAIL would send the wrong address."""
    (away / "dup_headers_case.csv").write_bytes((SAMPLES / "dup_headers_case.csv").read_bytes())
    result = run("init", "--from", "dup_headers_case.csv")
    assert result.exit_code == 2
    assert "no column is surely the one of the e-mail addresses" in result.stderr
    assert not (away / "sync.yaml").exists()


def test_settings_that_are_there_are_left_alone_and_the_proposal_printed(away: Path) -> None:
    """A second source is added by hand, under what the first one says."""
    (away / "people.csv").write_text("Email;Vorname\nann@example.com;Ann\n")
    (away / "sync.yaml").write_text("mine")
    result = run("init", "--from", "people.csv")
    assert result.exit_code == 0
    assert (away / "sync.yaml").read_text() == "mine"
    assert yaml.safe_load(result.stdout) == [
        {"name": "people", "kind": "csv", "path": "people.csv", "fields": {"email": "Email", "firstName": "Vorname"}}
    ]
    assert "left alone" in result.stderr


def test_an_address_column_without_a_telling_name_is_found_by_what_it_holds(away: Path) -> None:
    """Most cells of one column are addresses, whatever it is called."""
    source = proposed(away, "liste.csv", "Kontakt,Wert\nann@example.com,1\nbob@example.com,x@y\n")
    assert source["fields"]["email"] == "Kontakt"


@pytest.mark.parametrize(
    ("cells", "mapping"),
    [
        (("1990-03-25", "1991-01-02"), "Birthday"),
        (("03/25/1990", "01/02/1991"), {"column": "Birthday", "format": "%m/%d/%Y"}),
        (("25/03/1990", "01/02/1991"), {"column": "Birthday", "format": "%d/%m/%Y"}),
        (("25.03.1990", ""), {"column": "Birthday", "format": "%d.%m.%Y"}),
        (("03/04/1990", "01/02/1991"), None),
        (("", ""), None),
        (("soon", "1990-03-25"), None),
    ],
)
def test_a_date_format_is_proposed_where_one_alone_fits(cells: tuple[str, str], mapping: Any, away: Path) -> None:
    """03/04 is in March for one half of the world: a person says which, and is asked to."""
    text = "email,Birthday\n" + "".join(f"p{place}@example.com,{cell}\n" for place, cell in enumerate(cells))
    assert proposed(away, "people.csv", text)["fields"].get("dateOfBirth") == mapping
    written = (away / "sync.yaml").read_text()
    assert ("To decide: dateOfBirth" in written) == (mapping is None)


@pytest.mark.parametrize(
    ("header", "cells", "mapping"),
    [
        ("Unsubscribed", ("no", "yes"), "Unsubscribed"),
        ("Opt-out date", ("", "2026-01-02"), {"column": "Opt-out date", "when": ["*"]}),
        ("Status", ("active", "Unsubscribed"), {"column": "Status", "when": ["Unsubscribed"]}),
        ("Status", ("Cleaned", "Unsubscribed"), {"column": "Status", "when": ["Cleaned", "Unsubscribed"]}),
        ("Accepts Marketing", ("no", "yes"), {"column": "Accepts Marketing", "when": ["no"]}),
        ("Accepts Marketing", ("TRUE", "TRUE"), {"column": "Accepts Marketing", "when": ["false"]}),
        ("Marketing consent", ("given", "withdrawn"), None),
        ("Opt-out", ("", ""), None),
        ("Favourite", ("no", "yes"), None),
    ],
)
def test_opt_outs_are_proposed_where_their_words_leave_no_doubt(
    header: str, cells: tuple[str, str], mapping: Any, away: Path
) -> None:
    """Whoever opted out is never proposed as a subscriber; where the words say too little, a sync stays refused."""
    text = f"email,{header}\n" + "".join(f"p{place}@example.com,{cell}\n" for place, cell in enumerate(cells))
    assert proposed(away, "people.csv", text)["fields"].get("suppressed") == mapping
    refused = run("check", "--source", "people").exit_code == 1
    undecided = "To decide: suppressed" in (away / "sync.yaml").read_text()
    assert refused == undecided == (mapping is None and header != "Favourite")


def test_names_of_columns_survive_yaml(away: Path) -> None:
    """Whatever a header holds, the file says exactly that."""
    odd = ["email", "a: b", "#1", "{x}", "no", "it's", 'say ""hi""', " first name ", "- x", "two\nlines", "é"]
    header = ",".join(f'"{name}"' for name in odd)
    source = proposed(away, "odd.csv", f"{header}\nann@example.com{',x' * (len(odd) - 1)}\n")
    assert source["fields"]["firstName"] == " first name "
    commented = [
        line.strip().removeprefix("# ") for line in (away / "sync.yaml").read_text().splitlines() if "# custom" in line
    ]
    found = {name for line in commented for name in yaml.safe_load(line).values() if isinstance(name, str)}
    assert {"a: b", "#1", "{x}", "no", "it's", 'say "hi"', "- x", "two\nlines", "é"} <= found


def test_parquet_is_proposed_by_its_types(away: Path) -> None:
    """A column of dates needs no format."""
    people = pl.DataFrame({"mail": ["a@b.co"], "born": ["1990-01-02"], "Geburtstag": ["1990-01-02"]})
    people.with_columns(pl.col("Geburtstag").str.to_date()).write_parquet(away / "people.parquet")
    assert run("init", "--from", "people.parquet").exit_code == 0
    source = yaml.safe_load((away / "sync.yaml").read_text())["sources"][0]
    assert (source["kind"], source["fields"]) == ("parquet", {"email": "mail", "dateOfBirth": "Geburtstag"})


def test_a_workbook_is_proposed_and_one_sheet_of_several_asked_for(away: Path, sandbox: Sandbox) -> None:
    """Marketing's lists are read as they lie there, opt-outs included."""
    people = [row(1, "E-mail 1 - Value", "First Name", "Unsubscribed"), row(2, "a@b.co", "Ann", "yes")]
    people.append(row(3, "c@d.co", "Cy", "no"))
    write(away / "Members 2026.xlsx", {"Members": sheet(people)})
    assert run("init", "--from", "Members 2026.xlsx").exit_code == 0
    source = yaml.safe_load((away / "sync.yaml").read_text())["sources"][0]
    assert source == {
        "name": "members_2026",
        "kind": "excel",
        "path": "Members 2026.xlsx",
        "fields": {"email": "E-mail 1 - Value", "firstName": "First Name", "suppressed": "Unsubscribed"},
    }
    environ = {"EMFLUENCE_BASE_URL": sandbox.base_url, "EMFLUENCE_ACCESS_TOKEN": DEFAULT_TOKEN}
    assert run("sync", "--json", **environ).exit_code == 0
    assert [(one["email"], one["suppressed"]) for one in sandbox.contacts()] == [("a@b.co", True), ("c@d.co", False)]
    write(away / "two.xlsx", {"Notes": sheet([row(1, "Note"), row(2, "old")]), "Members": sheet(people)})
    several = run("init", "--from", "two.xlsx")
    assert (several.exit_code, "init --from takes it as --table" in several.stderr) == (2, True)
    assert "sheet: Members" in run("init", "--from", "two.xlsx", "--table", "Members").stdout


def test_the_only_table_of_a_database_is_taken_and_one_of_several_asked_for(away: Path) -> None:
    """Whoever points at a database learns what is in it."""
    with closing(sqlite3.connect(away / "shop.db")) as connection:
        connection.execute("create table customers (email, surname)")
        connection.execute("insert into customers values ('a@b.co', 'Lee')")
        connection.commit()
        assert run("init", "--from", "shop.db").exit_code == 0
        connection.execute("create view people as select * from customers")
        connection.commit()
    source = yaml.safe_load((away / "sync.yaml").read_text())["sources"][0]
    assert source.pop("fields") == {"email": "email", "lastName": "surname"}
    assert source == {"name": "shop", "kind": "database", "url": "sqlite:///shop.db", "table": "customers"}
    several = run("init", "--from", "sqlite:///shop.db")
    assert (several.exit_code, '"customers", "people": name one with --table' in several.stderr) == (2, True)
    assert "table: people" in run("init", "--from", "sqlite:///shop.db", "--table", "people").stdout


def test_a_password_is_in_no_file_and_on_no_screen(away: Path, server: Server) -> None:  # noqa: F811 - the fixture
    """A URL that may hold a password becomes a reference, and the variable to set is named."""
    server.run(f"create table {server.schema}.people as select 'a@b.co' as email")
    url = server.url.replace("@", ":hunter2@", 1) if ":" not in server.url.split("//")[1].split("@")[0] else server.url
    result = run("init", "--from", url, "--table", f"{server.schema}.people")
    assert result.exit_code == 0, result.output
    variable = f"{name_of(f'{server.schema}.people').upper()}_DB_URL"
    assert f"set {variable} to it" in result.stderr
    assert "hunter2" not in result.output + (away / "sync.yaml").read_text()
    source = read_settings(away / "sync.yaml").sources[0].name
    assert run("check", "--source", source, **{variable: url}).exit_code == 0


@pytest.mark.parametrize(
    ("pointed_at", "said"),
    [
        ("people.docx", "Known are .csv"),
        ("gone.csv", "gone.csv"),
        ("foo://host/people", "not supported"),
        ("http://example.org/people.csv", "over https"),
        ("https://user:hunter2@example.org/people.csv", "storage_options"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_writes_nothing(pointed_at: str, said: str, away: Path) -> None:
    """A typing error costs a sentence, not a file."""
    result = run("init", "--from", pointed_at)
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert "hunter2" not in result.output
    assert not (away / "sync.yaml").exists()


@pytest.mark.parametrize(
    ("words", "name"),
    [("CRM export 2026-11-24", "crm_export"), ("Größe", "groe"), ("2026", "source_2026"), ("名簿", "source")],
)
def test_a_name_is_made_of_whatever_a_file_is_called(words: str, name: str) -> None:
    """A source's name stays the same for ever, so it holds no day."""
    assert name_of(words) == name
