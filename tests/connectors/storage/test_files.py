"""Files are there whole or not at all, never overwritten unless asked, on disk, and their owner's alone."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread
from types import FrameType

import pytest

from connectors.storage.files import (
    StorageError,
    commit_file,
    create_file,
    make_folder,
    replace_file,
    seal_file,
)
from tests.connectors.storage.folders import lying_in, mode


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


def test_an_error_between_writing_and_naming_leaves_nothing(tmp_path: Path) -> None:
    """A place that cannot be taken, here because a folder is there, costs no stray file."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError, match=r"taken cannot be written: Is a directory"):
        replace_file(tmp_path / "taken", b"content")
    assert lying_in(tmp_path) == ["taken"]


def test_committing_what_is_not_there(tmp_path: Path) -> None:
    """A table that was never written is told, not passed over."""
    with pytest.raises(StorageError, match=r"unfinished cannot be written: No such file"):
        commit_file(tmp_path / "unfinished", tmp_path / "table")
    with pytest.raises(StorageError, match="unfinished cannot be written"):
        seal_file(tmp_path / "unfinished")


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    """A storage path that runs through a file is told."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="Not a directory"):
        make_folder(tmp_path / "file" / "folder")
