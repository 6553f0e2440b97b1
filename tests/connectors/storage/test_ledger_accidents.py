"""Accidents of the ledger: kills, full disks and damage leave the last version, or are told; none makes it empty."""

import os
from pathlib import Path

import polars as pl
import pytest

from connectors.storage.files import StorageError
from connectors.storage.ledger import Ledger, LedgerLostError
from schemas.decisions import LEDGER
from tests.connectors.storage.acknowledging import AT, acknowledged, folded, held, result, version
from tests.connectors.storage.folders import lying_in
from tests.connectors.storage.processes import kill_in_the_middle, room_for, said_without_powers

FOLD_AND_WAIT = """
import sys
from dataclasses import replace
from pathlib import Path
import polars as pl
from connectors.storage.ledger import Ledger
from tests.connectors.storage.acknowledging import AT, result

def wait(rows):
    print("ready", flush=True)
    sys.stdin.readline()
    return rows

ledger = Ledger(Path(sys.argv[1]))
same = ledger.scan(ledger.current()).with_columns(payload_hash=pl.lit("killed"))
found = result("killed", same)
ledger.fold(replace(found, confirmed=found.confirmed.map_batches(wait)), AT)
"""

LOOK = """
import sys
from pathlib import Path
from connectors.storage.files import StorageError
from connectors.storage.ledger import Ledger
try:
    print(Ledger(Path(sys.argv[1])).current())
except StorageError as error:
    print(error)
"""


def test_a_dropped_table_whose_manifest_stayed(tmp_path: Path) -> None:
    """A kill between the two steps of dropping a version is made good by the next fold."""
    ledger = Ledger(tmp_path)
    for number in range(1, 4):
        folded(ledger, f"plan {number}", {"a@x.org": str(number)})
    (tmp_path / "ledger" / "000001.parquet").unlink()
    folded(ledger, "plan 4", {"a@x.org": "4"})
    assert "000001.json" not in lying_in(tmp_path / "ledger")
    assert held(ledger) == {"a@x.org": "4"}


def test_killed_while_folding(tmp_path: Path) -> None:
    """A process killed in the middle of a fold leaves the last version, and the fold is simply done again."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    kill_in_the_middle(FOLD_AND_WAIT, tmp_path)
    assert ledger.current() == version(("one", 1, 1))
    assert held(ledger) == {"a@x.org": "1"}
    assert folded(ledger, "two", {"a@x.org": "2"}).number == 2
    assert held(ledger) == {"a@x.org": "2"}
    assert [name for name in lying_in(tmp_path / "ledger") if name.endswith(".tmp")] == []


def test_killed_before_the_manifest(tmp_path: Path) -> None:
    """A table whose manifest was never written is no version; the next fold replaces its file."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    marked = ledger.mark.read_bytes()
    folded(ledger, "two", {"a@x.org": "2"})
    (tmp_path / "ledger" / "000002.json").unlink()
    ledger.mark.write_bytes(marked)
    (tmp_path / "ledger" / ".000002.parquet.tmp").write_bytes(b"half a file")
    assert held(ledger) == {"a@x.org": "1"}
    assert folded(ledger, "three", {"a@x.org": "3"}) == version(("one", 1, 1), ("three", 1, 1))
    assert held(ledger) == {"a@x.org": "3"}


def test_no_room_to_fold(tmp_path: Path) -> None:
    """A full disk is told in our words, leaves the last version, and its unfinished file makes room again."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    many = acknowledged({f"{os.urandom(8).hex()}@x.org": os.urandom(16).hex() for _ in range(20_000)})
    with room_for(50_000), pytest.raises(StorageError, match=r"ledger/.+ cannot be written: .+\. Make room"):
        ledger.fold(result("two", many), AT)
    assert lying_in(tmp_path / "ledger") == ["000001.json", "000001.parquet"]
    assert held(ledger) == {"a@x.org": "1"}


def test_an_error_of_the_acknowledgements_leaves_the_last_version(tmp_path: Path) -> None:
    """Receipts that cannot be read stop the fold; the ledger stays as it was."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(pl.exceptions.ComputeError):
        ledger.fold(result("two", pl.scan_parquet(tmp_path / "damaged.parquet", schema=LEDGER)), AT)
    assert lying_in(tmp_path / "ledger") == ["000001.json", "000001.parquet"]


def test_a_missing_table(tmp_path: Path) -> None:
    """A ledger whose table is gone is no first sync: everyone would be sent again."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    (tmp_path / "ledger" / "000001.parquet").unlink()
    with pytest.raises(StorageError, match=r"000001\.parquet is missing. Run .contact-sync ledger rebuild"):
        ledger.current()
    with pytest.raises(StorageError):
        folded(ledger, "two", {"b@x.org": "2"})


def test_a_ledger_that_went_back(tmp_path: Path) -> None:
    """A version that is gone, or a whole folder, is told; what is left is not taken for all there ever was."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    folded(ledger, "two", {"a@x.org": "2"})
    for left in (1, 0):
        for kind in ("json", "parquet"):
            (tmp_path / "ledger" / f"{left + 1:06d}.{kind}").unlink()
        with pytest.raises(LedgerLostError, match=rf"version 2 was written, and the newest there is {left}\. Run"):
            ledger.current()


def test_a_digit_changed_in_a_manifest(tmp_path: Path) -> None:
    """A manifest that still reads well but says something else is no word to decide on."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    path = tmp_path / "ledger" / "000001.json"
    path.write_text(path.read_text().replace('"receipts": 1', '"receipts": 2'))
    with pytest.raises(LedgerLostError, match="contact-sync ledger rebuild"):
        ledger.current()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": "x"}'])
def test_a_damaged_mark(tmp_path: Path, content: str) -> None:
    """It is not known then whether the ledger is the newest one."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    ledger.mark.write_text(content)
    with pytest.raises(LedgerLostError, match=r"ledger\.json cannot be read .+ Run .contact-sync ledger rebuild"):
        ledger.current()


@pytest.mark.parametrize("content", ["", '{"rows": 1, "fol', "{}", "[]", "null"])
def test_a_damaged_manifest(tmp_path: Path, content: str) -> None:
    """A damaged newest manifest is told by name: an older version is not taken for the current one."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {"a@x.org": "1"})
    folded(ledger, "two", {"a@x.org": "2"})
    (tmp_path / "ledger" / "000002.json").write_text(content)
    with pytest.raises(StorageError, match=r"000002\.json cannot be read .+ Run .contact-sync ledger rebuild"):
        ledger.current()


@pytest.mark.parametrize("place", [10, 200, -20])
def test_a_flipped_byte(tmp_path: Path, place: int) -> None:
    """Damage that Parquet itself does not notice is noticed before anything is decided on it."""
    ledger = Ledger(tmp_path)
    folded(ledger, "one", {f"{number}@x.org": "1" for number in range(100)})
    table = tmp_path / "ledger" / "000001.parquet"
    content = bytearray(table.read_bytes())
    content[place] ^= 1
    table.write_bytes(content)
    with pytest.raises(
        StorageError, match=r"000001\.parquet is not what was written. Run .contact-sync ledger rebuild"
    ):
        ledger.scan(ledger.current())
    with pytest.raises(StorageError, match="not what was written"):
        folded(ledger, "two", {"a@x.org": "1"})


def test_a_folder_that_may_not_be_read_is_not_empty(tmp_path: Path) -> None:
    """A ledger of another user's is no first sync."""
    folded(Ledger(tmp_path), "one", {"a@x.org": "1"})
    (tmp_path / "ledger").chmod(0o300)
    (line,) = said_without_powers(LOOK, tmp_path)
    (tmp_path / "ledger").chmod(0o700)
    assert line.startswith(f"{tmp_path / 'ledger'} cannot be read (PermissionError): mend its permissions")
