"""Reads the rows of a CSV whose quotation marks are sound, with pyarrow; ragged rows come at their place, as text."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc

from connectors.sources.columns import TECHNICAL_FIELDS, with_technical
from connectors.sources.csv_layout import CsvText, Dialect, Layout
from connectors.sources.errors import SourceBroken
from schemas.issues import IssueCode

_BLOCK: Final = 4 << 20
_LARGEST_ROW: Final = 32 << 20
_MOST_RAGGED: Final = 100_000

Ragged = deque[tuple[int, str]]
"""Number among the data rows from 1, and text, of the rows that do not fit the header."""


@contextmanager
def sound_batches(csv: CsvText, layout: Layout, lines: Path, schema: pa.Schema) -> Iterator[Iterator[pa.RecordBatch]]:
    """Open the data rows of a sound CSV.

    Args:
        csv: The CSV.
        layout: What `csv_layout.walk` found.
        lines: The file of lines that the walk wrote.
        schema: The schema of the reading.

    Raises:
        SourceBroken: A row is too long to be one; while the rows are read: pyarrow sees other rows than the walk did.
    """
    if layout.longest > _LARGEST_ROW:
        raise SourceBroken(
            f"{csv.name} has a row of {layout.longest >> 20} MiB. Look for a quotation mark that is never closed."
        )
    ragged: Ragged = deque()
    with pa.OSFile(str(csv.path)) as text, lines.open("rb") as numbers:
        text.seek(layout.header_end)
        _next_lines(numbers, 1)  # the header's
        # pyarrow refuses a file of nothing; here that is a header without rows.
        found = _batches(text, csv, layout.longest, schema, ragged) if layout.rows > 1 else iter(())
        yield _agreeing(_numbered(found, ragged, numbers, schema), layout, csv.name)


def _parser(
    text: pa.NativeFile, dialect: Dialect, longest: int, names: list[str], ragged: Ragged
) -> pc.CSVStreamingReader:
    def set_aside(row: pc.InvalidRow) -> str:
        ragged.append((row.number, row.text))
        return "skip" if len(ragged) <= _MOST_RAGGED else "error"

    return pc.open_csv(
        text,
        read_options=pc.ReadOptions(use_threads=False, column_names=names, block_size=max(_BLOCK, 2 * longest)),
        parse_options=pc.ParseOptions(
            delimiter=dialect.separator,
            quote_char=dialect.quote,
            newlines_in_values=True,
            invalid_row_handler=set_aside,
        ),
        convert_options=pc.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )


def _agreeing(batches: Iterator[pa.RecordBatch], layout: Layout, name: str) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        yield batch
    if rows != layout.rows - 1:
        raise SourceBroken(f"{name} reads as {rows} rows one way and {layout.rows - 1} another. Write it as plain CSV.")


def _numbered(
    batches: Iterator[pa.RecordBatch], ragged: Ragged, numbers: IO[bytes], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    done = 0
    for good in batches:
        columns, taken = _in_order(good, ragged, done)
        count = len(columns[0])
        if count:
            faults = _faults(taken, count) if taken else None
            yield with_technical(schema, columns, done + 1, _next_lines(numbers, count), faults)
        done += count


def _batches(
    text: pa.NativeFile, csv: CsvText, longest: int, schema: pa.Schema, ragged: Ragged
) -> Iterator[pa.RecordBatch]:
    """Yield the rows that fit the header, then an empty batch that the last ragged rows come with."""
    try:
        with _parser(text, csv.dialect, longest, schema.names[len(TECHNICAL_FIELDS) :], ragged) as parser:
            yield from parser
            yield pa.RecordBatch.from_pylist([], schema=parser.schema)
    except pa.ArrowInvalid:  # the cause would quote a row
        if len(ragged) > _MOST_RAGGED:
            raise SourceBroken(
                f"{csv.name}: {_MOST_RAGGED:,} rows on end do not have as many fields as the header. "
                "Check the separator, and whether rows end with one that the header lacks."
            ) from None
        raise SourceBroken(f"{csv.name} cannot be read as CSV. Write it again with its cells quoted.") from None


def _in_order(good: pa.RecordBatch, ragged: Ragged, done: int) -> tuple[list[pa.Array], dict[int, str]]:
    """Make room for the ragged rows that stand between or after the good ones; their cells are null."""
    taken: dict[int, str] = {}
    while ragged and ragged[0][0] - done - 1 - len(taken) <= good.num_rows:
        number, text = ragged.popleft()
        taken[number - done - 1] = text
    if not taken:
        return good.columns, taken
    source = np.insert(
        np.arange(good.num_rows), np.fromiter(taken, np.int64) - np.arange(len(taken)), np.full(len(taken), -1)
    )
    picks = pa.array(source, mask=source < 0)
    return [column.take(picks) for column in good.columns], taken


def _faults(taken: dict[int, str], count: int) -> tuple[pa.Array, pa.Array]:
    source = np.full(count, -1)
    source[list(taken)] = np.arange(len(taken))
    picks = pa.array(source, mask=source < 0)
    code = pa.array([IssueCode.RAGGED_ROW.value] * len(taken), pa.string())
    return code.take(picks), pa.array(taken.values(), pa.string()).take(picks)


def _next_lines(numbers: IO[bytes], count: int) -> npt.NDArray[np.int64]:
    return np.fromfile(numbers, dtype=np.int64, count=count)
