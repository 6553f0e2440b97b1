"""Sources of several files and of workbooks, from the files to the platform and to the rows set aside."""

import pytest

from connectors.sandbox.sandbox import Sandbox
from connectors.sources.errors import SourceSettingsWrong
from connectors.storage.tables import Tables
from pipelines.checkup import check_installation
from pipelines.steps.extract import extract
from tests.connectors.sources.workbooks import row, sheet, write
from tests.pipelines.conftest import DAY, FIELDS, Site
from tests.pipelines.night import run_night

PEOPLE = "Email,Name\n{0}1@example.com,Ann\n{0}2@example.com,Bob\n"


def source(site: Site, kind: str, path: str, **more: object) -> None:
    """Add a source of files."""
    given = {"name": "crm", "kind": kind, "path": path, "fields": {"email": "Email", "firstName": "Name"}, **more}
    site.settings["sources"].append(given)


def test_a_night_of_several_files_says_where_a_row_that_was_set_aside_stands(site: Site, sandbox: Sandbox) -> None:
    """Each region's people arrive, and the broken row leads to its file and line."""
    source(site, "csv", "crm-*-{date}.csv", files="all")
    site.write("crm-eu-2026-11-24.csv", PEOPLE.format("eu"))
    site.write("crm-us-2026-11-24.csv", PEOPLE.format("us") + "us3@example.com\n")
    site.write("crm-us-2026-11-23.csv", PEOPLE.format("old"))
    assert run_night(site.open(), DAY) == {"acknowledged": 4, "invalid": 1}
    assert len(sandbox.contacts()) == 4
    rejected = Tables(site.open().storage).current("rejected/crm", DAY)
    assert rejected is not None
    found = rejected.scan().collect().row(0, named=True)
    assert (found["row"], found["line"], found["codes"]) == (5, 4, ["ragged_row"])
    assert found["found"]["__file__"] == str(site.folder / "crm-us-2026-11-24.csv")


def test_a_night_of_a_workbook(site: Site, sandbox: Sandbox) -> None:
    """People arrive; an error in a mapped cell is set aside, and a hidden row is a row."""
    source(site, "excel", "list.xlsx")
    rows = [row(1, "The club"), row(3, "Email", "Name"), row(4, "a@example.com", "Ann", more=' hidden="1"')]
    rows += [row(5, "b@example.com", '<c r="B5" t="e"><v>#N/A</v></c>'), row(6, "c@example.com", "Cy")]
    write(site.folder / "list.xlsx", {"Members": sheet(rows)})
    assert run_night(site.open(), DAY) == {"acknowledged": 2, "invalid": 1}
    assert len(sandbox.contacts()) == 2


def test_a_list_of_opt_outs_is_noticed_among_others(site: Site) -> None:
    """By the name of any of the files, of a partition or of a sheet, before a row of it is sent as a subscriber."""
    source(site, "csv", "in", files="all")
    (site.folder / "in").mkdir()
    site.write("in/active.csv", PEOPLE.format("a"))
    site.write("in/unsubscribed.csv", PEOPLE.format("u"))
    with pytest.raises(SourceSettingsWrong, match=r"the file's name unsubscribed.csv looks like"):
        extract(site.open(), site.open().settings.sources[0], DAY)
    (site.folder / "in/unsubscribed.csv").unlink()
    (site.folder / "in/status=opted-out").mkdir()
    (site.folder / "in/active.csv").rename(site.folder / "in/status=opted-out/a.csv")
    with pytest.raises(SourceSettingsWrong, match=r"the file's name status=opted-out/a.csv, a value in column"):
        extract(site.open(), site.open().settings.sources[0], DAY)
    site.settings["sources"].clear()
    source(site, "excel", "list.xlsx")
    write(site.folder / "list.xlsx", {"Unsubscribes": sheet([row(1, "Email", "Name"), row(2, "a@b.co", "A")])})
    with pytest.raises(SourceSettingsWrong, match="name Unsubscribes looks like"):
        extract(site.open(), site.open().settings.sources[0], DAY)


def test_a_check_waits_for_no_file(site: Site) -> None:
    """Whoever looks whether a sync would work is told at once; a wait of ten hours would end this test by its time."""
    site.source("crm", "", FIELDS, wait_minutes=600)
    (site.folder / "crm.csv").rename(site.folder / "crm.csv.part")
    findings = {finding.part: finding for finding in check_installation(site.open(), DAY)}
    assert findings["source crm"].sentence.endswith("it is being written as " + str(site.folder / "crm.csv.part") + ".")
