"""The edge of a source: whatever a kind fails with comes out of it as one sentence that holds none of its data."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from traceback import StackSummary, extract_tb
from typing import Final

import pyarrow as pa

from connectors.sources.errors import SourceBroken, SourceError
from connectors.sources.reading import Reading
from connectors.sources.settings import SourceSettings

_PANIC: Final = "PanicException"
"""How Rust's panics are called in Python, by polars and by others; they derive from BaseException alone."""


@contextmanager
def contained(settings: SourceSettings) -> Iterator[None]:
    """Turn an error that its kind did not name into one that names source and kind.

    An interruption from outside is no error of the kind, and passes.

    Raises:
        SourceError: What the kind raised, or SourceBroken in its place.
    """
    try:
        yield
    except SourceError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
            raise
        raise SourceBroken(_sentence(settings, error)) from None  # its text may hold a secret or a row


def _sentence(settings: SourceSettings, error: BaseException) -> str:
    said = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    place = _place(settings, extract_tb(error.__traceback__))
    return (
        f"Source {settings.name}: its kind, {settings.kind}, failed with {type(error).__name__}{said} in {place}. "
        "Nothing that it read was used. Run it again; if it fails again, tell whoever maintains the kind."
    )


def _place(settings: SourceSettings, trace: StackSummary) -> str:
    """Return the line where it went wrong: in the kind's own module if that is on the way, else where it ended."""
    module = getattr(sys.modules.get(type(settings).__module__), "__file__", None)  # a notebook's has none
    own = [frame for frame in trace if frame.filename == module]
    last = (own or trace)[-1]
    return f"{Path(last.filename).name} line {last.lineno}"


@contextmanager
def opened(manager: AbstractContextManager[Reading], settings: SourceSettings) -> Iterator[Reading]:
    """Enter and leave what a kind opens, so that its errors are contained and the caller's own stay as they are.

    Args:
        manager: What the kind's opener returned.
        settings: The source's settings.

    Raises:
        SourceError: The source cannot be opened, read or closed.
    """
    with contained(settings):
        reading = manager.__enter__()
    reading.batches = _contained_batches(reading.batches, settings)
    try:
        yield reading
    except BaseException as error:
        with suppress(SourceError), contained(settings):  # what went wrong first is what a person has to know
            manager.__exit__(type(error), error, error.__traceback__)
        raise
    with contained(settings):
        manager.__exit__(None, None, None)


def _contained_batches(batches: Iterator[pa.RecordBatch], settings: SourceSettings) -> Iterator[pa.RecordBatch]:
    while True:
        with contained(settings):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch
