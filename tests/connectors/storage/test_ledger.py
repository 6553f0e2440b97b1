"""The ledger: what was acknowledged goes in once, never backwards, and no accident makes it empty."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from connectors.storage.ledger import Ledger
from connectors.storage.ledger_version import LedgerVersion
from schemas.decisions import LEDGER
from tests.connectors.storage.acknowledging import AT, DAY, acknowledged, folded, held, result, version
from tests.connectors.storage.folders import lying_in, mode


def test_it_is_empty_at_first(tmp_path: Path) -> None:
    """Before the first sync the ledger is version 0, with its columns and without rows, and nothing is written."""
    ledger = Ledger(tmp_path)
    assert ledger.current() == LedgerVersion(0, 0, ())
    assert held(ledger) == {}
    assert lying_in(tmp_path) == []


def test_folding_adds_and_replaces(tmp_path: Path) -> None:
    """New e-mails come in, known ones get their new payload, and the others stay."""
    ledger = Ledger(tmp_path)
    assert folded(ledger, "one", {"a@x.org": "1", "b@x.org": "1"}) == version(("one", 2, 2))
    assert folded(ledger, "two", {"b@x.org": "2", "c@x.org": "2"}) == version(("one", 2, 2), ("two", 2, 3))
    assert held(ledger) == {"a@x.org": "1", "b@x.org": "2", "c@x.org": "2"}
    assert Ledger(tmp_path).current() == version(("one", 2, 2), ("two", 2, 3))


def test_newer_data_stays(tmp_path: Path) -> None:
    """A backfill of an earlier day leaves alone whoever was synced since, and adds whom it alone knows."""
    ledger = Ledger(tmp_path)
    folded(ledger, "today", {"a@x.org": "new"})
    ledger.fold(result("backfill", acknowledged({"a@x.org": "old", "b@x.org": "old"}, DAY - dt.timedelta(30))), AT)
    assert held(ledger) == {"a@x.org": "new", "b@x.org": "old"}


def test_all_that_was_acknowledged_is_kept(tmp_path: Path) -> None:
    """A row keeps its day, its batch and its time, to the microsecond."""
    ledger = Ledger(tmp_path)
    row = ("a@x.org", "hash", DAY, "batch", AT.replace(microsecond=123456), True, 7)
    ledger.fold(result("one", pl.LazyFrame([row], schema=LEDGER, orient="row")), AT)
    assert ledger.scan(ledger.current()).collect().rows() == [row]


def test_folding_twice_changes_nothing(tmp_path: Path) -> None:
    """A fold whose end was never noted is done again without harm."""
    ledger = Ledger(tmp_path)
    for _ in range(2):
        folded(ledger, "one", {"a@x.org": "1", "b@x.org": "1"})
    assert held(ledger) == {"a@x.org": "1", "b@x.org": "1"}


def test_folding_nothing(tmp_path: Path) -> None:
    """A plan of which nothing was acknowledged leaves the rows as they are."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    folded(ledger, "two", {})
    assert held(ledger) == {"a@x.org": "1"}


@pytest.mark.parametrize(
    ("folds", "since", "plan", "moved"),
    [
        ((), 0, "mine", False),
        (("mine",), 0, "mine", False),
        (("mine", "mine"), 0, "mine", False),
        (("other",), 0, "mine", True),
        (("mine", "other"), 0, "mine", True),
        (("other",), 1, "mine", False),
        (("other", "mine"), 1, "mine", False),
        (("mine", "other"), 1, "mine", True),
        (("other", "mine", "other"), 1, "mine", True),
    ],
)
def test_moved_on(folds: tuple[str, ...], since: int, plan: str, moved: bool) -> None:  # noqa: FBT001 - the answer that is expected
    """A plan is outdated by another plan's fold since it was made, not by its own, nor by what came before it."""
    assert version(*((name, 0, 0) for name in folds)).moved_on(since, plan) is moved


def test_old_versions_go(tmp_path: Path) -> None:
    """Three versions are kept for whoever must go back; the current one is always among them."""
    ledger = Ledger(tmp_path)
    for number in range(1, 6):
        folded(ledger, f"plan {number}", {"a@x.org": str(number)})
        kept = range(max(1, number - 2), number + 1)
        assert lying_in(tmp_path / "ledger") == sorted(
            f"{one:06d}.{kind}" for one in kept for kind in ("json", "parquet")
        )
        assert held(ledger) == {"a@x.org": str(number)}
    assert ledger.current().plans == tuple(f"plan {number}" for number in range(1, 6))


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Addresses are personal data: the folder and the files are their owner's alone."""
    folded(Ledger(tmp_path), "one", {"a@x.org": "1"})
    assert mode(tmp_path / "ledger") == 0o700
    assert [mode(tmp_path / "ledger" / f"000001.{kind}") for kind in ("json", "parquet")] == [0o600, 0o600]


def test_it_does_not_matter_how_many_are_folded_in_at_a_time(tmp_path: Path) -> None:
    """A first night of millions is folded part by part, and gives the same ledger."""
    many = {f"{number}@x.org": str(number) for number in range(50)}
    found = []
    for at_a_time in (7, 1000):
        ledger = Ledger(tmp_path / str(at_a_time), at_a_time)
        folded(ledger, "one", many)
        changed = acknowledged({f"{number}@x.org": "new" for number in range(25)}, order=2)
        after = ledger.fold(result("two", changed, list(many)[25:], DAY + dt.timedelta(1)), AT)
        assert after.rows == len(many)
        found.append(ledger.scan(after).collect().sort("email_key"))
        assert lying_in(ledger.folder) == [f"{number:06d}.{kind}" for number in (1, 2) for kind in ("json", "parquet")]
    assert found[0].equals(found[1])


def test_the_last_version_of_each_of_the_latest_days_is_kept(tmp_path: Path) -> None:
    """What was acknowledged by the end of a day can be asked for a week of syncs; the counts, for ever."""
    ledger = Ledger(tmp_path)
    for number in range(20):
        folded(ledger, f"plan {number}", {f"{number}@x.org": "1"}, AT + dt.timedelta(hours=12 * number))
    current = ledger.current()
    days = [current.at_end_of(DAY + dt.timedelta(days)) for days in range(-1, 11)]
    assert [version.rows for version in days] == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 20]
    assert [ledger.is_kept(version) for version in days] == [True, *[False] * 3, *[True] * 8]
    assert ledger.scan(days[5]).collect().height == 10
    assert len(lying_in(ledger.folder)) == 2 * 8


def test_a_clock_that_was_put_back(tmp_path: Path) -> None:
    """The order of versions is the order of folds, whatever their times say; the newest ones stay."""
    ledger = Ledger(tmp_path)
    for number in range(10):
        folded(ledger, f"plan {number}", {f"{number}@x.org": "1"}, AT - dt.timedelta(days=number))
    assert ledger.current().rows == 10
    assert ledger.current().at_end_of(DAY).number == 10
    assert ledger.is_kept(ledger.current())
