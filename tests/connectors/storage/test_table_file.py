"""Table files are encoded behind the caller's back: in order, digested on the way, and no failure goes unsaid."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import psutil  # type: ignore[import-untyped]  # its types are a package of their own, for one line
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.storage.files import StorageError, sha256
from connectors.storage.table_file import Rows, TableFile
from tests.connectors.storage.processes import room_for


def digest_of(path: Path, slices: Sequence[Rows]) -> str | None:
    """Write a file, and return the digest that is told of it."""
    file = TableFile(path)
    try:
        for rows in slices:
            file.write(rows)
        return file.close()
    finally:
        file.release()


def numbers(start: int, end: int) -> pl.DataFrame:
    """Return rows that are numbered, with a text each."""
    return pl.DataFrame({"row": pl.int_range(start, end, eager=True)}).with_columns(text=pl.col("row").cast(pl.String))


def test_slices_of_any_size_keep_their_order(tmp_path: Path) -> None:
    """Small slices wait for one another and large ones do not; rows stand where they were written."""
    ends = [0, 10, 99_990, 100_010, 350_000, 350_001, 350_001, 360_000]
    slices = [numbers(start, end) for start, end in zip([0, *ends], ends, strict=False)]
    digest_of(tmp_path / "table", slices)
    assert pl.read_parquet(tmp_path / "table").equals(numbers(0, 360_000))


def test_the_digest_is_of_what_lies_there(tmp_path: Path) -> None:
    """It is made of what is written, not of what is read back: a disk that changed it afterwards is found out."""
    assert digest_of(tmp_path / "table", [numbers(0, 250_000), numbers(250_000, 250_007)]) == sha256(tmp_path / "table")


def test_small_slices_share_a_group(tmp_path: Path) -> None:
    """Sources deliver some thousands of rows at a time; a group for each of them would take longer to read."""
    batches = [pa.record_batch({"row": pa.array(range(1000), pa.int64())}) for _ in range(150)]
    digest_of(tmp_path / "table", batches)
    assert pq.read_metadata(tmp_path / "table").num_row_groups == 3


def test_wide_rows_do_not_wait_for_one_another(tmp_path: Path) -> None:
    """Tens of thousands of long notes on end would take gigabytes; they are encoded as soon as they are many bytes."""
    batches = [pa.record_batch({"notes": pa.array(["x" * 65_536] * 512)}) for _ in range(4)]
    digest_of(tmp_path / "table", batches)
    assert pq.read_metadata(tmp_path / "table").num_row_groups == 2


def test_without_rows_there_is_no_file(tmp_path: Path) -> None:
    """Nothing was written, and nothing is said to have been."""
    assert digest_of(tmp_path / "table", []) is None
    assert not (tmp_path / "table").exists()


@pytest.mark.parametrize("slices", [1, 3])
def test_a_failure_is_told_at_the_latest_when_the_file_is_closed(tmp_path: Path, slices: int) -> None:
    """The rows that did not fit were handed over long before: their error must not be lost with the thread."""
    texts = pl.DataFrame({"text": [os.urandom(8).hex() for _ in range(100_000)]})
    with room_for(50_000), pytest.raises(StorageError, match=r"table cannot be written: .+\. Make room"):
        digest_of(tmp_path / "table", [texts] * slices)


def test_no_thread_is_left(tmp_path: Path) -> None:
    """Neither a file that was finished nor one that was given up keeps a thread that would hold the process."""
    digest_of(tmp_path / "whole", [numbers(0, 10)])
    given_up = TableFile(tmp_path / "part")
    given_up.write(numbers(0, 200_000))
    given_up.release()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("table")] == []


def test_a_few_rows_do_not_keep_the_slice_they_are_from(tmp_path: Path) -> None:
    """Rejected rows wait for more of their kind; with each, all texts of its slice would stay in memory."""
    file, before = TableFile(tmp_path / "table"), psutil.Process().memory_info().rss
    for number in range(40):
        texts = pl.int_range(100_000, eager=True).cast(pl.String)
        slice_ = pl.DataFrame({f"{place}": texts + f" of some length {number} {place}" for place in range(3)})
        file.write(slice_.filter(pl.int_range(100_000) % 1000 == 0))
    grown = psutil.Process().memory_info().rss - before
    file.release()
    assert grown < 200 << 20  # all slices together are twice as large
