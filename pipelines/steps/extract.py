"""Step 1: a source as found becomes an immutable snapshot."""

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Final

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.reading import Reading, Request
from connectors.sources.registry import AnySource, open_source
from connectors.sources.since import Mark
from connectors.storage.files import make_folder
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.changes import ASKED_FOR, ReadWholeError, read_whole, with_changes
from pipelines.steps.resume import pinned
from pipelines.steps.since_base import Base, Whole, base_of
from pipelines.steps.slices import frame
from schemas.optouts import forgotten_opt_out_values, forgotten_opt_outs, is_forgotten_opt_out_file
from schemas.rows import TECHNICAL

_SCRATCH: Final = ".reading-"


def extract(installation: Installation, source: AnySource, day: dt.date, *, whole: bool = False) -> Table:
    """Copy a source's rows, as found and numbered, into the day's snapshot.

    Of a source that gives what changed, the snapshot is an earlier one with the changes in it.

    Args:
        installation: The installation.
        source: The source.
        day: The partition.
        whole: Read it whole, also where it could give what changed.

    Raises:
        SourceError: The source cannot be read, or does not fit its settings; nothing of it is kept.
        StorageError: The snapshot cannot be written.
    """
    if (table := pinned(installation, day, f"extracted/{source.name}")) is not None:
        return table
    base = Whole(ASKED_FOR) if whole else base_of(installation, source, day)
    if isinstance(base, Base):
        try:
            return _written_with_changes(installation, source, day, base)
        except ReadWholeError as error:
            base = Whole(str(error))
    with opened(installation, source, day) as (reading, _):
        return _written(installation, source, day, read_whole(source, day, reading, base.because))


def _written_with_changes(installation: Installation, source: AnySource, day: dt.date, base: Base) -> Table:
    with (
        opened(installation, source, day, base.mark) as (reading, request),
        with_changes(source, base, reading, request) as state,
    ):
        return _written(installation, source, day, state)


def _written(installation: Installation, source: AnySource, day: dt.date, reading: Reading) -> Table:
    with installation.tables.new_version(f"extracted/{source.name}", day) as new:
        for batch in reading.batches:
            new.write(batch)
        new.facts.update(reading.facts)
    return new.table


@contextmanager
def opened(
    installation: Installation, source: AnySource, day: dt.date, since: Mark | None = None
) -> Iterator[tuple[Reading, Request]]:
    """Open a source whose header fits its mapping.

    Raises:
        SourceError: It cannot be read, or does not fit its settings.
    """
    with request_for(installation, day, since) as request, open_source(source, request) as reading:
        refuse_forgotten_opt_outs(source, reading)
        yield reading, request


@contextmanager
def request_for(installation: Installation, day: dt.date, since: Mark | None = None) -> Iterator[Request]:
    """Give what a reading is asked with; its scratch folder is removed on leaving."""
    _remove_abandoned(make_folder(installation.storage))
    scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=installation.storage))
    try:
        yield Request(day, installation.folder, installation.environ, scratch, since)
    finally:
        shutil.rmtree(scratch)


def _remove_abandoned(storage: Path) -> None:
    """Remove the copies of sources that processes which were killed have left behind."""
    for folder in storage.glob(f"{_SCRATCH}*"):
        process = int(folder.name.removeprefix(_SCRATCH).split("-")[0])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)  # another process may be clearing it at this moment
        except PermissionError:
            continue  # alive, and somebody else's


def refuse_forgotten_opt_outs(source: AnySource, reading: Reading) -> None:
    """Refuse what looks like opt-outs by a column's name, the file's name, or a value among the first rows.

    Raises:
        SourceSettingsWrong: Something does, and neither `suppressed` nor `held` is mapped.
    """
    mapping = source.mapping()
    forgotten = [f'column "{name}"' for name in forgotten_opt_outs(mapping, reading.header)]
    forgotten += [f"the file's name {name}" for name in reading.files if is_forgotten_opt_out_file(mapping, name)]
    first = next(reading.batches)
    reading.batches = chain([first], reading.batches)
    own = [name for name in first.schema.names if name not in TECHNICAL]
    values = forgotten_opt_out_values(mapping, frame(first), own)
    forgotten += [f'a value in column "{name}"' for name in values if f'column "{name}"' not in forgotten]
    if forgotten:
        message = (
            f"Source {source.name}: {', '.join(forgotten)} looks like a record of opt-outs, and nothing is mapped to "
            "`suppressed`, so people who opted out would be synced as subscribers. Map `suppressed` to the column "
            '(with `when: [Unsubscribed]` for its words, or `when: ["*"]` where any word means it), or to '
            "`{value: true}` for a list of opt-outs, or to `{value: false}` if it is none."
        )
        raise SourceSettingsWrong(message)
