"""Versions of tables: whole or not there, never changed, counted up, and the newest is the current one."""

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from connectors.storage.files import StorageError, sha256
from connectors.storage.tables import Tables
from tests.connectors.storage.folders import lying_in, mode
from tests.connectors.storage.versions import ASSET, DAY, fail_after, fill, folder, held, written


def test_nothing_is_there_at_first(tmp_path: Path) -> None:
    """A day that was never worked on has no table, which is not an empty table."""
    assert Tables(tmp_path).current(ASSET, DAY) is None
    assert Tables(tmp_path).next_version(DAY, ASSET) == 1
    assert lying_in(tmp_path) == []


def test_versions_count_up(tmp_path: Path) -> None:
    """Each working through of a day adds a version; the newest is current, and the older ones stay as they were."""
    tables = Tables(tmp_path)
    assert [written(tmp_path, *range(number)).version for number in (1, 2, 3)] == [1, 2, 3]
    assert held(tables.current(ASSET, DAY)) == [0, 1, 2]
    assert [held(tables.version(ASSET, DAY, number)) for number in (1, 2)] == [[0], [0, 1]]


def test_assets_and_days_are_apart(tmp_path: Path) -> None:
    """Another source's, step's or day's table is another table."""
    written(tmp_path, 1)
    tables = Tables(tmp_path)
    assert tables.current("validated/shop", DAY) is None
    assert tables.current("rejected/crm", DAY) is None
    assert tables.current(ASSET, DAY + dt.timedelta(1)) is None


def test_a_version_knows_what_it_was_made_from(tmp_path: Path) -> None:
    """Inputs, facts, rows and digest are read back by another process as they were written by this one."""
    with Tables(tmp_path).new_version(ASSET, DAY, {"extracted/crm": 7}) as new:
        new.write(pl.DataFrame({"row": [1, 2]}))
        new.write(pl.DataFrame({"row": [3]}))
        new.facts["encoding"] = "utf-8"
        assert new.rows == 3
    again = Tables(tmp_path).current(ASSET, DAY)
    assert again == new.table
    assert again is not None
    assert (again.asset, again.day, again.version, again.rows) == (ASSET, DAY, 1, 3)
    assert again.inputs == {"extracted/crm": 7}
    assert again.facts == {"encoding": "utf-8", "sha256": sha256(again.path)}


def test_arrow_rows_are_taken_too(tmp_path: Path) -> None:
    """Sources deliver Arrow batches; they are written without a detour, types included."""
    batch = pa.record_batch({"row": pa.array([1], pa.int64()), "at": pa.array([0], pa.timestamp("us", "UTC"))})
    with Tables(tmp_path).new_version(ASSET, DAY) as new:
        new.write(batch)
    assert new.table.scan().collect_schema() == {"row": pl.Int64(), "at": pl.Datetime("us", "UTC")}


def test_an_empty_first_slice_sets_the_columns(tmp_path: Path) -> None:
    """A source of no rows is a table of no rows that still has its columns."""
    table = written(tmp_path)
    assert held(table) == []
    assert table.scan().collect_schema() == {"row": pl.Int64()}


def test_rows_may_follow_an_empty_slice(tmp_path: Path) -> None:
    """Slices are appended in their order, whichever of them are empty."""
    parts: list[list[int]] = [[], [1, 2], [], [3]]
    fill(Tables(tmp_path), *(pl.DataFrame({"row": rows}, schema={"row": pl.Int64}) for rows in parts))
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [1, 2, 3]


@pytest.mark.parametrize("rows", [1, 100_000])
def test_other_columns_are_refused(tmp_path: Path, rows: int) -> None:
    """A slice that does not have the first one's columns ends the version; it is not fitted in."""
    slices = [pl.DataFrame({name: range(rows)}) for name in ("row", "line")]
    with pytest.raises(ValueError, match=r"[Ss]chema"):
        fill(Tables(tmp_path), *slices)
    assert lying_in(folder(tmp_path)) == []


def test_without_a_slice_there_is_no_version(tmp_path: Path) -> None:
    """A step that wrote nothing at all has made no table, and an error says so."""
    with pytest.raises(StorageError, match="No such file"), Tables(tmp_path).new_version(ASSET, DAY):
        pass
    assert Tables(tmp_path).current(ASSET, DAY) is None


def test_an_error_leaves_the_current_version(tmp_path: Path) -> None:
    """What fails in the middle leaves no trace, and the next version takes the number."""
    written(tmp_path, 1)
    with pytest.raises(ZeroDivisionError), Tables(tmp_path).new_version(ASSET, DAY) as new:
        fail_after(new, 2)
    assert not hasattr(new, "table")
    assert lying_in(folder(tmp_path)) == ["000001.json", "000001.parquet"]
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [1]
    assert written(tmp_path, 3).version == 2


def test_companions_share_a_version(tmp_path: Path) -> None:
    """Tables that belong together get one number, even where a kill has left one of them ahead."""
    tables = Tables(tmp_path)
    written(tmp_path, 1)
    version = tables.next_version(DAY, ASSET, "rejected/crm")
    assert version == 2
    with (
        tables.new_version(ASSET, DAY, version=version) as valid,
        tables.new_version("rejected/crm", DAY, version=version) as rejected,
    ):
        valid.write(pl.DataFrame({"row": [1]}))
        rejected.write(pl.DataFrame({"row": [2]}))
    assert (valid.table.version, rejected.table.version) == (2, 2)
    assert tables.next_version(DAY, "rejected/crm", ASSET) == 3


def test_an_error_leaves_no_companion(tmp_path: Path) -> None:
    """What fails while companions are written leaves all of them as they were."""
    tables = Tables(tmp_path)
    with (
        pytest.raises(ZeroDivisionError),
        tables.new_version(ASSET, DAY, version=1) as valid,
        tables.new_version("rejected/crm", DAY, version=1) as rejected,
    ):
        fail_after(valid, 1)
    assert rejected.rows == 0
    assert tables.current(ASSET, DAY) is None
    assert tables.current("rejected/crm", DAY) is None


def test_a_millionth_version(tmp_path: Path) -> None:
    """Numbers that outgrow their six digits go on counting."""
    written(tmp_path, 1, version=999_999)
    assert written(tmp_path, 2).version == 1_000_000
    assert held(Tables(tmp_path).current(ASSET, DAY)) == [2]
    assert Tables(tmp_path).next_version(DAY, ASSET) == 1_000_001


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Rows are personal data: folders and files are their owner's alone."""
    table = written(tmp_path, 1)
    assert [mode(table.path), mode(table.path.with_suffix(".json"))] == [0o600, 0o600]
    assert [mode(tmp_path / name) for name in ("validated", "validated/crm")] == [0o700, 0o700]


def test_a_manifest_is_plain_json(tmp_path: Path) -> None:
    """A person can read what a version is, without our code."""
    table = written(tmp_path, 1)
    kept = json.loads(table.path.with_suffix(".json").read_text())
    assert kept == {"rows": 1, "inputs": {}, "facts": {"sha256": sha256(table.path)}}
