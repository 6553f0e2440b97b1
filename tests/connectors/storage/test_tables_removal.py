"""Removing the tables of a day: whole, finished by the next attempt if it is cut off, and no number given twice."""

from pathlib import Path

import pytest

from connectors.storage.lock import LockHeldError, write_lock
from connectors.storage.tables import Tables
from tests.connectors.storage.versions import ASSET, DAY, folder, held, written


def test_removed_versions_are_gone_and_their_numbers_are_not_given_again(tmp_path: Path) -> None:
    """Whoever remembers a version by its number never finds another table under it."""
    tables = Tables(tmp_path)
    written(tmp_path, 1)
    written(tmp_path, 2)
    tables.remove(ASSET, DAY, 2)
    assert tables.current(ASSET, DAY) is None
    assert tables.days(ASSET) == []
    assert list(folder(tmp_path).glob("*.parquet")) == []
    assert tables.next_version(DAY, ASSET) == 3
    assert written(tmp_path, 7).version == 3
    assert held(tables.current(ASSET, DAY)) == [7]


def test_removal_twice_is_a_removal(tmp_path: Path) -> None:
    """What a removal that was cut off has left is taken by the next one."""
    tables = Tables(tmp_path)
    written(tmp_path, 1)
    (folder(tmp_path) / "000001.json").unlink()  # killed between a manifest and its table
    tables.remove(ASSET, DAY, 1)
    tables.remove(ASSET, DAY, 1)
    assert list(folder(tmp_path).glob("*.parquet")) == []


def test_table_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    """A writer of the same day finds its folder as it left it."""
    written(tmp_path, 1)
    with write_lock(folder(tmp_path)), pytest.raises(LockHeldError):
        Tables(tmp_path).remove(ASSET, DAY, 1)
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [1]


def test_version_that_was_written_meanwhile_stays(tmp_path: Path) -> None:
    """A sync of an old day that ends while it is cleaned up keeps what it has made."""
    written(tmp_path, 1)
    written(tmp_path, 2)
    Tables(tmp_path).remove(ASSET, DAY, 1)
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [2]
    assert len(list(folder(tmp_path).glob("*.parquet"))) == 1


def test_assets_of_a_kind_are_found(tmp_path: Path) -> None:
    """A source that the settings know no more has tables still."""
    tables = Tables(tmp_path)
    for asset in ("contacts", "extracted/old", "extracted/crm"):
        with tables.new_version(asset, DAY) as new:
            new.write(written(tmp_path, 1).scan().collect())
    assert tables.assets("extracted") == ["extracted/crm", "extracted/old"]
    assert tables.assets("contacts") == ["contacts"]
    assert tables.assets("issues") == []
