"""Sources of the suite, opened as a sync opens them, and what this process holds open meanwhile."""

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from reprlib import Repr
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow as pa
from pydantic import TypeAdapter

from connectors.sources.errors import SourceError
from connectors.sources.reading import Reading, Request
from connectors.sources.registry import AnySource, open_source
from connectors.sources.settings import SourceSettings
from schemas.rows import LINE, ROW, TECHNICAL

DAY: Final = date(2026, 11, 24)

_DESCRIPTORS: Final = Path("/dev/fd")

_SHORT: Final = Repr()
_SHORT.maxlist = _SHORT.maxtuple = 6
_SHORT.maxstring = _SHORT.maxother = 60

_SETTINGS: Final[TypeAdapter[SourceSettings]] = TypeAdapter(AnySource)


@dataclass(frozen=True)
class Source:
    """A source that exists while a test runs.

    Attributes:
        given: Its settings as sync.yaml has them.
        folder: Where its relative paths start.
        environ: Where its secrets are.
    """

    given: dict[str, Any]
    folder: Path
    environ: Mapping[str, str]

    @property
    def settings(self) -> SourceSettings:
        """Its settings, checked by the model of its kind."""
        return _SETTINGS.validate_python(self.given)

    @contextmanager
    def opened(self) -> Iterator[Reading]:
        """Open it, as a sync does."""
        with TemporaryDirectory() as scratch:
            request = Request(DAY, self.folder, self.environ, Path(scratch))
            with _chained(), open_source(self.settings, request) as reading:
                yield reading

    def read(self) -> "Held":
        """Read it to its end."""
        with self.opened() as reading:
            batches = list(reading.batches)
        return Held(reading.header, reading.schema, batches, dict(reading.facts))


@contextmanager
def _chained() -> Iterator[None]:
    """Show whoever writes the kind which error its sentence stands for; in a sync it stays hidden."""
    try:
        yield
    except SourceError as error:
        error.__suppress_context__ = False
        raise


@dataclass(frozen=True)
class Held:
    """What a source held.

    Attributes:
        header: Its columns as found.
        schema: The schema of the reading.
        batches: Its rows.
        facts: What was found out about it.
    """

    header: tuple[str, ...]
    schema: pa.Schema
    batches: list[pa.RecordBatch]
    facts: dict[str, str | int]

    @property
    def numbers(self) -> list[int]:
        """The numbers of the rows, in the order in which they came."""
        return [number for batch in self.batches for number in batch.column(ROW).to_pylist()]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The source's own cells row by row; an empty text counts as none, since few files tell the two apart."""
        own = [name for name in self.schema.names if name not in TECHNICAL]
        return [
            tuple(None if cell == "" else cell for cell in row.values())
            for batch in self.batches
            for row in batch.select(own).to_pylist()
        ]

    def without(self, columns: Sequence[str]) -> "Held":
        """Return the same without these columns."""
        batches = [
            batch.drop_columns([name for name in columns if name in batch.schema.names]) for batch in self.batches
        ]
        schema = pa.schema([field for field in self.schema if field.name not in columns])
        return replace(
            self, header=tuple(name for name in self.header if name not in columns), schema=schema, batches=batches
        )


def header_problem(found: Sequence[str], given: Sequence[str], added: Sequence[str]) -> str | None:
    """Say how the columns that were found differ from those that were given and those that the kind adds."""
    lost = [name for name in (*given, *added) if name not in found]
    more = [name for name in found if name not in (*given, *added)]
    if lost:
        return f"These columns are not found: {shown(lost)}. Found are {shown(list(found))}."
    if more:
        return f"These columns were not given: {shown(more)}. Name those that the kind adds in extra_columns."
    if [name for name in found if name not in added] != list(given):
        return "The columns come in another order, or more than once."
    return None


def shown(value: object) -> str:
    """Return a value as a message shows it: cut, however long it is."""
    return _SHORT.repr(value)


def same(one: Held, other: Held) -> bool:
    """Tell whether two readings held the same: the schema, the rows and their numbers."""
    return (one.header, one.schema, one.numbers, one.rows) == (other.header, other.schema, other.numbers, other.rows)


def schema_problem(held: Held) -> str | None:
    """Say what is wrong with the columns of a reading."""
    if held.schema.names[: len(TECHNICAL)] != list(TECHNICAL):
        return f"the schema starts with {held.schema.names[: len(TECHNICAL)]}, and not with {list(TECHNICAL)}"
    if not (pa.types.is_int64(held.schema.field(ROW).type) and pa.types.is_int64(held.schema.field(LINE).type)):
        return "the rows are not numbered with 64-bit integers"
    odd = next((batch.schema for batch in held.batches if batch.schema != held.schema), None)
    return None if odd is None else f"a batch has another schema than its reading: {odd.names} of {odd.types}"


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Let what is written to the system's folder of temporary files be written to another one."""
    system, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = system
        os.environ.pop("TMPDIR")
        if variable is not None:
            os.environ["TMPDIR"] = variable


def open_things() -> set[str]:
    """Return the files, sockets and threads that this process has open, by what they are."""
    threads = {f"thread {thread.name}" for thread in threading.enumerate()}
    return threads | {f"{place.name} {target}" for place in _DESCRIPTORS.iterdir() if (target := _target(place))}


def _target(place: Path) -> str:
    try:
        return str(place.readlink())
    except OSError:
        return ""  # the folder itself, which was open while it was listed
