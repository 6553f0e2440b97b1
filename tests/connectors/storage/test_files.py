"""Files are there whole or not at all, never overwritten unless asked, on disk, and their owner's alone."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from threading import Barrier, Thread
from types import FrameType

import pytest
from polars.exceptions import ComputeError

from connectors.storage.files import (
    StorageError,
    commit_file,
    create_file,
    explained,
    intact,
    make_folder,
    names,
    numbered,
    read_json,
    replace_file,
    seal_file,
    sha256,
    to_json,
)
from tests.connectors.storage.folders import lying_in, mode
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


@contextmanager
def umask(value: int) -> Iterator[None]:
    """Have new files lose these permissions."""
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def flushed() -> Iterator[set[str]]:
    """Gather the paths that are open while the operating system is asked to put one of them on disk."""
    seen: set[str] = set()

    def watch(_frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and called is os.fsync:
            seen.update(str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def test_a_new_file_holds_its_content(tmp_path: Path) -> None:
    """A created file has its bytes, and nothing else stays in its folder."""
    create_file(tmp_path / "receipt", b"content")
    assert (tmp_path / "receipt").read_bytes() == b"content"
    assert lying_in(tmp_path) == ["receipt"]


def test_creating_never_overwrites(tmp_path: Path) -> None:
    """A receipt that is there stays as it was."""
    create_file(tmp_path / "receipt", b"first")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "receipt", b"second")
    assert (tmp_path / "receipt").read_bytes() == b"first"
    assert lying_in(tmp_path) == ["receipt"]


def test_of_many_that_create_one_file_one_wins(tmp_path: Path) -> None:
    """Creating is one step for the operating system: there is no moment between looking and writing."""
    barrier, lost = Barrier(8), []

    def create(number: int) -> None:
        barrier.wait()
        try:
            create_file(tmp_path / "receipt", b"%d" % number * 5000)
        except FileExistsError:
            lost.append(number)

    threads = [Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = set(range(8)) - set(lost)
    assert (tmp_path / "receipt").read_bytes() == b"%d" % winner * 5000


def test_replacing_is_whole(tmp_path: Path) -> None:
    """Whoever has the old file open goes on reading the old one whole: the new one never mixes with it."""
    replace_file(tmp_path / "state", b"old content")
    with (tmp_path / "state").open("rb") as reader:
        assert reader.read(4) == b"old "
        replace_file(tmp_path / "state", b"new")
        assert reader.read() == b"content"
    assert (tmp_path / "state").read_bytes() == b"new"
    assert lying_in(tmp_path) == ["state"]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_may_read(tmp_path: Path, mask: int) -> None:
    """Personal data is in these files, and a host's umask is not ours to trust."""
    with umask(mask):
        create_file(tmp_path / "a" / "b" / "created", b"")
        replace_file(tmp_path / "a" / "replaced", b"")
        (tmp_path / "written").write_bytes(b"")
        commit_file(tmp_path / "written", tmp_path / "a" / "committed")
        (tmp_path / "sealed").write_bytes(b"")
        seal_file(tmp_path / "sealed")
    assert [mode(tmp_path / folder) for folder in ("a", "a/b")] == [0o700, 0o700]
    files = ("a/b/created", "a/replaced", "a/committed", "sealed")
    assert [mode(tmp_path / file) for file in files] == [0o600] * 4


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """A folder that somebody made for us keeps the permissions that they gave it."""
    (tmp_path / "shared").mkdir(mode=0o750)
    assert make_folder(tmp_path / "shared") == tmp_path / "shared"
    assert mode(tmp_path / "shared") == 0o750


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed by Linux only")
def test_content_and_names_are_on_disk(tmp_path: Path) -> None:
    """A power cut after a write takes neither the file, nor its name, nor the folders made for it."""
    with flushed() as created:
        create_file(tmp_path / "new" / "receipt", b"content")
    assert {str(tmp_path), str(tmp_path / "new")} <= created
    assert any(path.endswith(".tmp") for path in created)
    with flushed() as replaced:
        replace_file(tmp_path / "state", b"content")
    assert str(tmp_path) in replaced
    with flushed() as committed:
        commit_file(tmp_path / "state", tmp_path / "new" / "table")
    assert {str(tmp_path / "state"), str(tmp_path / "new")} <= committed


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


def test_an_error_between_writing_and_naming_leaves_nothing(tmp_path: Path) -> None:
    """A place that cannot be taken, here because a folder is there, costs no stray file."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError, match=r"taken cannot be written: Is a directory"):
        replace_file(tmp_path / "taken", b"content")
    assert lying_in(tmp_path) == ["taken"]


def test_committing_what_is_not_there(tmp_path: Path) -> None:
    """A table that was never written is told, not passed over."""
    with pytest.raises(StorageError, match=r"table cannot be written: No such file"):
        commit_file(tmp_path / "unfinished", tmp_path / "table")
    with pytest.raises(StorageError, match="unfinished cannot be written"):
        seal_file(tmp_path / "unfinished")


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    """A storage path that runs through a file is told."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="Not a directory"):
        make_folder(tmp_path / "file" / "folder")


def test_json_round_trip(tmp_path: Path) -> None:
    """What is kept is read back, whatever its script."""
    kept = {"facts": ["Grüße, 世界 \U0001f600", None, 1.5, {"a": []}]}
    create_file(tmp_path / "kept.json", to_json(kept))
    assert read_json(tmp_path / "kept.json") == kept


@pytest.mark.parametrize("content", [b"", b'{"rows": 1', b"\0\0\0\0", b"\xff\xfe{", b"not json"])
def test_damaged_json(tmp_path: Path, content: bytes) -> None:
    """A damaged file is named, with what to do; it is never an empty answer."""
    (tmp_path / "kept.json").write_bytes(content)
    with pytest.raises(StorageError, match=r"kept\.json cannot be read .+ restore it from a backup"):
        read_json(tmp_path / "kept.json")


def test_missing_json(tmp_path: Path) -> None:
    """A file that should be there and is not is damage too."""
    with pytest.raises(StorageError, match=r"kept\.json cannot be read \(FileNotFoundError\)"):
        read_json(tmp_path / "kept.json")
    with pytest.raises(StorageError, match="kept cannot be read"):
        sha256(tmp_path / "kept")


def test_digest(tmp_path: Path) -> None:
    """The digest is the one that other tools compute."""
    (tmp_path / "empty").write_bytes(b"")
    assert sha256(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_names(tmp_path: Path) -> None:
    """A folder is listed in order, and one that does not exist yet holds nothing."""
    for name in ("b", "a", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    assert names(tmp_path) == [".hidden", "a", "b"]
    assert names(tmp_path / "none") == []
    with pytest.raises(StorageError, match="a cannot be read"):
        names(tmp_path / "a")


def test_numbered(tmp_path: Path) -> None:
    """Versions are counted, not spelled: the millionth comes last; what a person left there is no version."""
    for name in ("999999.json", "1000000.json", "000002.json", "000003.parquet", "000004 copy.json", ".000005.json"):
        (tmp_path / name).write_bytes(b"")
    assert numbered(tmp_path) == [2, 999999, 1000000]


def test_what_is_not_the_disks_word_passes(tmp_path: Path) -> None:
    """A defect of ours is not dressed up as a full disk."""
    with pytest.raises(ComputeError, match="something else"), explained(tmp_path):
        raise ComputeError("something else")
    with pytest.raises(ZeroDivisionError), intact(tmp_path):
        raise ZeroDivisionError


def test_polars_has_its_own_word_for_a_full_disk(tmp_path: Path) -> None:
    """The error that polars gives for a full disk is no OSError; ours is the same as for the others."""
    with pytest.raises(StorageError, match=r"cannot be written: No space left on device\."), explained(tmp_path):
        raise ComputeError("underlying IO error: No space left on device (os error 28)")
