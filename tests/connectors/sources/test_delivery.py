"""Delivery: our own copy of a file, or a sentence that says why there is none."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.sources.delivery import Delivery, take
from connectors.sources.errors import SourceBroken, SourceMissing
from connectors.sources.finding_files import FoundFile
from connectors.sources.local_store import LocalStore
from connectors.sources.reading import Request
from tests.connectors.sources.opening import DAY


@pytest.fixture
def request_here(tmp_path: Path) -> Request:
    """A request whose folder and scratch folder are apart."""
    (tmp_path / "scratch").mkdir()
    return Request(DAY, tmp_path, {}, tmp_path / "scratch")


def found(path: str, request: Request) -> FoundFile:
    """Return a file as it is now."""
    store = LocalStore(request.folder)
    seen = store.look(path)
    assert seen is not None
    return FoundFile(path, store.name(path), seen)


def taken(path: str, request: Request) -> Delivery:
    """Take a file that nobody touches meanwhile."""
    return take(found(path, request), LocalStore(request.folder), request)


def test_the_copy_is_the_file_and_its_digest_is_known(request_here: Request) -> None:
    """What is read later is what the digest in the report stands for."""
    content = os.urandom(3_000_000)
    (request_here.folder / "people.csv").write_bytes(content)
    delivery = taken("people.csv", request_here)
    assert delivery.copy.read_bytes() == content
    assert delivery.copy.is_relative_to(request_here.scratch)
    assert delivery.facts() == {
        "path": str(request_here.folder / "people.csv"),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_an_absolute_path_stands_for_itself(request_here: Request, tmp_path: Path) -> None:
    """Files outside the project's folder can be read."""
    (tmp_path / "people.csv").write_text("email\n")
    assert taken(str(tmp_path / "people.csv"), request_here).size == len("email\n")


def test_a_file_that_is_gone_by_now_is_missing(request_here: Request) -> None:
    """Between finding and reading a file may be taken away."""
    file = request_here.folder / "people.csv"
    file.write_text("email\n")
    before = found("people.csv", request_here)
    file.unlink()
    with pytest.raises(SourceMissing, match=r"people.csv cannot be read: No such file"):
        take(before, LocalStore(request_here.folder), request_here)


def test_a_file_that_is_another_one_by_now_is_refused(request_here: Request) -> None:
    """What was chosen is what is read: a file that was replaced after the choice is not."""
    file = request_here.folder / "people.csv"
    file.write_text("email\n")
    before = found("people.csv", request_here)
    file.write_text("email\na@b.c\n")
    with pytest.raises(SourceBroken, match=r"people.csv changed while it was read"):
        take(before, LocalStore(request_here.folder), request_here)


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
    file = request_here.folder / "people.csv"
    file.write_bytes(b"email\n" * 1_000_000)
    # A pipe in place of the copy holds the reading up until the other end has taken what was written so far.
    pipe = request_here.scratch / "delivered"
    os.mkfifo(pipe)

    def change_halfway() -> None:
        with pipe.open("rb") as copied:
            copied.read(1)
            change(file)
            while copied.read(1 << 20):
                pass

    with ThreadPoolExecutor(1) as other:
        done = other.submit(change_halfway)
        with pytest.raises(SourceBroken, match=r"people.csv changed while it was read"):
            taken("people.csv", request_here)
        done.result()
