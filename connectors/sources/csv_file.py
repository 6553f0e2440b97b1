"""The kind `csv`: files of separated cells; every cell is text, every row is read exactly or set aside."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from csv import Error
from pathlib import Path
from typing import Annotated, Literal, Self

import pyarrow as pa
from pydantic import AfterValidator, model_validator

from connectors.sources.columns import reading_schema
from connectors.sources.csv_dialect import SAMPLE_BYTES, find_separator, read_row
from connectors.sources.csv_layout import CsvText, Dialect, Layout, walk
from connectors.sources.csv_sound import sound_batches
from connectors.sources.csv_unsound import text_rows, unsound_batches
from connectors.sources.delivery import DeliveryPath, take
from connectors.sources.encoding import EncodingName, as_utf8, find_encoding
from connectors.sources.errors import SourceBroken, SourceEmpty
from connectors.sources.reading import Reading, Request
from connectors.sources.settings import SourceSettings


def _one_mark(given: str) -> str:
    if len(given) != 1 or not given.isascii() or given.isalnum() or given in "\r\n\0":
        raise ValueError('Use one ASCII character that is no letter or digit; write a tab as "\\t", in double quotes.')
    return given


Mark = Annotated[str, AfterValidator(_one_mark)]


class CsvSettings(SourceSettings):
    """A CSV file.

    Attributes:
        path: The file; `{date}` stands for the day of the sync.
        encoding: The encoding, as Python names it; found out if left out.
        separator: What stands between cells; found out among comma, semicolon, tab and bar if left out.
        quote: What a cell with separators or line ends is wrapped in.
    """

    kind: Literal["csv"]
    path: DeliveryPath
    encoding: EncodingName | None = None
    separator: Mark | None = None
    quote: Mark = '"'

    @model_validator(mode="after")
    def _two_marks(self) -> Self:
        if self.separator == self.quote:
            raise ValueError("separator and quote must differ.")
        return self


@contextmanager
def open_csv(settings: CsvSettings, request: Request) -> Iterator[Reading]:
    """Open a CSV file.

    The first line that is not blank is the header. Blank lines are no rows, in a file of one column too. A row with
    more or fewer cells than the header is set aside as `ragged_row`, one with a quotation mark where RFC 4180 allows
    none as `stray_quote`. Lines end with LF, CRLF or CR.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceMissing: The file is not there or may not be read.
        SourceEmpty: The file holds no header.
        SourceBroken: The file changed while it was read, cannot be decoded, or its rows cannot be told apart.
        SourceSettingsWrong: The encoding in the settings contradicts the file.
    """
    delivery = take(settings.path, request)
    encoding = find_encoding(delivery, settings.encoding)
    path, start = as_utf8(delivery, encoding, request.scratch)
    csv = CsvText(path, start, _dialect(settings, path, start), str(delivery.found))
    lines = request.scratch / "lines"
    layout = walk(csv, lines)
    if not layout.rows:
        raise SourceEmpty(f"{csv.name} is empty but for blank lines. Deliver the file again.")
    facts = {
        **delivery.facts(),
        "encoding": encoding.name,
        "encoding_from": encoding.origin,
        "separator": csv.dialect.separator,
        "separator_from": "content" if settings.separator is None else "settings",
        "quotes": "sound" if layout.sound else "stray",
    }
    with _sound(csv, layout, lines) if layout.sound else _unsound(csv) as (header, schema, batches):
        yield Reading(header, schema, batches, facts)


Opened = tuple[tuple[str, ...], pa.Schema, Iterator[pa.RecordBatch]]


@contextmanager
def _sound(csv: CsvText, layout: Layout, lines: Path) -> Iterator[Opened]:
    header = _header(_slice(csv.path, layout.header_start, layout.header_end), csv)
    schema = _schema(header)
    with sound_batches(csv, layout, lines, schema) as batches:
        yield header, schema, batches


@contextmanager
def _unsound(csv: CsvText) -> Iterator[Opened]:
    with text_rows(csv) as rows:
        first = next(rows)
        header = _header(first.text, csv)
        schema = _schema(header)
        yield header, schema, unsound_batches(rows, csv, schema)


def _dialect(settings: CsvSettings, path: Path, start: int) -> Dialect:
    if settings.separator is not None:
        return Dialect(settings.separator, settings.quote)
    sample = _slice(path, start, start + SAMPLE_BYTES)
    return Dialect(find_separator(sample, settings.quote, settings.mapping().columns), settings.quote)


def _slice(path: Path, start: int, end: int) -> str:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start).decode("utf-8", errors="ignore")  # a character cut at the end is none


def _header(text: str, csv: CsvText) -> tuple[str, ...]:
    try:
        return tuple(read_row(text, csv.dialect))
    except Error:
        raise SourceBroken(
            f"{csv.name}: the header is too long to be one. Check the quotation marks at its start."
        ) from None


def _schema(header: Sequence[str]) -> pa.Schema:
    return reading_schema(header, [pa.string()] * len(header))
