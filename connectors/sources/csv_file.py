"""The kind `csv`: files of separated cells; every cell is text, every row is read exactly or set aside."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from csv import Error
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import pyarrow as pa
from pydantic import AfterValidator, PositiveInt, model_validator

from connectors.sources.columns import reading_schema
from connectors.sources.compressed import unpacked
from connectors.sources.csv_dialect import QUOTES, SAMPLE_BYTES, SEPARATORS, find_dialect
from connectors.sources.csv_escapes import Escapes, without_escapes
from connectors.sources.csv_header import HeaderLine, find_header, refuse_contacts_above, stated_header
from connectors.sources.csv_layout import NUL, CsvText, Layout, walk
from connectors.sources.csv_row import read_row
from connectors.sources.csv_sound import sound_batches
from connectors.sources.csv_unsound import text_rows, unsound_batches
from connectors.sources.delivery import Delivery
from connectors.sources.encoding import EncodingName, as_utf8, find_encoding
from connectors.sources.errors import SourceBroken, SourceEmpty
from connectors.sources.file_settings import FileSettings
from connectors.sources.reading import Reading, Request
from connectors.sources.repeated_header import repeated_headers_set_aside
from connectors.sources.several_files import open_files
from connectors.sources.total_line import total_line_set_aside
from schemas.fields import EMAIL


def _one_mark(given: str) -> str:
    if len(given) != 1 or not given.isascii() or given.isalnum() or given in "\r\n\0":
        raise ValueError('Use one ASCII character that is no letter or digit; write a tab as "\\t", in double quotes.')
    return given


_ENDINGS: Final = (".csv", ".tsv")
_MOST_COLUMNS: Final = 10_000

Mark = Annotated[str, AfterValidator(_one_mark)]


class CsvSettings(FileSettings):
    """A CSV file, or several written alike.

    Attributes:
        encoding: The encoding, as Python names it; found out if left out.
        separator: What stands between cells; found out among comma, semicolon, tab and bar if left out.
        quote: What a cell with separators or line ends is wrapped in; found out among double marks and apostrophes if
            left out.
        escape: What makes the next character a plain one, as MySQL's backslash; nothing does if left out.
        header_line: The line of the header, from 1; found out if left out.
    """

    kind: Literal["csv"]
    encoding: EncodingName | None = None
    separator: Mark | None = None
    quote: Mark | None = None
    escape: Mark | None = None
    header_line: PositiveInt | None = None

    @model_validator(mode="after")
    def _different_marks(self) -> Self:
        marks = [mark for mark in (self.separator, self.quote or QUOTES[0], self.escape) if mark is not None]
        if len(set(marks)) < len(marks):
            raise ValueError("separator, quote and escape must differ.")
        return self


@contextmanager
def open_csv(settings: CsvSettings, request: Request) -> Iterator[Reading]:
    """Open CSV files.

    The header is the first of the first 100 lines that has every mapped column by its exact name; what stands above
    it is no row. Where no line has, it is the first line that is not blank. Blank lines are no rows, in a file of one
    column too. A row with more or fewer cells than the header is set aside as `ragged_row`, one with a quotation mark
    where RFC 4180 allows none as `stray_quote`, one with a NUL byte as `nul_byte`, the header once more as
    `repeated_header`, a total at the end of the file as `total_line`. Lines end with LF, CRLF or CR. The file may be
    compressed.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceMissing: The file is not there or may not be read.
        SourceEmpty: The file holds no header.
        SourceBroken: The file changed while it was read, cannot be unpacked or decoded, an escape has no one meaning,
            the rows cannot be told apart, a contact may stand above the header, or a file does not fit the others.
        SourceSettingsWrong: The encoding or the header's line in the settings contradicts the file, or the quotation
            mark has to be set.
    """
    with open_files(settings, _ENDINGS, request, _open_one) as reading:
        yield reading


@contextmanager
def _open_one(settings: CsvSettings, delivery: Delivery, request: Request) -> Iterator[Reading]:
    path, start, facts = _plain_text(settings, delivery, request.scratch)
    csv, header_line = _csv_text(settings, path, start, delivery)
    lines = request.scratch / "lines"
    layout = walk(csv, lines)
    if not layout.rows:
        raise SourceEmpty(f"{csv.name} is empty but for blank lines. Deliver the file again.")
    facts |= {
        "separator": csv.dialect.separator,
        "separator_from": "content" if settings.separator is None else "settings",
        "quote": csv.dialect.quote,
        "quotes": "sound" if layout.sound else "stray",
        "header_line": header_line.line,
        "header_from": header_line.origin,
    }
    with _sound(csv, layout, lines) if layout.sound and not layout.nul else _unsound(csv) as (header, schema, batches):
        email = settings.fields[EMAIL].column
        place = header.index(email) if email in header else len(header)  # such a header is refused before a row is read
        told = repeated_headers_set_aside(total_line_set_aside(batches, csv.dialect, place, csv.name), header)
        yield Reading(header, schema, told, facts)


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


def _plain_text(settings: CsvSettings, delivery: Delivery, scratch: Path) -> tuple[Path, int, dict[str, str | int]]:
    """Return the file as UTF-8 without escapes, where its text starts in bytes, and how it came."""
    plain, compression = unpacked(delivery, scratch)
    encoding = find_encoding(plain, settings.encoding)
    path, start = as_utf8(plain, encoding, scratch)
    facts = delivery.facts() | {
        "compression": compression,
        "encoding": encoding.name,
        "encoding_from": encoding.origin,
    }
    if settings.escape is None:
        return path, start, facts
    separators = SEPARATORS if settings.separator is None else (settings.separator,)
    escapes = Escapes(settings.escape, settings.quote or QUOTES[0], separators)
    return without_escapes(path, start, escapes, scratch, delivery.found), 0, facts | {"escape": settings.escape}


def _csv_text(settings: CsvSettings, path: Path, start: int, delivery: Delivery) -> tuple[CsvText, HeaderLine]:
    """Find the dialect and the header in the start of a UTF-8 text."""
    sample, name = _slice(path, start, start + SAMPLE_BYTES), delivery.found
    columns = [column for column in settings.mapping().columns if column not in delivery.added]
    header = None if settings.header_line is None else stated_header(sample, settings.header_line, name)
    below = sample if header is None else sample[header.start :]
    quote = settings.quote or (QUOTES[0] if settings.escape else None)
    dialect = find_dialect(below, settings.separator, quote, columns, name)
    if header is None:
        header = find_header(sample, dialect, columns)
    if header.origin == "content" and settings.fields[EMAIL].column in columns:
        refuse_contacts_above(sample, header, dialect, settings.fields[EMAIL].column or "", name)
    above = len(sample[: header.start].encode())
    return CsvText(path, start + above, dialect, name, header.line), header


def _slice(path: Path, start: int, end: int) -> str:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start).decode("utf-8", errors="ignore")  # a character cut at the end is none


def _header(text: str, csv: CsvText) -> tuple[str, ...]:
    if NUL in text:
        raise SourceBroken(
            f"{csv.name}: the header, on line {csv.line}, holds a NUL byte. The file is damaged, or UTF-16 without a "
            "byte order mark: set the source's encoding to utf-16-le or utf-16-be then."
        )
    try:
        header = tuple(read_row(text, csv.dialect))
    except Error:
        raise SourceBroken(
            f"{csv.name}: the header is too long to be one. Check the quotation marks at its start."
        ) from None
    if len(header) > _MOST_COLUMNS:
        raise SourceBroken(
            f"{csv.name}: the header has {len(header):,} columns. Check the separator and the line ends."
        )
    return header


def _schema(header: Sequence[str]) -> pa.Schema:
    return reading_schema(header, [pa.string()] * len(header))
