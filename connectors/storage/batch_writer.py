"""Writes a plan's contacts as batches, holding back only those that do not fill a batch yet."""

from concurrent.futures import Future, ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow.parquet as pq

from connectors.storage.files import PRIVATE_FILE, explained
from connectors.storage.plan import Batch
from connectors.storage.sent_rows import SENT
from schemas.batches import Limits, batch_id, cut


class BatchWriter:
    """Takes contacts slice by slice; contacts of the same groups share batches, over all slices.

    Attributes:
        batches: The batches written so far; complete once the `with` block is left.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        """Write to `path` batches within the limits."""
        self.batches: list[Batch] = []
        self._path = path
        self._limits = limits
        self._waiting: dict[tuple[int, ...], pl.DataFrame] = {}
        self._row_groups = 0
        self._worker = ThreadPoolExecutor(1)  # a row group is encoded while the next one is made
        self._written: Future[None] = Future()
        self._written.set_result(None)

    def __enter__(self) -> Self:
        """Open the file."""
        with explained(self._path):
            schema = pl.DataFrame(schema=SENT).to_arrow().schema
            self._file = pq.ParquetWriter(
                self._path, schema, compression="zstd", use_dictionary=["batch"], write_statistics=False
            )
            self._path.chmod(PRIVATE_FILE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what waits, unless something failed, and close the file."""
        with explained(self._path):
            try:
                if kind is None:
                    for groups, rows in self._waiting.items():
                        self._write(groups, rows, self._cut(rows))
                    self._written.result()
            finally:
                self._worker.shutdown()
                self._file.close()

    def write(self, rows: pl.DataFrame) -> None:
        """Take contacts: `email_key`, `group_ids`, `payload_hash`, `payload`."""
        for (groups,), part in rows.group_by("group_ids", maintain_order=True):
            key = tuple(groups)
            waiting = self._waiting.get(key)
            together = part if waiting is None else pl.concat([waiting, part])
            full = self._cut(together)[:-1]
            self._write(key, together.head(sum(full)), full)
            self._waiting[key] = together.slice(sum(full))

    def _cut(self, rows: pl.DataFrame) -> list[int]:
        return cut(rows["payload"].str.len_bytes(), self._limits)

    def _write(self, groups: tuple[int, ...], rows: pl.DataFrame, counts: list[int]) -> None:
        """Write whole batches, of so many contacts each, as one row group."""
        if not counts:
            return
        ends = list(accumulate(counts))
        payloads = (rows["payload"].slice(end - count, count) for end, count in zip(ends, counts, strict=True))
        batches = [
            Batch(batch_id("\n".join(texts.to_list()), groups), len(texts), groups, self._row_groups)
            for texts in payloads
        ]
        self.batches += batches
        placed = pl.DataFrame({"batch": [batch.id for batch in batches], "position": [range(one) for one in counts]})
        content = rows.hstack(placed.explode("position")).select(SENT.names())
        with explained(self._path):
            self._written.result()  # one row group at a time, and what went wrong with it
        self._written = self._worker.submit(self._file.write_table, content.to_arrow(), row_group_size=rows.height)
        self._row_groups += 1
