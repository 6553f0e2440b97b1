"""Writes a table's Parquet file behind the caller's back: slice n is encoded while slice n + 1 is worked out."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.storage.files import explained

# What is worth encoding at once: smaller groups take longer to read, larger ones more memory to write.
_GROUP_ROWS: Final = 50_000
_GROUP_BYTES: Final = 64 << 20
_VALUES_AT_A_TIME: Final = 16_384

_PLAIN: Final = (pl.String(), pl.Boolean(), pl.Int64())

Rows: TypeAlias = pl.DataFrame | pa.RecordBatch


class TableFile:
    """A Parquet file that grows by slices; the first one, which may be empty, sets the columns.

    What could not be written is raised by a later call: by `close` at the latest.
    """

    def __init__(self, path: Path) -> None:
        """Write to `path`, which is made with the first rows."""
        self._path = path
        self._waiting: list[pa.Table] = []
        self._encoder = ThreadPoolExecutor(1, thread_name_prefix="table")
        self._encoding: Future[None] | None = None
        self._file: _Digested | None = None
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: Rows) -> None:
        """Append rows.

        Raises:
            StorageError: Earlier rows could not be written.
            ValueError: Earlier rows have other columns than the first ones.
        """
        if not self._waiting and len(rows) >= _GROUP_ROWS:
            self._encode(rows)
            return
        # A few rows that wait would keep all texts of the slice that they were taken from, unless they are copied.
        self._waiting.append(_table(rows))
        if sum(map(len, self._waiting)) >= _GROUP_ROWS or sum(one.nbytes for one in self._waiting) >= _GROUP_BYTES:
            self._encode_waiting()

    def close(self) -> str | None:
        """Finish the file; return the SHA-256 of what was written, in hexadecimal, or None if nothing was.

        Raises:
            StorageError: Some rows could not be written.
            ValueError: Some rows have other columns than the first ones.
        """
        if self._waiting:
            self._encode_waiting()
        self._wait()
        with explained(self._path):
            if self._writer is None or self._file is None:
                return None
            self._writer.close()
            self._file.close()
            return self._file.sha256()

    def release(self) -> None:
        """Let go of a file, finished or not; of one that failed, the failure has been told already."""
        self._encoder.shutdown()
        with suppress(OSError, ValueError):
            if self._writer is not None:
                self._writer.close()
        with suppress(OSError):
            if self._file is not None:
                self._file.close()

    def _encode_waiting(self) -> None:
        self._encode(pa.concat_tables(self._waiting))
        self._waiting = []

    def _encode(self, rows: Rows | pa.Table) -> None:
        """Encode rows as one group, once the one before it is done: no more than two are held."""
        self._wait()
        self._encoding = self._encoder.submit(self._write, rows)

    def _wait(self) -> None:
        if self._encoding is not None:
            self._encoding.result()

    def _write(self, made: Rows | pa.Table) -> None:
        rows = made if isinstance(made, pa.Table) else _table(made)
        with explained(self._path):
            if self._writer is None:
                self._file = _Digested(self._path)
                # Measured on contacts: without dictionaries it takes half the time, and the file is smaller.
                self._writer = pq.ParquetWriter(
                    self._file,
                    rows.schema,
                    compression="zstd",
                    use_dictionary=False,
                    write_statistics=False,
                    write_batch_size=_VALUES_AT_A_TIME,
                )
            self._writer.write_table(rows, row_group_size=max(len(rows), 1))


class _Digested:
    """A new file that keeps the digest of what is written to it; looks to Arrow like any open one."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._digest = hashlib.sha256()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, content: bytes) -> int:
        self._digest.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _table(rows: Rows) -> pa.Table:
    if not isinstance(rows, pl.DataFrame):
        return pa.Table.from_batches([rows])
    # polars' own kind of texts is handed over as it is, but Arrow can write it in plain columns alone.
    plain = all(dtype in _PLAIN or dtype == pl.List(pl.Int64) for dtype in rows.dtypes)
    return rows.to_arrow(compat_level=pl.CompatLevel.newest() if plain else pl.CompatLevel.oldest())
