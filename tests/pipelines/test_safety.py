"""The fears that rank above everything, as scenarios: opt-outs, older data, another destination, mended settings."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.sandbox import Sandbox
from connectors.storage.files import StorageError
from pipelines.steps.contacts import choose_contacts
from pipelines.steps.guards import GuardStopError
from pipelines.steps.plan import make_plan
from pipelines.steps.send import last_sending, send_plan
from tests.pipelines.conftest import DAY, FIELDS, Site
from tests.pipelines.night import outcomes, plan_night, run_night, send_night, unheard

NEXT_DAY = DAY + dt.timedelta(days=1)
LATER = DAY + dt.timedelta(days=10)
LIST = {"email": "Mail", "suppressed": "Gone"}
THREE = "Email,Name\nann@example.com,{}\nbob@example.com,Bob\ncy@example.com,Cy\n"


def imports(sandbox: Sandbox) -> int:
    """Return how many import requests the sandbox has seen."""
    return sum(record.endpoint == "contacts/import" for record in sandbox.request_log)


def first_name(sandbox: Sandbox, email: str) -> object:
    """Return a person's first name as the sandbox has it."""
    return {one["email"]: one["firstName"] for one in sandbox.contacts()}[email]


def opted_out(sandbox: Sandbox) -> set[object]:
    """Return who is suppressed at the sandbox."""
    return {one["email"] for one in sandbox.contacts() if one["suppressed"]}


def fail(sandbox: Sandbox, call: int, code: int = 200) -> None:
    """Let one of the next imports fail, and count calls anew."""
    sandbox.faults = FaultPlan((Fault(endpoint="contacts/import", calls=(call,), code=code),))


def test_opt_out_of_a_day_that_failed_arrives_although_newer_data_did(site: Site, sandbox: Sandbox) -> None:
    """A dated list of opt-outs whose night failed is not lost as superseded, and takes nothing else back in time."""
    site.source("crm", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\n", FIELDS, groups=[7])
    site.source("list", "Mail,Gone\nann@example.com,yes\n", LIST, priority=2)
    fail(sandbox, 1)
    assert run_night(site.open(), DAY) == {"pending": 2, "duplicate": 1}
    sandbox.faults = FaultPlan()
    site.write("crm.csv", "Email,Name\nann@example.com,Anna\nbob@example.com,Bob\n")
    site.write("list.csv", "Mail,Gone\nzoe@example.com,yes\n")
    run_night(site.open(), NEXT_DAY)
    assert opted_out(sandbox) == {"zoe@example.com"}
    site.write("crm.csv", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\n")
    site.write("list.csv", "Mail,Gone\nann@example.com,yes\n")
    assert run_night(site.open(), DAY) == {"acknowledged": 1, "duplicate": 1, "unchanged": 1}
    assert opted_out(sandbox) == {"ann@example.com", "zoe@example.com"}
    assert first_name(sandbox, "ann@example.com") == "Anna"
    seen = imports(sandbox)
    assert run_night(site.open(), DAY)["superseded"] == 1
    assert imports(sandbox) == seen


def test_whoever_may_have_opted_out_is_not_mailed_through_another_row(site: Site, sandbox: Sandbox) -> None:
    """An opt-out that cannot be read holds the person back, whichever row would have won."""
    site.source("crm", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\n", FIELDS)
    site.source("list", "Mail,Gone\nANN@example.com,perhaps\nsam@example.com,no\n", LIST, priority=2)
    assert run_night(site.open(), DAY) == {"acknowledged": 2, "held_back": 1, "invalid": 1}
    assert {one["email"] for one in sandbox.contacts()} == {"bob@example.com", "sam@example.com"}


def test_older_day_is_not_resumed_over_a_newer_one_that_was_killed(people: Site, sandbox: Sandbox) -> None:
    """What a killed sync has sent is taken in before an older day decides anything."""
    installation = people.open()
    plan_night(installation, DAY)
    fail(sandbox, 2)
    send_night(installation, DAY)
    sandbox.faults = FaultPlan()
    people.write("crm.csv", THREE.format("Newer").replace("Bob\n", "Newer\n"))
    plan_night(installation, NEXT_DAY)
    before_folding = {path.name: path.read_bytes() for path in (installation.storage / "ledger").iterdir()}
    marked = installation.ledger.mark.read_bytes()
    send_plan(installation, NEXT_DAY, unheard)
    restore(installation.storage / "ledger", before_folding)
    installation.ledger.mark.write_bytes(marked)
    (installation.plans.folder(f"{NEXT_DAY}-0001") / "folded.json").unlink()
    people.write("crm.csv", THREE.format("Older"))
    assert run_night(installation, DAY) == {"superseded": 2, "unchanged": 1}
    assert first_name(sandbox, "bob@example.com") == "Newer"


def restore(folder: Path, files: dict[str, bytes]) -> None:
    """Put a folder back to what it was, as if its process had been killed before it wrote."""
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def test_backfill_between_two_syncs_overwrites_nothing(people: Site, sandbox: Sandbox) -> None:
    """Whoever was found unchanged later is newer than a backfilled day."""
    run_night(people.open(), DAY)
    assert run_night(people.open(), LATER) == {"unchanged": 3}
    people.write("crm.csv", THREE.format("Wrong"))
    assert run_night(people.open(), NEXT_DAY) == {"superseded": 1, "unchanged": 2}
    assert first_name(sandbox, "ann@example.com") == "Ann"


def test_request_of_unknown_fate_is_settled_although_the_source_went_back(people: Site, sandbox: Sandbox) -> None:
    """The ledger's word is not enough once something else may have been applied."""
    people.settings["destination"] = {}
    run_night(people.open(), DAY)
    people.write("crm.csv", THREE.format("Tried"))
    lost = Fault(endpoint="contacts/import", raw="no answer at all", apply=True)
    sandbox.faults = FaultPlan((lost,))
    installation = people.open()
    object.__setattr__(installation, "sleep", list[float]().append)
    plan_night(installation, NEXT_DAY)
    send_night(installation, NEXT_DAY)
    assert first_name(sandbox, "ann@example.com") == "Tried"
    sandbox.faults = FaultPlan()
    people.write("crm.csv", THREE.format("Ann"))
    assert run_night(people.open(), LATER) == {"acknowledged": 1, "unchanged": 2}
    assert first_name(sandbox, "ann@example.com") == "Ann"
    assert run_night(people.open(), LATER) == {"unchanged": 3}


def test_another_destination_is_not_taken_for_the_one_in_the_ledger(people: Site) -> None:
    """Trying the sandbox first does not make production skip everybody."""
    run_night(people.open(), DAY)
    people.environ["EMFLUENCE_BASE_URL"] = "https://api.example.com/v1"
    with pytest.raises(StorageError, match=r"a sandbox on this machine has, and the destination is now https"):
        make_plan(people.open(), NEXT_DAY)


def test_mended_groups_take_effect_at_once(site: Site, sandbox: Sandbox) -> None:
    """A plan that a guard stopped before its first request is not gone on with."""
    site.source("crm", "Email,Name\nann@example.com,Ann\n", FIELDS, groups=[9])
    plan_night(site.open(), DAY)
    assert send_night(site.open(), DAY).guard == "automated_emails"
    site.settings["sources"][0]["groups"] = [7]
    assert run_night(site.open(), DAY) == {"acknowledged": 1}
    assert [one["groupIDs"] for one in sandbox.contacts()] == [[7]]


def test_mended_mapping_takes_effect_at_once(people: Site, sandbox: Sandbox) -> None:
    """What was planned by a wrong mapping is not sent after it was mended."""
    people.settings["sources"][0]["fields"] = {"email": "Email", "lastName": "Name"}
    plan_night(people.open(), DAY)
    fail(sandbox, 2)
    assert not send_night(people.open(), DAY).resumed
    sandbox.faults = FaultPlan()
    people.settings["sources"][0]["fields"] = FIELDS
    assert run_night(people.open(), DAY) == {"acknowledged": 3}
    assert first_name(sandbox, "cy@example.com") == "Cy"
    assert [one["lastName"] for one in sandbox.contacts()] == ["Ann", "", ""]


def test_a_full_sync_is_not_served_by_a_plan_that_was_not_full(people: Site, sandbox: Sandbox) -> None:
    """Whoever asks for everything gets everything, also after a failure."""
    run_night(people.open(), DAY)
    people.write("crm.csv", THREE.format("Anna"))
    plan_night(people.open(), NEXT_DAY)
    fail(sandbox, 1)
    send_night(people.open(), NEXT_DAY)
    sandbox.faults = FaultPlan()
    assert run_night(people.open(), NEXT_DAY, full=True) == {"acknowledged": 3}


def test_resumed_sync_says_so(people: Site, sandbox: Sandbox) -> None:
    """Nobody believes that today's changes were sent when an older plan was finished."""
    plan_night(people.open(), DAY)
    fail(sandbox, 2)
    assert not send_night(people.open(), DAY).resumed
    sandbox.faults = FaultPlan()
    plan_night(people.open(), DAY)
    assert send_night(people.open(), DAY).resumed


def test_source_without_one_valid_row_stops_the_sync(site: Site, sandbox: Sandbox) -> None:
    """A wrong mapping or a broken export is not a night that went well."""
    site.source("crm", "Email,Name\nann@example.com,Ann\n", FIELDS)
    site.source("shop", "Email,Name\nSam,sam@example.com\n", FIELDS, priority=2)
    with pytest.raises(GuardStopError, match=r"Not one row of source shop is valid \(email_syntax 1\)"):
        plan_night(site.open(), DAY)
    assert sandbox.contacts() == []


def test_ledger_that_went_back_in_time_is_refused(people: Site) -> None:
    """A ledger restored from an older backup does not send newer people older data, or skip anybody."""
    installation = people.open()
    run_night(installation, DAY)
    older = {path.name: path.read_bytes() for path in (installation.storage / "ledger").iterdir()}
    people.write("crm.csv", THREE.format("Anna"))
    run_night(installation, NEXT_DAY)
    restore(installation.storage / "ledger", older)
    with pytest.raises(StorageError, match="older than the syncs"):
        make_plan(installation, NEXT_DAY)


def test_snapshot_that_was_changed_behind_our_back_is_refused(people: Site) -> None:
    """Nothing is sent that was not read and checked."""
    installation = people.open()
    plan_night(installation, DAY)
    table = installation.tables.current("validated/crm", DAY)
    assert table is not None
    rows = table.scan().collect()
    rows.write_parquet(table.path)
    with pytest.raises(StorageError, match="not what was written"):
        choose_contacts(installation, DAY)
    assert outcomes_are_missing(people)


def outcomes_are_missing(site: Site) -> bool:
    """Tell whether no outcome was recorded."""
    try:
        outcomes(site.open(), DAY)
    except AssertionError:
        return True
    return False


def test_certain_opt_out_is_sent_although_another_list_is_unclear(site: Site, sandbox: Sandbox) -> None:
    """Who is held back for a doubt is opted out all the same where another source is certain."""
    site.source("crm", "Email,Name\nann@example.com,Ann\n", FIELDS, groups=[7])
    run_night(site.open(), DAY)
    site.source("one", "Mail,Gone\nann@example.com,yes\n", LIST, priority=2)
    site.source("two", "Mail,Gone\nann@example.com,perhaps\nsam@example.com,no\n", LIST, priority=3)
    run_night(site.open(), NEXT_DAY)
    assert opted_out(sandbox) == {"ann@example.com"}


@pytest.mark.parametrize(
    "row", ["ann@example.com,yes,", '"ann@example.com; ann@example.org",yes', "ann@example.com.,yes"]
)
def test_opt_out_that_was_set_aside_holds_its_addresses_back(site: Site, sandbox: Sandbox, row: str) -> None:
    """A broken row of a list of opt-outs does not let the person be mailed through another source."""
    site.source("crm", "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\n", FIELDS)
    site.source("list", f"Mail,Gone\nsam@example.com,yes\n{row}\n", LIST, priority=2)
    found = run_night(site.open(), DAY)
    assert (found["held_back"], found["invalid"]) == (1, 1)
    assert {one["email"] for one in sandbox.contacts()} == {"bob@example.com", "sam@example.com"}


def test_word_that_sounds_like_an_opt_out_and_was_not_listed_is_no_no(site: Site, sandbox: Sandbox) -> None:
    """A `when` that misses a word does not make subscribers of those who have it."""
    fields = {**FIELDS, "suppressed": {"column": "Status", "when": ["Unsubscribed"]}}
    text = "Email,Name,Status\nann@example.com,Ann,Unsubscribed by link\nbob@example.com,Bob,Active\n"
    site.source("crm", text, fields)
    assert run_night(site.open(), DAY) == {"acknowledged": 1, "invalid": 1}
    assert {one["email"] for one in sandbox.contacts()} == {"bob@example.com"}


def test_misspelt_destination_does_not_own_the_ledger(people: Site, sandbox: Sandbox) -> None:
    """A first sync that reached nobody binds the storage to nothing."""
    people.environ["EMFLUENCE_BASE_URL"] = "https://typo.invalid/v1/"
    installation = people.open()
    object.__setattr__(installation, "sleep", list[float]().append)
    plan_night(installation, DAY)
    assert send_night(installation, DAY).stopped is not None
    people.environ["EMFLUENCE_BASE_URL"] = sandbox.base_url
    assert run_night(people.open(), DAY) == {"acknowledged": 3}


def test_destination_is_the_same_however_its_url_is_written(people: Site) -> None:
    """A slash at the end and capital letters make no other destination."""
    written = ("https://api.example.com/v1", "https://API.example.com/v1/")
    assert len({people_at(people, url) for url in written}) == 1


def people_at(site: Site, url: str) -> str:
    """Return what a site's destination is known as."""
    site.environ["EMFLUENCE_BASE_URL"] = url
    return site.open().destination


def test_storage_that_fails_while_sending_is_not_called_an_interruption(people: Site, sandbox: Sandbox) -> None:
    """Whoever reads why the night stopped is sent to the disk, and nothing more was sent."""
    installation = people.open()
    plan_night(installation, DAY)
    plan = installation.plans.get(f"{DAY}-0001")
    receipts = plan.folder / "receipts"

    def lose_the_folder(done: int, total: int) -> None:
        assert (done, total) == (1, 3)
        shutil.rmtree(receipts)
        receipts.write_text("")

    with pytest.raises(StorageError, match="receipts"):
        send_plan(installation, DAY, lose_the_folder)
    stopped = last_sending(plan).stopped
    assert stopped is not None
    assert "receipts" in stopped
    assert imports(sandbox) == 1


def test_plan_of_which_nothing_was_sent_leaves_the_ledger_alone(people: Site) -> None:
    """A plan that was only made does not make another day's plan outdated, and the ledger is written once a sync."""
    installation = people.open()
    plan_night(installation, NEXT_DAY)
    plan_night(installation, DAY)
    assert installation.ledger.current().number == 0
    send_night(installation, DAY)
    assert installation.ledger.current().number == 1


def test_opt_out_travels_from_a_row_with_a_fault_that_rejects(site: Site, sandbox: Sandbox) -> None:
    """Somebody who was synced opts out in a row whose note is too long: the platform learns of it."""
    fields = {"email": "Email", "notes": {"column": "Note", "max_length": 5}, "suppressed": "Out"}
    site.source("crm", "Email,Note,Out\nann@example.com,hi,no\n", fields, severity={"text_too_long": "reject"})
    run_night(site.open(), DAY)
    site.write("crm.csv", "Email,Note,Out\nann@example.com,far too long,yes\n")
    assert run_night(site.open(), NEXT_DAY) == {"acknowledged_with_warning": 1}
    assert opted_out(sandbox) == {"ann@example.com"}


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ("A|apos@x.example|yes", "apos@x.example"),
        ("A|'apos@x.example'|yes", "apos@x.example"),
        ("3|o'neil@x.example|yes", "o'neil@x.example"),
        ("A|jö@x.example|yes", "jö@x.example"),
        ("A|jo@bücher.example|yes", "jo@bücher.example"),
        ("A|zero\u200b@x.example|yes", "zero@x.example"),
        ("A|nul\x00@x.example", "nul@x.example"),
        ("A|wide\uff20x.example|yes", "wide@x.example"),
        ('A|"""jo lee""@x.example"|yes', '"jo lee"@x.example'),
    ],
)
def test_addresses_are_found_in_rows_that_were_set_aside(site: Site, sandbox: Sandbox, row: str, address: str) -> None:
    """However the row is written, whoever may have opted out in it is not mailed through another list."""
    allowed = {"column": "Email", "allow": ["international", "quoted"]}
    quoted = '"{}"'.format(address.replace('"', '""'))
    site.source("crm", f"Email,Name\n{quoted},Jo\nann@example.com,Ann\n", {**FIELDS, "email": allowed})
    gone = {"email": {**allowed, "column": "Mail"}, "suppressed": "Gone"}
    site.source("list", f"Mail|Gone\nzoe@example.com|yes\n{row}|x\n", gone, separator="|", priority=2)
    assert run_night(site.open(), DAY)["held_back"] == 1
    assert {one["email"] for one in sandbox.contacts()} == {"ann@example.com", "zoe@example.com"}
