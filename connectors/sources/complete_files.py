"""Waits until the files of a source are there and whole; which files these are, `finding_files` says."""

from collections.abc import Sequence
from typing import Final

from connectors.sources.errors import FileUnfinished, SourceMissing
from connectors.sources.file_settings import FileSettings
from connectors.sources.file_stores import FileStore
from connectors.sources.finding_files import Found, FoundFile, find_files
from connectors.sources.reading import Request

_PAUSE: Final = 30.0
"""How long files that are not whole are left alone before they are looked at again, in seconds."""


def complete_files(settings: FileSettings, endings: Sequence[str], store: FileStore, request: Request) -> Found:
    """Return the files that a path means once they are there and whole.

    They are whole if they stay the same for `settle_seconds`, and if the marker of `complete_when` is there and not
    older than they are. What is missing, empty or not whole is looked at again until `wait_minutes` are over.

    Args:
        settings: The source's settings.
        endings: The endings of the files of its kind, in a folder.
        store: Where the files lie.
        request: The reading, whose `sleep` waits.

    Raises:
        FileUnfinished: A file is not whole, and will not be waited for any longer.
        SourceError: As `find_files` raises them.
    """
    left = settings.wait_minutes * 60
    while True:
        try:
            return _settled(settings, endings, store, request)
        except SourceMissing as error:
            if left <= 0:
                waited = f" It was waited for {settings.wait_minutes:g} minutes." if settings.wait_minutes else ""
                raise type(error)(f"{error}{waited}") from error
        pause = min(_PAUSE, left)
        request.sleep(pause)
        left -= pause + settings.settle_seconds


def _settled(settings: FileSettings, endings: Sequence[str], store: FileStore, request: Request) -> Found:
    found = find_files(settings, endings, store, request)
    for file in found.files:
        _check_marker(settings.complete_when, file, store)
    if not settings.settle_seconds:
        return found
    request.sleep(settings.settle_seconds)
    again = find_files(settings, endings, store, request)
    before = {file.path: file.seen for file in found.files}
    after = {file.path: file.seen for file in again.files}
    changed = next((path for path in sorted({*before, *after}) if before.get(path) != after.get(path)), None)
    if changed is not None:
        raise FileUnfinished(
            f"{store.name(changed)} is still being written: it changed within {settings.settle_seconds:g} seconds. "
            "Run the sync again once it is whole."
        )
    return again


def _check_marker(complete_when: str | None, file: FoundFile, store: FileStore) -> None:
    if complete_when is None:
        return
    folder, slash, _ = file.path.rpartition("/")
    marker = complete_when.replace("{path}", file.path)
    if marker == complete_when:
        marker = folder + slash + complete_when
    name, seen = store.name(marker), store.look(marker)
    if seen is None:
        raise FileUnfinished(f"{file.name} is not whole yet: {name} is not there.")
    if seen.modified is not None and file.seen.modified is not None and seen.modified < file.seen.modified:
        raise FileUnfinished(f"{file.name} is not whole yet: {name} is older, and was written for an earlier file.")
