"""Readings: what is counted while a source is read, and how little is held in memory."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from connectors.sources.columns import reading_schema, with_technical
from connectors.sources.reading import Request, counted
from connectors.sources.registry import open_source
from tests.connectors.sources.opening import DAY, settings

SCHEMA = reading_schema(["email"], [pa.string()])


def batch(first: int, *faults: str | None) -> pa.RecordBatch:
    """Return a batch with these faults."""
    found = pa.array(faults, pa.string())
    return with_technical(SCHEMA, [pa.array(["a@b.c"] * len(faults))], first, None, (found, found))


def test_rows_and_faults_are_counted_as_they_pass() -> None:
    """The counts are of what was handed out so far, and complete at the end."""
    facts: dict[str, str | int] = {"path": "people.csv"}
    batches = counted(iter([batch(1, None, "ragged_row"), batch(3, "stray_quote")]), facts)
    next(batches)
    assert facts == {"path": "people.csv", "rows": 2, "set_aside": 1}
    next(batches)
    assert next(batches, None) is None
    assert facts == {"path": "people.csv", "rows": 3, "set_aside": 2}


def test_nothing_read_counts_as_nothing() -> None:
    """A source that was closed at once has counts, too."""
    facts: dict[str, str | int] = {}
    assert list(counted(iter(()), facts)) == []
    assert facts == {"rows": 0, "set_aside": 0}


def peak(batches: Iterator[pa.RecordBatch]) -> tuple[int, int]:
    """Read to the end; return the number of rows, and the most bytes that Arrow held meanwhile."""
    rows = most = 0
    before = pa.total_allocated_bytes()
    for found in batches:
        rows += found.num_rows
        most = max(most, pa.total_allocated_bytes() - before)
    return rows, most


def test_a_million_rows_are_read_in_bounded_memory(tmp_path: Path) -> None:
    """A large file passes through in pieces: what is held does not grow with the file."""
    pieces = (
        "".join(f'{n}@example.com,"Ann, {n}",,{n}\n' for n in range(start, start + 10_000))
        for start in range(0, 10**6, 10_000)
    )
    with (tmp_path / "people.csv").open("w") as file:
        file.write("email,name,blank,n\n")
        file.writelines(pieces)
    given = settings(kind="csv", path="people.csv")
    with (
        TemporaryDirectory() as scratch,
        open_source(given, Request(DAY, tmp_path, {}, Path(scratch))) as reading,
    ):
        rows, most = peak(reading.batches)
    assert rows == 10**6
    assert most < 100_000_000
