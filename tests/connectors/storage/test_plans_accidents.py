"""Accidents of plans: kills, copies, damage and missing rights never send a contact twice, nor lose one."""

import json
from pathlib import Path

import polars as pl
import pytest

from connectors.storage.files import StorageError
from connectors.storage.plan import decisions_path, sent_path
from connectors.storage.plans import Plans
from tests.connectors.storage.planning import DAY, contacts, planned, receipt, unfixed
from tests.connectors.storage.processes import kill_in_the_middle, said_without_powers

PLAN_AND_WAIT = """
import sys
from pathlib import Path
from tests.connectors.storage.planning import contacts, unfixed
unfixed(Path(sys.argv[1]), contacts(range(100)))
print("ready", flush=True)
sys.stdin.readline()
"""

LOOK = """
import datetime as dt, sys
from pathlib import Path
from connectors.storage.files import StorageError
from connectors.storage.plans import Plans
root, places = Path(sys.argv[1]), sys.argv[2:]
for place in places:
    Path(place).chmod(0o300)
    try:
        plan = Plans(root).latest(dt.date(2026, 11, 24))
        print(plan and plan.unanswered())
    except StorageError as error:
        print(error)
    Path(place).chmod(0o700)
"""


def test_killed_while_planning(tmp_path: Path) -> None:
    """A process killed before its plan was fixed has planned nothing; the next plan is whole."""
    kill_in_the_middle(PLAN_AND_WAIT, tmp_path)
    assert Plans(tmp_path).latest(DAY) is None
    plan = planned(tmp_path, contacts([1, 2, 3]))
    assert plan.id == "2026-11-24-0001"
    assert [rows.height for _, rows in plan.contents(list(plan.batches))] == [2, 1]


def test_a_copy_of_a_plan_is_no_plan(tmp_path: Path) -> None:
    """What a person keeps beside the plans is not sent: a copy has no receipts, so its contacts would go out twice."""
    plan = planned(tmp_path, contacts([1]))
    for name in ("2026-11-24-0001 (copy)", "2026-11-24-0001.bak", "2026-11-24-new", "old"):
        Plans(tmp_path).folder(name).mkdir()
        (Plans(tmp_path).folder(name) / "plan.json").write_bytes((plan.folder / "plan.json").read_bytes())
    assert Plans(tmp_path).all_ids() == [plan.id]
    assert Plans(tmp_path).latest(DAY) == plan
    assert Plans(tmp_path).next_id(DAY) == "2026-11-24-0002"


@pytest.mark.parametrize("table", [decisions_path, sent_path])
def test_a_plan_without_its_tables_is_not_fixed(tmp_path: Path, table: object) -> None:
    """A manifest vouches for its tables: it is not written without them."""
    assert callable(table)
    plan = unfixed(tmp_path, contacts([1]))
    table(plan.folder).unlink()
    with pytest.raises(StorageError, match="No such file"):
        Plans(tmp_path).fix(plan)
    assert Plans(tmp_path).latest(DAY) is None


def test_contents_without_their_file(tmp_path: Path) -> None:
    """Contacts that are gone are told before anything is sent."""
    plan = planned(tmp_path, contacts([1]))
    sent_path(plan.folder).unlink()
    with pytest.raises(StorageError, match=r"sent\.parquet cannot be read \(FileNotFoundError\)"):
        list(plan.contents(list(plan.batches)))
    sent_path(plan.folder).write_bytes(b"PAR1 no more")
    with pytest.raises(StorageError, match=r"sent\.parquet cannot be read"):
        list(plan.contents(list(plan.batches)))


@pytest.mark.parametrize("damage", ["lost", "changed", "swapped", "empty"])
def test_contents_that_are_not_what_was_planned(tmp_path: Path, damage: str) -> None:
    """A contact missing from its batch would be answered for without being sent: the batch's id tells."""
    plan = planned(tmp_path, contacts([1, 2]))
    sent = plan.sent().collect()
    damaged = {
        "lost": sent.head(1),
        "changed": sent.with_columns(payload=pl.lit("{}")),
        "swapped": sent.reverse(),
        "empty": sent.clear(),
    }
    damaged[damage].write_parquet(sent_path(plan.folder))
    with pytest.raises(StorageError, match=r"sent\.parquet (does not hold batch|has no row group).+restore"):
        list(plan.contents(list(plan.batches)))


def test_other_groups_are_not_what_was_planned(tmp_path: Path) -> None:
    """A manifest whose groups were changed would set off other e-mails: the batch's id tells that too."""
    plan = planned(tmp_path, contacts([1, 2]))
    path = plan.folder / "plan.json"
    kept = json.loads(path.read_text())
    kept["batches"][0]["group_ids"] = [8]
    path.write_text(json.dumps(kept))
    changed = Plans(tmp_path).get(plan.id)
    with pytest.raises(StorageError, match="as it was planned"):
        list(changed.contents(list(changed.batches)))


@pytest.mark.parametrize("content", ["", '{"day": "2026-', "{}", "[]", "null", '{"day": "x", "batches": []}'])
def test_a_damaged_manifest(tmp_path: Path, content: str) -> None:
    """A damaged plan is told by name; the day's older plan is not taken for the latest."""
    planned(tmp_path, contacts([1]))
    plan = planned(tmp_path, contacts([2]))
    (plan.folder / "plan.json").write_text(content)
    with pytest.raises(StorageError, match=r"0002/plan\.json cannot be read"):
        Plans(tmp_path).latest(DAY)


def test_folders_that_may_not_be_read_are_not_empty(tmp_path: Path) -> None:
    """Plans and receipts of another user's are told: without them contacts would be sent twice."""
    plan = planned(tmp_path, contacts([1]))
    plan.resolve(receipt(plan.batches[0]))
    places = [tmp_path / "plans", plan.folder, plan.folder / "receipts"]
    lines = said_without_powers(LOOK, tmp_path, *places)
    for place, line in zip(places, lines, strict=True):
        assert line.startswith(f"{place} cannot be read (PermissionError)")
