"""The ledger made anew: equal to the lost one whatever happened before, or refused with a word why."""

import shutil
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.storage.files import StorageError
from connectors.storage.ledger import Ledger, LedgerLostError
from connectors.storage.plans import Plans
from connectors.storage.rebuild import NotRebuildableError, rebuild
from schemas.row_outcomes import Verdict
from tests.connectors.storage.syncing import Night, synced

APPLIED, WARNED, REFUSED, UNKNOWN = Verdict.APPLIED, Verdict.WARNED, Verdict.REFUSED, Verdict.UNKNOWN

NIGHTS = st.builds(
    Night,
    day=st.integers(0, 4),
    people=st.dictionaries(st.sampled_from("abcde"), st.sampled_from(["x", "y", "-out"])),
    answers=st.lists(st.sampled_from([APPLIED, APPLIED, WARNED, REFUSED, UNKNOWN]), max_size=6).map(tuple),
    folded_after=st.none() | st.integers(0, 2),
    full=st.booleans(),
    clock=st.integers(0, 100),
)


def rows(ledger: Ledger) -> pl.DataFrame:
    """Return what the ledger holds, by e-mail."""
    return ledger.scan(ledger.current()).collect().sort("email_key")


def some_nights(root: Path) -> Ledger:
    """Make a ledger of three nights, of which the second one is folded twice."""
    synced(root, Night(0, {"a": "x", "b": "x", "c": "x"}))
    synced(root, Night(1, {"a": "y", "b": "y", "c": "y"}, folded_after=1))
    synced(root, Night(2, {"a": "y", "b": "z"}))
    return Ledger(root)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(NIGHTS, min_size=1, max_size=5))
def test_it_comes_out_as_it_was(nights: list[Night]) -> None:
    """Syncs, backfills, partial nights, refusals, opt-outs, clocks that go back: rows and history are the same."""
    with tempfile.TemporaryDirectory() as name:
        root, ledger = Path(name), Ledger(Path(name))
        for night in nights:
            synced(root, night)
        version, before = ledger.current(), rows(ledger)
        shutil.rmtree(ledger.folder)
        ledger.mark.unlink()
        assert rebuild(root) == version == ledger.current()
        assert rows(ledger).equals(before)


def test_a_lost_ledger_is_rebuilt_and_gone_on_with(tmp_path: Path) -> None:
    """The next sync finds everybody unchanged, and nothing is left lying about."""
    ledger = some_nights(tmp_path)
    shutil.rmtree(ledger.folder)
    with pytest.raises(LedgerLostError, match="contact-sync ledger rebuild"):
        ledger.current()
    rebuild(tmp_path)
    assert synced(tmp_path, Night(3, {"a": "y", "b": "z", "c": "y"})).batches == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger", "ledger.json", "plans"]


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_a_damaged_ledger_is_rebuilt(tmp_path: Path, kind: str) -> None:
    """What still stands of it is no hindrance."""
    ledger = some_nights(tmp_path)
    before = rows(ledger)
    path = ledger.folder / f"{ledger.current().number:06d}.{kind}"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(LedgerLostError):
        rows(ledger)
    rebuild(tmp_path)
    assert rows(ledger).equals(before)


def test_a_sound_ledger_comes_out_the_same(tmp_path: Path) -> None:
    """To rebuild without need does no harm, and neither does a second time."""
    ledger = some_nights(tmp_path)
    before, version = rows(ledger), ledger.current()
    for _ in range(2):
        assert rebuild(tmp_path) == version
        assert rows(ledger).equals(before)


def test_nothing_was_ever_folded(tmp_path: Path) -> None:
    """A new installation has nothing to rebuild, and is told so."""
    assert rebuild(tmp_path).number == 0


def test_killed_before_it_was_noted(tmp_path: Path) -> None:
    """A fold that the plan does not know of yet is taken from what is left of the ledger."""
    ledger = some_nights(tmp_path)
    before = rows(ledger)
    (Plans(tmp_path).folder(Plans(tmp_path).all_ids()[-1]) / "folded.json").unlink()
    (ledger.folder / "000004.parquet").unlink()
    assert rebuild(tmp_path).number == 4
    assert rows(ledger).equals(before)
    assert Plans(tmp_path).get(Plans(tmp_path).all_ids()[-1]).is_folded()


def refused(root: Path, match: str) -> None:
    """Lose the ledger; see that it is not rebuilt, with a word why, and that it is still not taken for a first one."""
    ledger = Ledger(root)
    shutil.rmtree(ledger.folder)
    with pytest.raises(NotRebuildableError, match=match):
        rebuild(root)
    with pytest.raises(LedgerLostError):
        ledger.current()


def test_plans_that_were_cleaned_up(tmp_path: Path) -> None:
    """A ledger without those whom the oldest plan alone knows would send them again."""
    some_nights(tmp_path)
    shutil.rmtree(Plans(tmp_path).folder(Plans(tmp_path).all_ids()[0]))
    refused(tmp_path, r"had 4 versions, and the plans that number 1 came from are not on disk any more")


def test_the_newest_plan_is_gone(tmp_path: Path) -> None:
    """The mark knows how far the ledger had come."""
    some_nights(tmp_path)
    shutil.rmtree(Plans(tmp_path).folder(Plans(tmp_path).all_ids()[-1]))
    refused(tmp_path, "number 4 came from")


def test_all_plans_are_gone(tmp_path: Path) -> None:
    """An installation that lost nearly everything is no new one."""
    some_nights(tmp_path)
    shutil.rmtree(tmp_path / "plans")
    refused(tmp_path, r"4 of them \(1 to 4\) came from")


def test_a_receipt_is_gone(tmp_path: Path) -> None:
    """Whom it acknowledged would be sent again, or taken for somebody older."""
    some_nights(tmp_path)
    plan = Plans(tmp_path).get(Plans(tmp_path).all_ids()[0])
    (plan.folder / "receipts" / f"{plan.batches[0].id}.json").unlink()
    refused(tmp_path, r"2 receipts of plan 2026-11-01-0001 were folded, and 1 are in")


@pytest.mark.parametrize("table", ["decisions.parquet", "sent.parquet"])
def test_a_table_of_a_plan_was_changed(tmp_path: Path, table: str) -> None:
    """A flipped bit would be another person, or another day."""
    some_nights(tmp_path)
    path = Plans(tmp_path).folder(Plans(tmp_path).all_ids()[1]) / table
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    refused(tmp_path, f"{table} is not what was written")


def test_a_damaged_plan(tmp_path: Path) -> None:
    """It is named."""
    some_nights(tmp_path)
    (Plans(tmp_path).folder(Plans(tmp_path).all_ids()[1]) / "plan.json").write_text("{")
    with pytest.raises(StorageError, match=r"2026-11-02-0001/plan\.json cannot be read"):
        rebuild(tmp_path)


def test_files_of_different_times(tmp_path: Path) -> None:
    """Plans of one backup and a ledger of another installation do not make one ledger."""
    some_nights(tmp_path / "one")
    synced(tmp_path / "two", Night(7, {"a": "x"}))
    shutil.rmtree(tmp_path / "one" / "ledger")
    shutil.copytree(tmp_path / "two" / "ledger", tmp_path / "one" / "ledger")
    with pytest.raises(NotRebuildableError, match=r"Version 1 .+ these files are of different times"):
        rebuild(tmp_path / "one")
