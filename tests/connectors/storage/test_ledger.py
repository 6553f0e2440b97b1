"""The ledger: what was acknowledged goes in once, never backwards, and no accident makes it empty."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from connectors.storage.ledger import Ledger, LedgerVersion
from schemas.decisions import LEDGER
from tests.connectors.storage.acknowledging import AT, DAY, acknowledged, held, result
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
    assert ledger.fold(result("one", acknowledged({"a@x.org": "1", "b@x.org": "1"}))) == LedgerVersion(1, 2, ("one",))
    assert ledger.fold(result("two", acknowledged({"b@x.org": "2", "c@x.org": "2"}))) == LedgerVersion(
        2, 3, ("one", "two")
    )
    assert held(ledger) == {"a@x.org": "1", "b@x.org": "2", "c@x.org": "2"}
    assert Ledger(tmp_path).current() == LedgerVersion(2, 3, ("one", "two"))


def test_newer_data_stays(tmp_path: Path) -> None:
    """A backfill of an earlier day leaves alone whoever was synced since, and adds whom it alone knows."""
    ledger = Ledger(tmp_path)
    ledger.fold(result("today", acknowledged({"a@x.org": "new"})))
    ledger.fold(result("backfill", acknowledged({"a@x.org": "old", "b@x.org": "old"}, DAY - dt.timedelta(30))))
    assert held(ledger) == {"a@x.org": "new", "b@x.org": "old"}


def test_all_that_was_acknowledged_is_kept(tmp_path: Path) -> None:
    """A row keeps its day, its batch and its time, to the microsecond."""
    ledger = Ledger(tmp_path)
    row = ("a@x.org", "hash", DAY, "batch", AT.replace(microsecond=123456), True)
    ledger.fold(result("one", pl.LazyFrame([row], schema=LEDGER, orient="row")))
    assert ledger.scan(ledger.current()).collect().rows() == [row]


def test_folding_twice_changes_nothing(tmp_path: Path) -> None:
    """A fold whose end was never noted is done again without harm."""
    ledger = Ledger(tmp_path)
    for _ in range(2):
        ledger.fold(result("one", acknowledged({"a@x.org": "1", "b@x.org": "1"})))
    assert held(ledger) == {"a@x.org": "1", "b@x.org": "1"}


def test_folding_nothing(tmp_path: Path) -> None:
    """A plan of which nothing was acknowledged leaves the rows as they are."""
    ledger = Ledger(tmp_path)
    ledger.fold(result("one", acknowledged({"a@x.org": "1"})))
    ledger.fold(result("two", acknowledged({})))
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
    assert LedgerVersion(len(folds), 0, folds).moved_on(since, plan) is moved


def test_old_versions_go(tmp_path: Path) -> None:
    """Three versions are kept for whoever must go back; the current one is always among them."""
    ledger = Ledger(tmp_path)
    for number in range(1, 6):
        ledger.fold(result(f"plan {number}", acknowledged({"a@x.org": str(number)})))
        kept = range(max(1, number - 2), number + 1)
        assert lying_in(tmp_path / "ledger") == sorted(
            f"{one:06d}.{kind}" for one in kept for kind in ("json", "parquet")
        )
        assert held(ledger) == {"a@x.org": str(number)}
    assert ledger.current().folds == tuple(f"plan {number}" for number in range(1, 6))


def test_a_millionth_version(tmp_path: Path) -> None:
    """Numbers that outgrow their six digits go on counting."""
    ledger = Ledger(tmp_path)
    ledger.fold(result("one", acknowledged({"a@x.org": "1"})))
    for kind in ("json", "parquet"):
        (tmp_path / "ledger" / f"000001.{kind}").rename(tmp_path / "ledger" / f"999999.{kind}")
    assert ledger.fold(result("two", acknowledged({"a@x.org": "2"}))).number == 1_000_000
    assert ledger.fold(result("three", acknowledged({"a@x.org": "3"}))).number == 1_000_001
    assert held(ledger) == {"a@x.org": "3"}


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Addresses are personal data: the folder and the files are their owner's alone."""
    Ledger(tmp_path).fold(result("one", acknowledged({"a@x.org": "1"})))
    assert mode(tmp_path / "ledger") == 0o700
    assert [mode(tmp_path / "ledger" / f"000001.{kind}") for kind in ("json", "parquet")] == [0o600, 0o600]
