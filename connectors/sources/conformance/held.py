"""Sources of the suite, opened as a sync opens them, and what this process holds open meanwhile."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
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


def open_things() -> set[str]:
    """Return the files, sockets and threads that this process has open, by what they are."""
    threads = {f"thread {thread.name}" for thread in threading.enumerate()}
    return threads | {f"{place.name} {target}" for place in _DESCRIPTORS.iterdir() if (target := _target(place))}


def _target(place: Path) -> str:
    try:
        return str(place.readlink())
    except OSError:
        return ""  # the folder itself, which was open while it was listed
