"""Accidents while tables are written and read: kills, full disks, two processes at once, and damage."""

import os
from pathlib import Path

import polars as pl
import pytest

from connectors.storage.files import StorageError
from connectors.storage.lock import LockHeldError
from connectors.storage.tables import Tables
from tests.connectors.storage.folders import lying_in
from tests.connectors.storage.processes import in_the_middle, kill_in_the_middle, room_for, said_without_powers
from tests.connectors.storage.versions import ASSET, DAY, folder, held, written

WRITE_AND_WAIT = """
import datetime as dt, sys
from pathlib import Path
import polars as pl
from connectors.storage.tables import Tables
with Tables(Path(sys.argv[1])).new_version("validated/crm", dt.date(2026, 11, 24)) as new:
    new.write(pl.DataFrame({"row": range(5000)}))
    print("ready", flush=True)
    sys.stdin.readline()
"""

LOOK = """
import datetime as dt, sys
from pathlib import Path
from connectors.storage.files import StorageError
from connectors.storage.tables import Tables
try:
    print(Tables(Path(sys.argv[1])).current("validated/crm", dt.date(2026, 11, 24)))
except StorageError as error:
    print(error)
"""


def test_no_room_for_a_slice(tmp_path: Path) -> None:
    """A disk that fills up is told with the path and what to do; the unfinished file makes room again."""
    written(tmp_path, 1)
    rows = pl.DataFrame({"text": [os.urandom(16).hex() for _ in range(20_000)]})
    with (
        pytest.raises(StorageError, match=r"parquet\.tmp cannot be written: .+\. Make room"),
        room_for(50_000),
        Tables(tmp_path).new_version(ASSET, DAY) as new,
    ):
        new.write(rows)
    assert lying_in(folder(tmp_path)) == ["000001.json", "000001.parquet"]
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [1]


def test_killed_while_writing(tmp_path: Path) -> None:
    """A process killed in the middle of a slice leaves the last version current, and the next one works."""
    written(tmp_path, 1)
    kill_in_the_middle(WRITE_AND_WAIT, tmp_path)
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [1]
    assert written(tmp_path, 2).version == 2
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [2]
    assert [name for name in lying_in(folder(tmp_path)) if name.endswith(".tmp")] == []


def test_killed_before_the_manifest(tmp_path: Path) -> None:
    """A table whose manifest was never written does not exist; the next version replaces its file."""
    written(tmp_path, 1)
    written(tmp_path, 2, 2)
    (folder(tmp_path) / "000002.json").unlink()
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [1]
    with pytest.raises(StorageError, match=r"000002\.json cannot be read"):
        Tables(tmp_path).version(ASSET, DAY, 2)
    assert written(tmp_path, 3).version == 2
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [3]


def test_two_processes_do_not_write_one_table(tmp_path: Path) -> None:
    """The second of two is refused before it can touch the first one's file, and may once the first has ended."""
    with (
        in_the_middle(WRITE_AND_WAIT, tmp_path) as process,
        pytest.raises(LockHeldError, match=f"process {process.pid} on "),
    ):
        written(tmp_path, 1)
    assert written(tmp_path, 1).version == 1


def test_a_version_is_never_changed(tmp_path: Path) -> None:
    """A number that another process has used since it was chosen is refused, and its table stays."""
    version = Tables(tmp_path).next_version(DAY, ASSET)
    written(tmp_path, 1)
    with pytest.raises(StorageError, match="has been written by another process"):
        written(tmp_path, 2, version=version)
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [1]


@pytest.mark.parametrize("content", ["", '{"rows": 1, "inp', "{}", "[]", "null", '{"rows": 1, "inputs": {}}'])
def test_a_damaged_manifest(tmp_path: Path, content: str) -> None:
    """A damaged newest manifest is told by name: an older version is not taken for the current one."""
    written(tmp_path, 1)
    written(tmp_path, 2)
    (folder(tmp_path) / "000002.json").write_text(content)
    with pytest.raises(StorageError, match=r"000002\.json cannot be read .+restore it from a backup"):
        Tables(tmp_path).current(ASSET, DAY)


def test_a_missing_table(tmp_path: Path) -> None:
    """A manifest whose table is gone is told by the table's name."""
    table = written(tmp_path, 1)
    table.path.unlink()
    with pytest.raises(StorageError, match=r"000001\.parquet is missing: restore"):
        Tables(tmp_path).current(ASSET, DAY)


def test_a_folder_that_may_not_be_read_is_not_empty(tmp_path: Path) -> None:
    """Versions that cannot be listed are there all the same: nobody may start from nothing."""
    written(tmp_path, 1)
    folder(tmp_path).chmod(0o300)
    (line,) = said_without_powers(LOOK, tmp_path)
    folder(tmp_path).chmod(0o700)
    assert line.startswith(f"{folder(tmp_path)} cannot be read (PermissionError)")
