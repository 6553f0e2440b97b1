"""Delivery: our own copy of a file, or a sentence that says why there is none."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.sources.delivery import take
from connectors.sources.errors import SourceBroken, SourceEmpty, SourceMissing
from connectors.sources.reading import Request
from tests.connectors.sources.opening import DAY


@pytest.fixture
def request_here(tmp_path: Path) -> Request:
    """A request whose folder and scratch folder are apart."""
    (tmp_path / "scratch").mkdir()
    return Request(DAY, tmp_path, {}, tmp_path / "scratch")


def test_the_copy_is_the_file_and_its_digest_is_known(request_here: Request) -> None:
    """What is read later is what the digest in the report stands for."""
    content = os.urandom(3_000_000)
    (request_here.folder / "people-2026-11-24.csv").write_bytes(content)
    delivery = take("people-{date}.csv", request_here)
    assert delivery.copy.read_bytes() == content
    assert delivery.copy.is_relative_to(request_here.scratch)
    assert delivery.facts() == {
        "path": str(request_here.folder / "people-2026-11-24.csv"),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_an_absolute_path_stands_for_itself(request_here: Request, tmp_path: Path) -> None:
    """Files outside the project's folder can be read."""
    (tmp_path / "people.csv").write_text("email\n")
    assert take(str(tmp_path / "people.csv"), request_here).size == len("email\n")


def test_a_missing_file_is_named(request_here: Request) -> None:
    """The message says which file was looked for, the day included."""
    with pytest.raises(SourceMissing, match=r"people-2026-11-24.csv cannot be read: No such file"):
        take("people-{date}.csv", request_here)


def test_a_folder_is_no_file(request_here: Request) -> None:
    """A path that names a folder is a sentence, not a traceback."""
    with pytest.raises(SourceMissing, match="Is a directory"):
        take(".", request_here)


def test_an_empty_file_is_not_everyone_gone(request_here: Request) -> None:
    """A file of no bytes stops the sync."""
    (request_here.folder / "people.csv").touch()
    with pytest.raises(SourceEmpty, match=r"people.csv is empty"):
        take("people.csv", request_here)


def grow(found: Path) -> None:
    """Append, as a slow upload does."""
    with found.open("ab") as file:
        file.write(b"one more\n")


def cut(found: Path) -> None:
    """Start the file again from nothing."""
    found.write_bytes(b"email\n")


def replace(found: Path) -> None:
    """Put another file of the same size and time in its place."""
    before = found.stat()
    other = found.with_name("other.csv")
    other.write_bytes(b"EMAIL\n" * (before.st_size // 6))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(found)


@pytest.mark.parametrize("change", [grow, cut, replace])
def test_a_file_that_changes_while_it_is_read_is_refused(request_here: Request, change: Callable[[Path], None]) -> None:
    """Half of an old file and half of a new one are never synced."""
    found = request_here.folder / "people.csv"
    found.write_bytes(b"email\n" * 1_000_000)
    # A pipe in place of the copy holds the reading up until the other end has taken what was written so far.
    pipe = request_here.scratch / "delivered"
    os.mkfifo(pipe)

    def change_halfway() -> None:
        with pipe.open("rb") as taken:
            taken.read(1)
            change(found)
            while taken.read(1 << 20):
                pass

    with ThreadPoolExecutor(1) as other:
        done = other.submit(change_halfway)
        with pytest.raises(SourceBroken, match=r"people.csv changed while it was read"):
            take("people.csv", request_here)
        done.result()
