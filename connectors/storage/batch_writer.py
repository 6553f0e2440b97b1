"""Writes a plan's contacts as batches, holding back only those that do not fill a batch yet."""

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

    def __enter__(self) -> Self:
        """Open the file."""
        with explained(self._path):
            self._file = pq.ParquetWriter(self._path, pl.DataFrame(schema=SENT).to_arrow().schema, compression="zstd")
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
                        self._write(groups, rows.with_columns(number=pl.Series(self._numbers(rows), dtype=pl.Int64)))
            finally:
                self._file.close()

    def write(self, rows: pl.DataFrame) -> None:
        """Take contacts: `email_key`, `group_ids`, `payload_hash`, `payload`."""
        for (groups,), part in rows.group_by("group_ids", maintain_order=True):
            key = tuple(groups)
            waiting = self._waiting.get(key)
            together = part if waiting is None else pl.concat([waiting, part])
            numbered = together.with_columns(number=pl.Series(self._numbers(together), dtype=pl.Int64))
            last = numbered["number"].max()
            self._write(key, numbered.filter(pl.col("number") != last))
            self._waiting[key] = numbered.filter(pl.col("number") == last).drop("number")

    def _numbers(self, rows: pl.DataFrame) -> list[int]:
        return list(cut(rows["payload"].str.len_bytes(), self._limits))

    def _write(self, groups: tuple[int, ...], numbered: pl.DataFrame) -> None:
        """Write whole batches as one row group."""
        if numbered.is_empty():
            return
        joined = numbered.group_by("number", maintain_order=True).agg(pl.len(), pl.col("payload").str.join("\n"))
        batches = [
            Batch(batch_id(payloads, groups), contacts, groups, self._row_groups)
            for _, contacts, payloads in joined.iter_rows()
        ]
        self.batches += batches
        ids = joined.select("number", pl.Series("batch", [batch.id for batch in batches]))
        position = pl.int_range(pl.len()).over("number").alias("position")
        rows = numbered.with_columns(position).join(ids, on="number", how="left", maintain_order="left")
        with explained(self._path):
            self._file.write_table(rows.select(SENT.names()).to_arrow(), row_group_size=rows.height)
        self._row_groups += 1
