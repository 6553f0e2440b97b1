"""Finding files: which files a path means, and the sentence where that cannot be told."""

import os
from pathlib import Path

import pytest

from connectors.sources.errors import FileUnfinished, SourceBroken, SourceEmpty, SourceMissing, SourceSettingsWrong
from connectors.sources.file_settings import FileSettings
from connectors.sources.finding_files import Found, find_files
from connectors.sources.local_store import LocalStore
from connectors.sources.reading import Request
from tests.connectors.sources.opening import DAY


def given(path: str, **more: object) -> FileSettings:
    """Return the settings of a source at this path."""
    fields = {"email": {"column": "email"}}
    return FileSettings.model_validate({"name": "crm", "kind": "csv", "path": path, "fields": fields, **more})


def find(folder: Path, path: str, **more: object) -> Found:
    """Find the CSV files that a path means."""
    return find_files(given(path, **more), [".csv"], LocalStore(folder), Request(DAY, folder, {}, folder))


def make(folder: Path, *paths: str) -> None:
    """Make files, each with the name as its content, changed one after the other."""
    for number, path in enumerate(paths, start=1):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
        os.utime(folder / path, (number, number))


def paths(found: Found) -> list[str]:
    """Return the paths of what was found."""
    return [file.path for file in found.files]


def test_a_path_is_a_file_of_exactly_this_name_first(tmp_path: Path) -> None:
    """A browser's second download is read under its own name, though it looks like a pattern."""
    make(tmp_path, "crm [1].csv", "crm 1.csv")
    assert paths(find(tmp_path, "crm [1].csv", files="all")) == ["crm [1].csv"]


def test_a_pattern_s_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Row numbers are the same each time that the same files are there."""
    make(tmp_path, "out/crm-b.csv", "out/crm-a.csv", "out/shop.csv", "out/crm-c.CSV")
    found = find(tmp_path, "out/crm-*.csv", files="all")
    assert paths(found) == ["out/crm-a.csv", "out/crm-b.csv"]
    assert found.files[0].name == str(tmp_path / "out/crm-a.csv")
    assert found.several


def test_a_pattern_may_hold_the_day_and_reach_into_folders(tmp_path: Path) -> None:
    """Regions that export into folders of their own are one source."""
    make(tmp_path, "eu/crm-20261124.csv", "us/crm-20261124.csv", "us/crm-20261123.csv")
    assert paths(find(tmp_path, "*/crm-{date:%Y%m%d}.csv", files="all")) == [
        "eu/crm-20261124.csv",
        "us/crm-20261124.csv",
    ]


def test_a_folder_is_all_files_of_the_kind_in_it(tmp_path: Path) -> None:
    """What is hidden, of another kind, a marker or in an archive folder is no part of it; compressed files are."""
    make(tmp_path, "in/b.csv", "in/a.CSV.gz", "in/notes.txt", "in/.c.csv", "in/_SUCCESS", "in/~$a.csv", "in/old/z.csv")
    assert paths(find(tmp_path, "in", files="all")) == ["in/a.CSV.gz", "in/b.csv"]
    assert paths(find(tmp_path, "in/", files="all")) == ["in/a.CSV.gz", "in/b.csv"]
    assert paths(find(tmp_path, str(tmp_path / "in"), files="newest")) == [str(tmp_path / "in/a.CSV.gz")]


def test_the_folders_of_partitions_are_gone_through(tmp_path: Path) -> None:
    """Their keys are known per file, decoded as Hive writes them."""
    make(tmp_path, "in/day=2026-11-23/r=S%C3%A3o%2F1/a.csv", "in/day=2026-11-24/r=__HIVE_DEFAULT_PARTITION__/a.csv")
    found = find(tmp_path, "in", files="all")
    assert [file.keys for file in found.files] == [
        {"day": "2026-11-23", "r": "São/1"},
        {"day": "2026-11-24", "r": None},
    ]
    assert [file.keys for file in find(tmp_path, "in/day={date}", files="all").files] == [
        {"day": "2026-11-24", "r": None}
    ]
    assert len(find(tmp_path, "in/day=*", files="all").files) == 2


def test_a_folder_above_the_settings_is_no_partition(tmp_path: Path) -> None:
    """Only what the path itself names counts, wherever the project lies."""
    make(tmp_path / "env=test", "crm.csv")
    assert find(tmp_path / "env=test", "crm.csv").files[0].keys == {}


def test_a_key_twice_is_refused(tmp_path: Path) -> None:
    """One of the two values would be lost."""
    make(tmp_path, "day=1/day=2/crm.csv")
    with pytest.raises(SourceBroken, match='two partitions of the same key "day"'):
        find(tmp_path, "day=1/day=2/crm.csv")


def test_the_newest_is_found_and_said(tmp_path: Path) -> None:
    """How it was chosen is a fact that a person can see."""
    make(tmp_path, "crm-2026-11-23.csv", "crm-2026-11-22.csv")
    found = find(tmp_path, "crm-*.csv", files="newest")
    assert paths(found) == ["crm-2026-11-23.csv"]
    assert found.facts == {"newest_of": 2, "newest_by": "name"}
    assert not found.several


def test_the_newest_file_among_partitions_is_refused(tmp_path: Path) -> None:
    """The files of a partition belong together: one of them alone would leave people out."""
    make(tmp_path, "in/day=1/a.csv", "in/day=1/b.csv")
    with pytest.raises(SourceSettingsWrong, match="files belong together"):
        find(tmp_path, "in", files="newest")


def test_a_folder_takes_a_choice(tmp_path: Path) -> None:
    """Whether yesterday's export counts beside today's is nobody's guess."""
    make(tmp_path, "in/a.csv", "in/b.csv")
    with pytest.raises(SourceSettingsWrong, match=r"is a folder of 2 files. Set files: all"):
        find(tmp_path, "in")


@pytest.mark.parametrize("path", ["crm-{date}.csv", "crm-*.csv", "in", "nowhere/crm.csv", "crm.csv/crm.csv"])
def test_what_is_not_there_is_missing(tmp_path: Path, path: str) -> None:
    """The sentence names the path as it is on the day, and says what to do."""
    make(tmp_path, "crm.csv", "in/crm.txt")
    with pytest.raises(SourceMissing, match=r"Deliver it") as caught:
        find(tmp_path, path, files="all")
    assert str(tmp_path / path.replace("{date}", "2026-11-24")) in str(caught.value)


@pytest.mark.parametrize("path", ["crm.csv", "*.csv", "in"])
def test_a_file_of_no_bytes_is_not_everyone_gone(tmp_path: Path, path: str) -> None:
    """It stops the sync, among others, too: a failed export is no empty one."""
    make(tmp_path, "shop.csv", "in/shop.csv")
    (tmp_path / "crm.csv").touch()
    (tmp_path / "in/crm.csv").touch()
    with pytest.raises(SourceEmpty, match=r"crm.csv is empty"):
        find(tmp_path, path, files="all")


@pytest.mark.parametrize("ending", [".part", ".tmp", ".crdownload", ".filepart", ".PART"])
@pytest.mark.parametrize("path", ["crm-b.csv", "crm-*.csv", "."])
def test_a_file_under_a_temporary_name_is_named_and_never_taken(tmp_path: Path, path: str, ending: str) -> None:
    """A region that is still being uploaded is not left out of the night."""
    make(tmp_path, "crm-a.csv", f"crm-b.csv{ending}")
    if path == "crm-b.csv" and ending.isupper():
        with pytest.raises(SourceMissing):
            find(tmp_path, path, files="all")
        return
    with pytest.raises(FileUnfinished, match=f"crm-b.csv{ending}"):
        find(tmp_path, path, files="all")


@pytest.mark.parametrize("path", ["crm-a.csv", "crm-*.csv", "."])
def test_an_upload_beside_a_whole_file_does_no_harm(tmp_path: Path, path: str) -> None:
    """The present file is whole until the new one takes its place."""
    make(tmp_path, "crm-a.csv", "crm-a.csv.part", "shop.xlsx.part", "~$crm-b.csv")
    assert [Path(one).name for one in paths(find(tmp_path, path, files="all"))] == ["crm-a.csv"]


def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    """What lies in the way of a folder is a sentence."""
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(SourceMissing, match="cannot be read: Too many levels"):
        find(tmp_path, "loop")
