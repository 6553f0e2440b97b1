"""A plan's answers: marks, receipts and verdicts, and what of them the ledger has taken in."""

import datetime as dt
import json
from pathlib import Path

import pytest

from connectors.storage.files import StorageError
from connectors.storage.ledger_version import Fold
from connectors.storage.plans import Plans
from schemas.decisions import DOUBTS, LEDGER
from schemas.row_outcomes import Verdict
from tests.connectors.storage.planning import AT, DAY, contacts, planned, receipt
from tests.connectors.storage.processes import room_for

LATER = AT + dt.timedelta(hours=1)


def test_a_mark_is_no_answer(tmp_path: Path) -> None:
    """A batch whose request was begun is still to be answered."""
    plan = planned(tmp_path, contacts(range(3)))
    assert not plan.is_begun()
    plan.mark(plan.batches[0], AT)
    assert plan.is_begun()
    assert plan.unanswered() == list(plan.batches)
    assert list(plan.receipts()) == []


def test_a_repeated_mark_changes_nothing(tmp_path: Path) -> None:
    """The first attempt's time is the one that counts, and a resumed batch may be marked again."""
    plan = planned(tmp_path, contacts([1]))
    plan.mark(plan.batches[0], AT)
    plan.mark(plan.batches[0], LATER)
    (mark,) = (plan.folder / "receipts").iterdir()
    assert json.loads(mark.read_text()) == {"begun_at": AT.isoformat()}
    assert mark.name == f"{plan.batches[0].id}.begun"


def test_no_room_for_a_mark(tmp_path: Path) -> None:
    """Without room to note it, a request must not begin."""
    plan = planned(tmp_path, contacts([1]))
    with room_for(0), pytest.raises(StorageError, match=r"\.begun cannot be written"):
        plan.mark(plan.batches[0], AT)


def test_a_receipt_resolves_its_batch(tmp_path: Path) -> None:
    """What has no receipt is unanswered, in sending order, also after a restart."""
    plan = planned(tmp_path, contacts(range(9)))
    for number in (3, 1):
        plan.mark(plan.batches[number], AT)
        plan.resolve(receipt(plan.batches[number]))
    left = [plan.batches[number] for number in (0, 2, 4)]
    assert plan.unanswered() == left
    assert Plans(tmp_path).get(plan.id).unanswered() == left
    for batch in left:
        plan.resolve(receipt(batch))
    assert plan.unanswered() == []


def test_a_receipt_is_never_replaced(tmp_path: Path) -> None:
    """The first answer stays: a second one would mean that the batch was sent twice."""
    plan = planned(tmp_path, contacts([1]))
    first = receipt(plan.batches[0], {0: (Verdict.REFUSED, ("no",))})
    plan.resolve(first)
    with pytest.raises(FileExistsError):
        plan.resolve(receipt(plan.batches[0]))
    assert list(plan.receipts()) == [first]


def test_no_room_for_a_receipt(tmp_path: Path) -> None:
    """An answer that could not be kept leaves its batch unanswered, whole: it is sent again, not half known."""
    plan = planned(tmp_path, contacts([1]))
    with room_for(10), pytest.raises(StorageError, match=r"\.json cannot be written"):
        plan.resolve(receipt(plan.batches[0]))
    assert plan.unanswered() == list(plan.batches)
    assert list((plan.folder / "receipts").iterdir()) == []


def test_a_stray_file_is_no_receipt(tmp_path: Path) -> None:
    """What a killed process left half written counts neither as an answer nor as something to fold."""
    plan = planned(tmp_path, contacts([1]))
    plan.mark(plan.batches[0], AT)
    (plan.folder / "receipts" / ".abc.tmp").write_bytes(b'{"batch": ')
    assert plan.unanswered() == list(plan.batches)
    assert list(plan.receipts()) == []


def test_receipts_come_in_sending_order(tmp_path: Path) -> None:
    """Whatever the order of the answers, they are read in the plan's order."""
    plan = planned(tmp_path, contacts(range(6)))
    kept = [receipt(batch) for batch in plan.batches]
    for one in reversed(kept):
        plan.resolve(one)
    assert list(plan.receipts()) == kept


def test_verdicts(tmp_path: Path) -> None:
    """Whom no exception names was applied, the others have verdict and sentences, and the unanswered are not there."""
    plan = planned(tmp_path, contacts(range(10)), limit=4)
    said = {
        1: (Verdict.WARNED, ("Größe?", "日本")),
        2: (Verdict.REFUSED, ("no",)),
        3: (Verdict.UNKNOWN, ()),
    }
    plan.resolve(receipt(plan.batches[0], said))
    plan.resolve(receipt(plan.batches[2], at=LATER))
    told = plan.verdicts().collect()
    rows = sorted(told.select("email_key", "payload_hash", "batch", "answered_at", "verdict", "sentences").rows())
    first, last = plan.batches[0].id, plan.batches[2].id
    assert rows == [
        ("0@x.org", "hash 0", first, AT, "applied", None),
        ("1@x.org", "hash 1", first, AT, "warned", ["Größe?", "日本"]),
        ("2@x.org", "hash 2", first, AT, "refused", ["no"]),
        ("3@x.org", "hash 3", first, AT, "unknown", []),
        ("8@x.org", "hash 8", last, LATER, "applied", None),
        ("9@x.org", "hash 9", last, LATER, "applied", None),
    ]


def test_no_verdict_without_a_receipt(tmp_path: Path) -> None:
    """A plan of which nothing was answered has its columns and no row, also where there was nobody to send."""
    for plan in (planned(tmp_path, contacts(range(3))), planned(tmp_path, contacts([]))):
        assert plan.verdicts().collect().is_empty()
        assert plan.acknowledged().collect().schema == LEDGER
        assert plan.acknowledged().collect().is_empty()


def test_acknowledged_is_what_is_known_to_be_applied(tmp_path: Path) -> None:
    """What was refused, or is not known to be applied, never enters the ledger."""
    plan = planned(tmp_path, contacts(range(4)), limit=4)
    said = {
        1: (Verdict.WARNED, ("hm",)),
        2: (Verdict.REFUSED, ("no",)),
        3: (Verdict.UNKNOWN, ("?",)),
    }
    plan.resolve(receipt(plan.batches[0], said))
    batch = plan.batches[0].id
    found = plan.acknowledged().collect()
    assert found.schema == LEDGER
    assert sorted(found.rows()) == [
        ("0@x.org", "hash 0", DAY, batch, AT, False, plan.order),
        ("1@x.org", "hash 1", DAY, batch, AT, False, plan.order),
    ]


def test_bookkeeping_of_folds(tmp_path: Path) -> None:
    """Receipts are unfolded until it is noted that the ledger has them, and again once new ones come."""
    plan = planned(tmp_path, contacts(range(4)))
    assert (plan.is_folded(), plan.was_folded(), plan.folds()) == (False, False, {})
    none = {4: Fold(plan.id, 0, AT, 0, 9)}
    plan.note_folds(none)
    assert (plan.is_folded(), plan.was_folded(), plan.folds()) == (True, True, none)
    plan.resolve(receipt(plan.batches[0]))
    assert (plan.is_folded(), plan.was_folded()) == (False, True)
    both = none | {5: Fold(plan.id, 1, LATER, 2, 11)}
    plan.note_folds(both)
    again = Plans(tmp_path).get(plan.id)
    assert (again.is_folded(), again.folds()) == (True, both)


def test_doubts_are_what_was_begun_and_what_is_unknown(tmp_path: Path) -> None:
    """A contact that may have been applied is remembered, with the day of its data and the order of its plan."""
    plan = planned(tmp_path, contacts(range(6)))
    for batch in plan.batches[:2]:
        plan.mark(batch, AT)
    plan.resolve(receipt(plan.batches[0], {1: (Verdict.UNKNOWN, ("?",))}, LATER))
    plan.note_folds({6: Fold(plan.id, 1, AT, 1, 1)})
    doubts = Plans(tmp_path).doubts("the platform").collect()
    assert doubts.schema == DOUBTS
    assert sorted(doubts.rows()) == [(f"{number}@x.org", DAY, plan.order) for number in (1, 2, 3)]


def test_no_doubt_is_left_once_everything_is_answered(tmp_path: Path) -> None:
    """A night that went well costs the next one nothing."""
    plan = planned(tmp_path, contacts(range(2)))
    plan.mark(plan.batches[0], AT)
    plan.resolve(receipt(plan.batches[0]))
    plan.note_folds({6: Fold(plan.id, 1, AT, 2, 2)})
    assert plan.doubts() is None
    assert Plans(tmp_path).doubts("another").collect().is_empty()
    assert Plans(tmp_path).doubts("the platform").collect().is_empty()


@pytest.mark.parametrize("content", ["", "{}", "[]"])
def test_a_damaged_note(tmp_path: Path, content: str) -> None:
    """A note that cannot be understood is told by name."""
    plan = planned(tmp_path, contacts([1]))
    plan.resolve(receipt(plan.batches[0]))
    (plan.folder / "folded.json").write_text(content)
    with pytest.raises(StorageError, match=r"folded\.json cannot be read"):
        plan.is_folded()
