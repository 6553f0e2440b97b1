"""The score of parquet-testing, kept by files of our own for every kind of type, encoding and damage in it."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.corpora import parquet_files
from tests.corpora.parquet_files import EQUAL, REFUSED

WHEN = dt.datetime(2026, 11, 24, 7, 30, tzinfo=dt.UTC)
COLUMNS: dict[str, pa.Array] = {
    "text": pa.array(["ann@example.com", "", None, "Zo\u00e9", "\0", "a" * 5000]),
    "whole": pa.array([1, -1, None, 2**63 - 1, -(2**63), 0]),
    "float": pa.array([1.5, float("nan"), None, float("inf"), -0.0, 5e-324]),
    "half": pa.array(np.array([1.5, float("nan"), 0, -0.0, 2, 3], dtype=np.float16)),
    "yes": pa.array([True, False, None, True, True, False]),
    "decimal": pa.array([Decimal("1.10"), None, Decimal("-0.01"), *[Decimal("9.99")] * 3]),
    "long decimal": pa.array([Decimal("9" * 60)] * 6, pa.decimal256(60, 0)),
    "day": pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31), None, *[dt.date(1970, 1, 1)] * 3]),
    "time": pa.array([dt.time(23, 59, 59, 999999), None, *[dt.time(0)] * 4]),
    "moment": pa.array([WHEN, None, *[WHEN] * 4], pa.timestamp("ns", "America/Chicago")),
    "moment of a year that no calendar has": pa.array([2**62, None, *[0] * 4], pa.timestamp("us")),
    "word": pa.array(["a", "b", None, "a", "b", "a"]).dictionary_encode(),
    "nothing": pa.nulls(6),
    "uuid": pa.array([b"0123456789abcdef"] * 6, pa.uuid()),
    "list": pa.array([[1], [], None, [2, 3], [None], [4]]),
    "bytes": pa.array([b"\xff", None, *[b""] * 4]),
}
WRITTEN: dict[str, dict[str, Any]] = {
    **{one: {"compression": one} for one in ("none", "snappy", "gzip", "brotli", "zstd", "lz4")},
    "second data pages": {"data_page_version": "2.0"},
    "tiny pages": {"data_page_size": 1, "write_batch_size": 1, "use_dictionary": False},
    "row groups of one row": {"row_group_size": 1},
    "INT96": {"use_deprecated_int96_timestamps": True},
    "byte stream split": {"use_dictionary": False, "column_encoding": {"float": "BYTE_STREAM_SPLIT"}},
    "deltas": {
        "use_dictionary": False,
        "column_encoding": {"whole": "DELTA_BINARY_PACKED", "text": "DELTA_BYTE_ARRAY", "yes": "RLE"},
    },
    "checksums": {"write_page_checksum": True},
}


def written(path: Path, **how: Any) -> Path:
    """Write every kind of column."""
    path.parent.mkdir(exist_ok=True)
    columns = {
        name: column for name, column in COLUMNS.items() if "INT96" not in path.name or "no calendar" not in name
    }
    pq.write_table(pa.table(columns), path, **how)
    return path


@pytest.mark.parametrize("name", WRITTEN)
def test_whatever_the_encoding_it_reads_as_pyarrow_reads_it(tmp_path: Path, name: str) -> None:
    """All columns of single values, carried on through the steps that read them with polars."""
    assert parquet_files.outcome(written(tmp_path / f"{name}.parquet", **WRITTEN[name])) == EQUAL


def test_the_score_tells_good_files_from_bad_ones(tmp_path: Path) -> None:
    """Cut, changed, zeroed and empty files are refused, and so are lists where they are mapped."""
    content = written(tmp_path / "data" / "good.parquet", write_page_checksum=True, compression="none").read_bytes()
    bad = tmp_path / "bad_data"
    bad.mkdir()
    at, footer = content.index(b"ann@example.com"), len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    (bad / "checksum.parquet").write_bytes(content.replace(b"ann@example.com", b"amn@example.com", 1))
    (bad / "cut.parquet").write_bytes(content[:-20])
    (bad / "footer.parquet").write_bytes(content[:footer] + bytes(32) + content[footer + 32 :])
    (bad / "zeroed.parquet").write_bytes(content[:at] + bytes(15) + content[at + 15 :])
    (bad / "magic.parquet").write_bytes(b"PAR1PAR1")
    (bad / "encrypted.parquet").write_bytes(b"PARE" + content[4:-4] + b"PARE")
    (bad / "empty.parquet").write_bytes(b"")
    (bad / "really good.parquet").write_bytes(content)
    pq.write_table(pa.table({"list": [[1]]}), tmp_path / "data" / "lists.parquet")
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "data" / "no rows.parquet")
    result = parquet_files.score(tmp_path)
    assert result.wrong == []
    assert result.counts == {
        EQUAL: 1,
        REFUSED: 2,
        "bad file, refused": 7,
        "bad file, read, and equal to what pyarrow reads": 1,
    }
