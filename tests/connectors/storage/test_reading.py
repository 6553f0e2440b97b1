"""What is read of our own files: damage is named, and what cannot be read is never taken for nothing."""

from pathlib import Path

import pytest
from polars.exceptions import ComputeError

from connectors.storage.files import (
    StorageError,
    create_file,
    explained,
    intact,
    names,
    numbered,
    read_json,
    sha256,
    to_json,
)


def test_json_round_trip(tmp_path: Path) -> None:
    """What is kept is read back, whatever its script."""
    kept: dict[str, list[object]] = {"facts": ["Grüße, 世界 \U0001f600", None, 1.5, {"a": []}]}
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
