"""Plans: fixed once, numbered by day, and read back as exactly the batches that were planned."""

import datetime as dt
from pathlib import Path

import pytest

from connectors.storage.files import StorageError
from connectors.storage.plans import Plans
from connectors.storage.sent_rows import SENT
from tests.connectors.storage.folders import mode
from tests.connectors.storage.planning import DAY, contacts, planned, receipt, unfixed

NEXT_DAY = DAY + dt.timedelta(1)


def test_nothing_is_there_at_first(tmp_path: Path) -> None:
    """Before the first sync there is no plan, and the first one's number is 1."""
    plans = Plans(tmp_path)
    assert plans.latest(DAY) is None
    assert plans.all_ids() == []
    assert plans.next_id(DAY) == "2026-11-24-0001"
    with pytest.raises(StorageError, match=r"plan\.json cannot be read"):
        plans.get("2026-11-24-0001")


def test_a_fixed_plan_is_read_as_it_was_made(tmp_path: Path) -> None:
    """Another process sees the same plan: day, inputs, counts, batches and their groups."""
    plan = planned(tmp_path, contacts(range(3)), contacts([9], [7, 8]))
    assert len(plan.batches) == 3
    assert Plans(tmp_path).get(plan.id) == plan
    assert Plans(tmp_path).latest(DAY) == plan


def test_without_a_manifest_there_is_no_plan(tmp_path: Path) -> None:
    """A plan that was not fixed is not sent; its number is used again, and nothing of it stays."""
    unfixed(tmp_path, contacts(range(100)))
    plans = Plans(tmp_path)
    assert (plans.latest(DAY), plans.all_ids(), plans.next_id(DAY)) == (None, [], "2026-11-24-0001")
    plan = planned(tmp_path, contacts([1]))
    assert plan.sent().collect()["email_key"].to_list() == ["1@x.org"]


def test_ids_count_up_within_a_day(tmp_path: Path) -> None:
    """Each day counts for itself, the newest of a day is its latest, and all are listed by day."""
    ids = [planned(tmp_path, contacts([n]), day=day).id for n, day in enumerate((NEXT_DAY, DAY, NEXT_DAY, DAY))]
    assert ids == ["2026-11-25-0001", "2026-11-24-0001", "2026-11-25-0002", "2026-11-24-0002"]
    plans = Plans(tmp_path)
    assert plans.all_ids() == sorted(ids)
    for day, latest in ((DAY, ids[3]), (NEXT_DAY, ids[2])):
        found = plans.latest(day)
        assert found is not None
        assert found.id == latest


def test_a_ten_thousandth_plan(tmp_path: Path) -> None:
    """Numbers that outgrow their four digits go on counting, and the newest stays the latest."""
    for number in ("0001", "9999"):
        planned(tmp_path, contacts([1]))
        Plans(tmp_path).folder("2026-11-24-0001").rename(Plans(tmp_path).folder(f"2026-11-24-{number}"))
    ids = [planned(tmp_path, contacts([1])).id for _ in range(2)]
    assert ids == ["2026-11-24-10000", "2026-11-24-10001"]
    assert Plans(tmp_path).all_ids()[-2:] == ids
    latest = Plans(tmp_path).latest(DAY)
    assert latest is not None
    assert latest.id == ids[1]


def test_a_plan_is_fixed_once(tmp_path: Path) -> None:
    """What was fixed does not change, whoever tries."""
    plan = planned(tmp_path, contacts([1]))
    before = (plan.folder / "plan.json").read_bytes()
    with pytest.raises(FileExistsError):
        Plans(tmp_path).fix(plan)
    assert (plan.folder / "plan.json").read_bytes() == before


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Contacts are personal data: the folder and all in it are their owner's alone, receipts too."""
    plan = planned(tmp_path, contacts([1]))
    plan.resolve(receipt(plan.batches[0]))
    assert mode(tmp_path / "plans") == mode(plan.folder) == mode(plan.folder / "receipts") == 0o700
    assert {mode(path) for path in plan.folder.rglob("*") if path.is_file()} == {0o600}


def test_decisions_and_contacts_are_read_back(tmp_path: Path) -> None:
    """What is done with each contact, and what is sent, stand in their tables."""
    plan = planned(tmp_path, contacts([1, 2]))
    assert plan.decisions().collect()["email_key"].to_list() == ["1@x.org", "2@x.org"]
    assert plan.sent().collect_schema() == SENT
    assert plan.sent().collect()["position"].to_list() == [0, 1]


def test_contents_are_every_batch_in_order(tmp_path: Path) -> None:
    """Each batch comes with exactly its rows, in their order, whichever row group holds them."""
    plan = planned(tmp_path, contacts(range(5)), contacts([10, 11, 12], [8]), contacts(range(5, 8)))
    found = [(batch, rows["email_key"].to_list()) for batch, rows in plan.contents(list(plan.batches))]
    assert [batch for batch, _ in found] == list(plan.batches)
    assert len({batch.row_group for batch in plan.batches}) > 1
    sevens = [email for batch, emails in found if batch.group_ids == (7,) for email in emails]
    eights = [email for batch, emails in found if batch.group_ids == (8,) for email in emails]
    assert sevens == [f"{n}@x.org" for n in range(8)]
    assert eights == ["10@x.org", "11@x.org", "12@x.org"]
    assert all(batch.contacts == len(emails) for batch, emails in found)


@pytest.mark.parametrize("kept", [[], [0], [1, 3], [4], [0, 1, 2, 3, 4]])
def test_contents_of_some_batches(tmp_path: Path, kept: list[int]) -> None:
    """A resumed sync reads the batches that it still has to send, and no others."""
    plan = planned(tmp_path, contacts(range(5)), contacts(range(5, 9)))
    wanted = [plan.batches[number] for number in kept]
    found = [(batch, rows["email_key"].to_list()) for batch, rows in plan.contents(wanted)]
    everyone = [f"{n}@x.org" for n in range(9)]
    assert found == [(plan.batches[number], everyone[2 * number : 2 * number + 2]) for number in kept]
