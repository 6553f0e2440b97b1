"""Files that cannot be written, for want of room or of rights: nothing changes, and the error says what to do."""

import os
from pathlib import Path
from shutil import which

import pytest

from connectors.storage.files import StorageError, create_file, replace_file
from tests.connectors.storage.folders import lying_in
from tests.connectors.storage.processes import room_for, said, said_without_powers

WRITE_EVERYWHERE = """
import sys
from pathlib import Path
from connectors.storage.files import StorageError, commit_file, create_file, make_folder, replace_file
folder = Path(sys.argv[1])
for write in (
    lambda: create_file(folder / "new", b"x" * 100_000),
    lambda: replace_file(folder / "old", b"x" * 100_000),
    lambda: make_folder(folder / "sub" / "folder"),
    lambda: commit_file(folder / "old", folder / "moved"),
):
    try:
        write()
        print("written")
    except StorageError as error:
        print(error)
"""

FILL_A_DISK = """
import subprocess, sys
from pathlib import Path
from connectors.storage.files import StorageError, create_file, replace_file
folder = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
replace_file(folder / "old", b"before")
for write, name in ((create_file, "new"), (replace_file, "old")):
    try:
        write(folder / name, b"x" * 100_000)
        print("written")
    except StorageError as error:
        print(error)
print(sorted(path.name for path in folder.iterdir()), (folder / "old").read_bytes())
"""


@pytest.mark.parametrize("write", [create_file, replace_file])
def test_no_room(tmp_path: Path, write: object) -> None:
    """A file that does not fit leaves nothing behind, and the error says which file, why, and what to do."""
    assert callable(write)
    with room_for(5000), pytest.raises(StorageError, match=r"receipt cannot be written: .+\. Make room"):
        write(tmp_path / "receipt", b"x" * 100_000)
    assert lying_in(tmp_path) == []


def test_no_room_to_replace(tmp_path: Path) -> None:
    """What was there before stays whole."""
    replace_file(tmp_path / "state", b"before")
    with room_for(5000), pytest.raises(StorageError):
        replace_file(tmp_path / "state", b"x" * 100_000)
    assert (tmp_path / "state").read_bytes() == b"before"


@pytest.mark.skipif(os.geteuid() != 0 or which("unshare") is None, reason="only root may mount a small disk")
def test_a_full_disk(tmp_path: Path) -> None:
    """On a disk that is really full the same holds, and its own word is given."""
    lines = said(FILL_A_DISK, tmp_path, before=(str(which("unshare")), "--mount"))
    for name, line in zip(("new", "old"), lines[:2], strict=True):
        assert line.startswith(f"{tmp_path / name} cannot be written: No space left on device. Make room")
    assert lines[2] == "['old'] b'before'"


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """Missing permissions are told with the path, and nothing changes."""
    (tmp_path / "old").write_bytes(b"before")
    tmp_path.chmod(0o500)
    lines = said_without_powers(WRITE_EVERYWHERE, tmp_path)
    tmp_path.chmod(0o700)
    for path, line in zip(("new", "old", "sub/folder", "moved"), lines, strict=True):
        assert line.startswith(f"{tmp_path / path} cannot be written: Permission denied.")
    assert (tmp_path / "old").read_bytes() == b"before"
    assert lying_in(tmp_path) == ["old"]
