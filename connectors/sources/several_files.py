"""Reads the files of a source one after the other as one: rows numbered on, each with the file that it came from."""

import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa

from connectors.sources.columns import TECHNICAL_FIELDS, reading_schema
from connectors.sources.complete_files import complete_files
from connectors.sources.delivery import Delivery, take
from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.file_settings import FileSettings
from connectors.sources.file_stores import FileStore
from connectors.sources.files_alike import refuse_other_columns
from connectors.sources.files_facts import FilesFacts
from connectors.sources.finding_files import Found, FoundFile
from connectors.sources.opening_stores import opened_store
from connectors.sources.reading import Reading, Request
from schemas.rows import ROW

FILE: Final = "__file__"
"""The column that says which file a row came from, where a source reads several; lines are counted within it."""

OpenOne = Callable[[Any, Delivery, Request], AbstractContextManager[Reading]]
"""Opens one delivered file of a kind; the request's scratch folder is that file's alone."""


@contextmanager
def open_files(
    settings: FileSettings, endings: Sequence[str], request: Request, open_one: OpenOne
) -> Iterator[Reading]:
    """Open the file, or the files, of a source.

    Several files have the same columns in the same order, and the same types. The keys of partitions, and the file
    where a source reads several, are columns after the files' own.

    Args:
        settings: The source's settings.
        endings: The endings of the files of its kind, in a folder.
        request: The reading.
        open_one: How a file of the kind is opened.

    Raises:
        SourceError: The files cannot be found or read, or do not fit each other; also while the batches are read.
    """
    with opened_store(settings, request) as store:
        found = complete_files(settings, endings, store, request)
        source = _Source(settings, request, open_one, store, found)
        with source.opened(found.files[0]) as first:
            first.facts.update(found.facts)
            if not found.several and not found.files[0].keys:
                first.files = (*source.names, *first.files)
                yield first
                return
            several: dict[str, str | int] = {"path": found.name, "files": len(found.files)}
            facts = several if found.several else first.facts
            header, schema = source.columns(first)
            with closing(source.batches(first, schema, facts)) as batches:
                yield Reading(header, schema, batches, facts, (*source.names, *first.files))


@dataclass(frozen=True)
class _Source:
    """A source's files, and how each of them is opened."""

    settings: FileSettings
    request: Request
    open_one: OpenOne
    store: FileStore
    found: Found

    @property
    def names(self) -> tuple[str, ...]:
        """The files' names, from the first partition on that each lies in."""
        return tuple("/".join(one.name.split("/")[-1 - len(one.keys) :]) for one in self.found.files)

    @property
    def _added(self) -> tuple[str, ...]:
        """The columns that are in no file."""
        return (*self.found.files[0].keys, *([FILE] if self.found.several else []))

    @contextmanager
    def opened(self, file: FoundFile) -> Iterator[Reading]:
        """Open one of the files; its copy is gone afterwards."""
        scratch = self.request.scratch / f"file-{self.found.files.index(file)}"
        scratch.mkdir()
        try:
            request = replace(self.request, scratch=scratch)
            delivery = replace(take(file, self.store, request), added=frozenset(self._added))
            with self.open_one(self.settings, delivery, request) as reading:
                yield reading
        finally:
            shutil.rmtree(scratch)

    def columns(self, first: Reading) -> tuple[tuple[str, ...], pa.Schema]:
        """Return header and schema of the whole: the files' own columns, then ours."""
        for name in self._added:
            if name in first.header:
                raise SourceSettingsWrong(
                    f'{self.found.files[0].name} has a column "{name}", and so has its partition, or contact-sync '
                    "itself. Rename one of them."
                )
        own = first.schema.types[len(TECHNICAL_FIELDS) :]
        header = (*first.header, *self._added)
        return header, reading_schema(header, [*own, *[pa.string()] * len(self._added)])

    def batches(
        self, first: Reading, schema: pa.Schema, facts: dict[str, str | int]
    ) -> Generator[pa.RecordBatch, None, None]:
        """Yield the rows of all files; the facts are complete once they are exhausted."""
        rows, so_far = 0, FilesFacts(self.found.name)
        for place, file in enumerate(self.found.files):
            before = rows
            with nullcontext(first) if place == 0 else self.opened(file) as reading:
                refuse_other_columns(self.found.files[0], first, file, reading)
                for batch in reading.batches:
                    yield self._widened(batch, file, before, schema)
                    rows += batch.num_rows
                so_far.add(file.name, before, rows, reading.facts)
            if self.found.several:
                facts.update(so_far.facts())

    def _widened(self, batch: pa.RecordBatch, file: FoundFile, before: int, schema: pa.Schema) -> pa.RecordBatch:
        """Return a batch numbered on, with the columns that are ours."""
        numbers = pa.compute.add(batch.column(ROW), before)
        texts = [*file.keys.values(), *([file.name] if self.found.several else [])]
        added = [pa.repeat(pa.scalar(text, pa.string()), batch.num_rows) for text in texts]
        place = schema.get_field_index(ROW)
        columns = [*batch.columns[:place], numbers, *batch.columns[place + 1 :], *added]
        return pa.RecordBatch.from_arrays(columns, schema=schema)
