"""The edge of a source: whatever a kind fails with comes out of it as one sentence that holds none of its data."""

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from traceback import StackSummary, extract_tb, format_exception, format_exception_only
from typing import Final, TypeVar

import pyarrow as pa
from polars.exceptions import PolarsError

from connectors.sources.errors import SourceBroken, SourceError, SourceMissing
from connectors.sources.kind import Kind
from connectors.sources.reading import Reading, Request
from connectors.sources.redacted import redacted, secrets_of
from connectors.sources.settings import SourceSettings

T = TypeVar("T")

_PANIC: Final = "PanicException"
"""How Rust's panics are called in Python, by polars and by others; they derive from BaseException alone."""

_POLARS_OS_ERROR: Final = re.compile(r"\(os error (\d+)\)")
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Redacted(Exception):  # noqa: N818 - it only shows what came before an error
    """What was said by an error that held a secret, without the secret."""


def contained(act: Callable[[], T], settings: SourceSettings, secrets: Sequence[str]) -> T:
    """Do what a kind does; whatever it fails with names the source, and holds none of its secrets.

    An interruption from outside is no error of the kind, and passes.

    Args:
        act: Calls the kind.
        settings: The source's settings.
        secrets: What no error may hold.

    Raises:
        SourceError: What the kind raised, or SourceBroken in its place; SourceMissing where it had no room to write.
    """
    try:
        return act()
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
            raise
        told = _told(error, settings, secrets)
    raise told  # out here, where Python does not put the kind's own error behind it


def _told(error: BaseException, settings: SourceSettings, secrets: Sequence[str]) -> SourceError:
    """Return the error that is told: it names the source, and neither it nor what is behind it holds a secret."""
    if isinstance(error, SourceError):
        behind = error.__cause__ or error.__context__
        told = _as_told(error, settings, secrets)
    else:
        behind = error
        told = _in_place_of(error, settings, secrets)
    # What is behind it may hold a row: it stays unsaid, but to the suite, whose people are invented.
    told.__cause__, told.__context__, told.__suppress_context__ = None, _shown_behind(behind, secrets), True
    return told.with_traceback(error.__traceback__)


def _as_told(error: SourceError, settings: SourceSettings, secrets: Sequence[str]) -> SourceError:
    text = _text(error) or _sentence(settings, error)
    if not re.search(rf"\bsource {settings.name}\b", text, re.IGNORECASE):
        text = f"Source {settings.name}: {text}"
    if text == _text(error) and not _holds_a_secret(error, secrets):
        return error
    ours = next(one for one in type(error).__mro__ if one.__module__ == SourceError.__module__)
    told: SourceError = ours(redacted(text, secrets))
    return told


def _in_place_of(error: BaseException, settings: SourceSettings, secrets: Sequence[str]) -> SourceError:
    if _os_error(error) in _NO_ROOM:
        return SourceMissing(
            f"Source {settings.name}: there is no room left in our storage for the copy that is read "
            f"({os.strerror(_os_error(error))}). Nothing that was read is used. Make room, and run the sync again."
        )
    return SourceBroken(redacted(_sentence(settings, error), secrets))  # its own text may hold a secret or a row


def _shown_behind(error: BaseException | None, secrets: Sequence[str]) -> BaseException | None:
    if error is None or not any(_holds_a_secret(one, secrets) for one in _chain(error)):
        return error
    return Redacted(redacted("".join(format_exception(error)), secrets))


def _chain(error: BaseException) -> list[BaseException]:
    """Return an error and all that hangs on it."""
    found = [error]
    for one in found:  # it grows meanwhile
        members = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        more = (one.__cause__, one.__context__, *members)
        found += [other for other in more if other is not None and all(other is not known for known in found)]
    return found


def _holds_a_secret(error: BaseException, secrets: Sequence[str]) -> bool:
    shown = "\n".join([_text(error), _text(error, repr), repr(error.args), *format_exception_only(error)])
    return any(secret in shown for secret in secrets)


def _text(error: BaseException, form: Callable[[object], str] = str) -> str:
    """Return what an error says; nothing where that fails, as it may in a class of the kind's own."""
    try:
        return form(error)
    except Exception:  # noqa: BLE001 - it may fail with anything
        return ""


def _os_error(error: BaseException) -> int:
    """Return the operating system's number for an error, 0 for one of another kind; polars has it in its text alone."""
    if isinstance(error, OSError):
        return error.errno or 0
    found = _POLARS_OS_ERROR.search(str(error)) if isinstance(error, PolarsError) else None
    return int(found[1]) if found else 0


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
def opened(kind: Kind, settings: SourceSettings, request: Request) -> Iterator[Reading]:
    """Open and close a source, so that its kind's errors are contained and the caller's own stay as they are.

    Args:
        kind: Its kind.
        settings: Its settings.
        request: The reading.

    Raises:
        SourceError: The source cannot be opened, read or closed.
    """
    secrets = secrets_of(settings, request.environ)
    manager = contained(lambda: kind.open(settings, request), settings, secrets)
    reading = contained(manager.__enter__, settings, secrets)
    reading.batches = _contained_batches(reading.batches, settings, secrets)
    try:
        yield reading
    except BaseException as error:
        leave = partial(manager.__exit__, type(error), error, error.__traceback__)
        with suppress(SourceError):  # what went wrong first is what a person has to know
            contained(leave, settings, secrets)
        raise
    contained(partial(manager.__exit__, None, None, None), settings, secrets)


def _contained_batches(
    batches: Iterator[pa.RecordBatch], settings: SourceSettings, secrets: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    while (batch := contained(lambda: next(batches, None), settings, secrets)) is not None:
        yield batch
