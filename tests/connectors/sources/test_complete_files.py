"""Whole files: what is still being written is waited for, or named; nothing half-written is read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.sources.complete_files import complete_files
from connectors.sources.errors import FileUnfinished, SourceEmpty, SourceMissing
from connectors.sources.finding_files import Found
from connectors.sources.local_store import LocalStore
from connectors.sources.reading import Request
from tests.connectors.sources.opening import DAY
from tests.connectors.sources.test_finding_files import given, make, paths


class Sleeps:
    """Waits no time: keeps what was asked for, and lets something happen meanwhile."""

    def __init__(self, *happenings: Callable[[], object]) -> None:
        """Let one thing happen per wait, as long as there are any."""
        self.seconds: list[float] = []
        self._happenings = list(happenings)

    def __call__(self, seconds: float) -> None:
        """Wait."""
        self.seconds.append(seconds)
        if self._happenings:
            self._happenings.pop(0)()


def wait(folder: Path, sleeps: Sleeps, path: str = "crm.csv", **more: object) -> Found:
    """Wait for the files of a path."""
    request = Request(DAY, folder, {}, folder, sleep=sleeps)
    return complete_files(given(path, **more), [".csv"], LocalStore(folder), request)


def appended(folder: Path, path: str = "crm.csv") -> Callable[[], object]:
    """Return what an upload does from time to time."""

    def append() -> None:
        with (folder / path).open("a") as file:
            file.write("more")

    return append


def test_whole_files_are_not_waited_for(tmp_path: Path) -> None:
    """Without a setting, nothing takes longer than it has to."""
    make(tmp_path, "crm.csv")
    sleeps = Sleeps()
    assert paths(wait(tmp_path, sleeps, wait_minutes=60)) == ["crm.csv"]
    assert sleeps.seconds == []


def test_a_missing_file_is_waited_for(tmp_path: Path) -> None:
    """An export that is late is read once it is there."""
    sleeps = Sleeps(lambda: None, lambda: make(tmp_path, "crm.csv"))
    assert paths(wait(tmp_path, sleeps, wait_minutes=60)) == ["crm.csv"]
    assert sleeps.seconds == [30, 30]


def test_waiting_ends(tmp_path: Path) -> None:
    """A night does not hang: what was missing is said, and for how long it was waited for."""
    sleeps = Sleeps()
    with pytest.raises(SourceMissing, match=r"crm.csv cannot be read: .* It was waited for 1.5 minutes."):
        wait(tmp_path, sleeps, wait_minutes=1.5)
    assert sleeps.seconds == [30, 30, 30]


def test_without_wait_minutes_nothing_is_waited_for(tmp_path: Path) -> None:
    """The sentence is the same as ever."""
    sleeps = Sleeps()
    with pytest.raises(SourceMissing, match=r"grant access\.\Z"):
        wait(tmp_path, sleeps)
    assert sleeps.seconds == []


def test_an_empty_file_is_waited_for_and_stays_empty(tmp_path: Path) -> None:
    """An upload starts with nothing; one that never gets further is not everyone gone."""
    (tmp_path / "crm.csv").touch()
    with pytest.raises(SourceEmpty, match=r"crm.csv is empty.* waited for 2 minutes"):
        wait(tmp_path, Sleeps(), wait_minutes=2)
    assert paths(wait(tmp_path, Sleeps(appended(tmp_path)), wait_minutes=2)) == ["crm.csv"]


def test_an_upload_under_a_temporary_name_is_waited_for(tmp_path: Path) -> None:
    """All files of a pattern are read, the late one included."""
    make(tmp_path, "crm-a.csv", "crm-b.csv.part")
    sleeps = Sleeps(lambda: (tmp_path / "crm-b.csv.part").rename(tmp_path / "crm-b.csv"))
    assert paths(wait(tmp_path, sleeps, "crm-*.csv", files="all", wait_minutes=5)) == ["crm-a.csv", "crm-b.csv"]


def test_a_file_that_grows_is_waited_for_until_it_settles(tmp_path: Path) -> None:
    """Two looks that agree are what makes a file whole."""
    make(tmp_path, "crm.csv")
    sleeps = Sleeps(appended(tmp_path), appended(tmp_path), appended(tmp_path), lambda: None)
    found = wait(tmp_path, sleeps, settle_seconds=10, wait_minutes=5)
    assert sleeps.seconds == [10, 30, 10, 30, 10]
    assert found.files[0].seen.size == len("crm.csv" + "more" * 3)


def test_a_file_that_grows_is_named(tmp_path: Path) -> None:
    """Without a wait, the sentence says what is the matter."""
    make(tmp_path, "crm.csv")
    with pytest.raises(FileUnfinished, match=r"crm.csv is still being written: it changed within 10 seconds"):
        wait(tmp_path, Sleeps(appended(tmp_path)), settle_seconds=10)


def test_a_file_that_appears_while_others_settle_is_not_left_out(tmp_path: Path) -> None:
    """The set of files settles as well as each of them."""
    make(tmp_path, "crm-a.csv")
    with pytest.raises(FileUnfinished, match=r"crm-b.csv is still being written"):
        wait(tmp_path, Sleeps(lambda: make(tmp_path, "crm-b.csv")), "crm-*.csv", files="all", settle_seconds=1)


@pytest.mark.parametrize(("complete_when", "marker"), [("{path}.done", "in/crm.csv.done"), ("_SUCCESS", "in/_SUCCESS")])
def test_a_marker_says_when_a_file_is_whole(tmp_path: Path, complete_when: str, marker: str) -> None:
    """Without it the file is not touched; an older one was written for yesterday's file."""
    make(tmp_path, "in/crm.csv")
    with pytest.raises(FileUnfinished, match=f"in/crm.csv is not whole yet: .*{marker} is not there"):
        wait(tmp_path, Sleeps(), "in/crm.csv", complete_when=complete_when)
    make(tmp_path, marker)
    assert paths(wait(tmp_path, Sleeps(), "in/crm.csv", complete_when=complete_when)) == ["in/crm.csv"]
    os.utime(tmp_path / "in/crm.csv", (99, 99))
    with pytest.raises(FileUnfinished, match="is older, and was written for an earlier file"):
        wait(tmp_path, Sleeps(), "in/crm.csv", complete_when=complete_when)


def test_a_marker_beside_relative_files_is_found(tmp_path: Path) -> None:
    """A file beside the settings has its marker beside them."""
    make(tmp_path, "crm.csv", "_SUCCESS")
    assert paths(wait(tmp_path, Sleeps(), complete_when="_SUCCESS")) == ["crm.csv"]
