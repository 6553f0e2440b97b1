"""Locks: one process at a time, told by name, and free again however the holder ends."""

import datetime as dt
import json
import os
import socket
from pathlib import Path

import pytest

from connectors.storage.files import StorageError
from connectors.storage.lock import LockHeldError, LockLostError, sync_lock, write_lock
from tests.connectors.storage.folders import mode
from tests.connectors.storage.processes import in_the_middle, kill_in_the_middle, room_for, said_without_powers

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)

HOLD = """
import datetime as dt, sys
from pathlib import Path
from connectors.storage.lock import sync_lock
with sync_lock(Path(sys.argv[1]), dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.timezone.utc)):
    print("ready", flush=True)
    sys.stdin.readline()
"""

TRY = """
import datetime as dt, sys
from pathlib import Path
from connectors.storage.files import StorageError
from connectors.storage.lock import sync_lock
try:
    with sync_lock(Path(sys.argv[1]), dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc)):
        print("held")
except StorageError as error:
    print(error)
"""


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """Two syncs never send at the same time; the second is told who holds it, since when, and what to do."""
    with in_the_middle(HOLD, tmp_path) as process:
        with pytest.raises(LockHeldError) as refused, sync_lock(tmp_path, NOW):
            pass
        assert str(refused.value) == (
            f"Another sync is sending: process {process.pid} on {socket.gethostname()} since "
            "2026-11-24T02:30:00+00:00. Its lock ends with it; run again then."
        )
        assert process.poll() is None
        process.communicate("\n")
    with sync_lock(tmp_path, NOW):
        pass


def test_a_refusal_leaves_the_holder_its_lock(tmp_path: Path) -> None:
    """Being refused twice gives the same answer: the first refusal has neither freed nor renamed the lock."""
    with in_the_middle(HOLD, tmp_path) as process:
        for _ in range(2):
            with pytest.raises(LockHeldError, match=f"process {process.pid} "), sync_lock(tmp_path, NOW):
                pass


def test_a_killed_holder_frees_it(tmp_path: Path) -> None:
    """A lock never outlives its process: nobody has to remove a file after a crash."""
    kill_in_the_middle(HOLD, tmp_path)
    with sync_lock(tmp_path, NOW):
        pass


def test_an_exception_frees_it(tmp_path: Path) -> None:
    """A sync that fails leaves the way free for the next."""
    with pytest.raises(ZeroDivisionError), sync_lock(tmp_path, NOW):
        raise ZeroDivisionError
    with sync_lock(tmp_path, NOW):
        pass


def test_it_is_held_against_ones_own_process_too(tmp_path: Path) -> None:
    """Two threads are two syncs; after release the lock may be taken again."""
    with sync_lock(tmp_path, NOW):
        with pytest.raises(LockHeldError, match=f"process {os.getpid()} "), sync_lock(tmp_path, NOW):
            pass
        with pytest.raises(LockHeldError), sync_lock(tmp_path, NOW):
            pass
    with sync_lock(tmp_path, NOW):
        pass


def test_what_the_body_raises_is_the_bodys(tmp_path: Path) -> None:
    """An operating system's error inside the block is not taken for one of the lock."""
    with pytest.raises(BlockingIOError), sync_lock(tmp_path, NOW):
        raise BlockingIOError
    with pytest.raises(TimeoutError), sync_lock(tmp_path, NOW):
        raise TimeoutError


def test_storages_are_apart(tmp_path: Path) -> None:
    """Another storage's sync is no reason to wait, and its folder is made."""
    with sync_lock(tmp_path / "one", NOW), sync_lock(tmp_path / "two", NOW):
        assert mode(tmp_path / "two") == 0o700
        assert mode(tmp_path / "two" / "sync.lock") == 0o600


@pytest.mark.parametrize("left", ["", "{half", '{"process": 1}', "\0\0"])
def test_what_is_left_in_the_file_does_not_matter(tmp_path: Path, left: str) -> None:
    """A file without a holder is no lock, and one that cannot be read yet still says that it is held."""
    (tmp_path / "sync.lock").write_text(left)
    with sync_lock(tmp_path, NOW):
        (tmp_path / "sync.lock").write_text(left)
        with pytest.raises(LockHeldError, match=r"process (\?|1) on \?\. Its lock"), sync_lock(tmp_path, NOW):
            pass


def test_a_shorter_holder_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    """The file holds the present holder alone."""
    (tmp_path / "sync.lock").write_text("x" * 5000)
    with sync_lock(tmp_path, NOW):
        assert (tmp_path / "sync.lock").stat().st_size < 500


def test_no_room_for_the_holder(tmp_path: Path) -> None:
    """A disk without room for a line refuses the lock in our words, and keeps nobody out afterwards."""
    with room_for(0), pytest.raises(StorageError, match=r"sync\.lock cannot be written"), sync_lock(tmp_path, NOW):
        pass
    with sync_lock(tmp_path, NOW):
        pass


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """A storage of another user's is told, with the path."""
    tmp_path.chmod(0o500)
    (line,) = said_without_powers(TRY, tmp_path)
    tmp_path.chmod(0o700)
    assert line.startswith(f"{tmp_path / 'sync.lock'} cannot be written: Permission denied. Make room or mend")


def test_a_folders_lock_is_its_own(tmp_path: Path) -> None:
    """A table's lock keeps a second writer out, and nobody from planning."""
    with write_lock(tmp_path), sync_lock(tmp_path, NOW):
        with pytest.raises(LockHeldError) as refused, write_lock(tmp_path):
            pass
        assert str(refused.value).startswith(f"{tmp_path} is being written: process {os.getpid()} on ")
        assert "since" not in str(refused.value)
    with write_lock(tmp_path):
        pass


def test_a_holder_whose_file_was_deleted_is_told(tmp_path: Path) -> None:
    """Whoever deletes a lock's file lets a second sync in: the first one looks again, and learns of it."""
    with sync_lock(tmp_path, NOW) as first:
        first.check()
        (tmp_path / "sync.lock").unlink()
        with pytest.raises(LockLostError, match="deleted"):
            first.check()
        with sync_lock(tmp_path, NOW) as second:
            with pytest.raises(LockLostError, match=f"process {os.getpid()} on .* took it"):
                first.check()
            second.check()


def test_a_holder_on_another_machine_is_told_apart(tmp_path: Path) -> None:
    """Nobody looks for a process here that runs elsewhere, and nobody is led to delete the lock's file."""
    with sync_lock(tmp_path, NOW):
        (tmp_path / "sync.lock").write_text(json.dumps({"process": 7, "host": "elsewhere", "since": "2026-11-24"}))
        with (
            pytest.raises(LockHeldError, match=r"process 7 on elsewhere since .*never delete"),
            sync_lock(tmp_path, NOW),
        ):
            pass
