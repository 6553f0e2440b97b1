"""Which files a path means: one file, those that fit a pattern, those of a kind in a folder and its partitions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from connectors.sources.errors import FileUnfinished, NotDelivered, SourceEmpty, SourceMissing, SourceSettingsWrong
from connectors.sources.file_path import HTTP, HTTPS, is_pattern, on_day, scheme_of, shown
from connectors.sources.file_settings import FileSettings
from connectors.sources.file_stores import FileStore, Seen
from connectors.sources.newest_file import Dated, newest
from connectors.sources.partition_keys import Keys, is_partition, partition_keys
from connectors.sources.reading import Request
from connectors.sources.unfinished import finished_name, lies_beside, unfinished_names

COMPRESSED: Final = (".gz", ".zip", ".zst", ".bz2")
"""The endings of compressed files in a folder; what a file really is, its content says."""


@dataclass(frozen=True)
class FoundFile:
    """A file to be read.

    Attributes:
        path: Its path, as its store has it.
        name: What messages call it.
        seen: What was known of it when it was found.
        keys: The keys of the partitions in which it lies.
    """

    path: str
    name: str
    seen: Seen
    keys: Keys = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The files that a path means.

    Attributes:
        name: What messages call the path.
        files: The files, in the order of their paths.
        several: Whether the path may fit several and all are meant, however many there are today.
        facts: What a person may like to know about the choice.
    """

    name: str
    files: tuple[FoundFile, ...]
    several: bool
    facts: dict[str, str | int] = field(default_factory=dict)


def find_files(settings: FileSettings, endings: Sequence[str], store: FileStore, request: Request) -> Found:
    """Return the files that a path means on the day of the sync.

    A file of exactly this name comes first, then a folder, then a pattern. Hidden files, names such as `crm.csv.part`
    and whatever else is not of the kind in a folder are never taken.

    Args:
        settings: The source's settings.
        endings: The endings of the files of its kind, in a folder.
        store: Where the files lie.
        request: The reading.

    Raises:
        NotDelivered: There is no such file, and its path says of which day it is.
        SourceMissing: There is no such file, or it may not be read.
        SourceEmpty: A file holds not one byte.
        FileUnfinished: One of the files is still under a name for unfinished files.
        SourceBroken: Two files are equally new, or partitions do not fit each other.
        SourceSettingsWrong: The path may fit several files, and `files` is not set.
    """
    path = on_day(settings.path, request.day)
    name = store.name(path)
    absent = SourceMissing if path == settings.path else NotDelivered
    if not store.is_folder(path) and (seen := store.look(path)) is not None:
        return Found(name, (_found(store, path, seen),), several=False)
    if not store.is_folder(path) and not is_pattern(path):
        raise _nothing_there(store, path, absent)
    paths = sorted(_whole(_fitting(store, path, endings), store))
    if not paths:
        raise absent(f"{name}: no file fits. Deliver it, or mend the path.")
    if settings.files is None:
        raise SourceSettingsWrong(
            f"{name} is a folder of {len(paths)} files. Set files: all to read all of them as one source, or "
            "files: newest to read the newest."
        )
    files = [_found(store, one, _look(store, one)) for one in paths]
    if settings.files == "all":
        return Found(name, tuple(files), several=True)
    if any(one.keys for one in files):
        raise SourceSettingsWrong(
            f"{name} has partitions, whose files belong together. Set files: all, and {{date}} in the path to read one "
            "partition only."
        )
    dated = [Dated(one.path, one.name, one.seen.modified) for one in files]
    chosen = newest(dated, request.day, name)
    facts: dict[str, str | int] = {"newest_of": len(files), "newest_by": chosen.origin}
    return Found(name, tuple(one for one in files if one.path == chosen.path), several=False, facts=facts)


def _nothing_there(store: FileStore, path: str, absent: type[SourceMissing]) -> SourceMissing:
    name = store.name(path)
    for unfinished in unfinished_names(path) if scheme_of(path) not in (HTTP, HTTPS) else ():
        if store.look(unfinished) is not None:
            return FileUnfinished(f"{name} is not whole yet: it is being written as {store.name(unfinished)}.")
    return absent(f"{name} cannot be read: No such file or directory. Deliver it, or grant access.")


def _look(store: FileStore, path: str) -> Seen:
    seen = store.look(path)
    if seen is None:
        raise SourceMissing(f"{store.name(path)} was taken away while it was looked at. Run the sync again.")
    return seen


def _found(store: FileStore, path: str, seen: Seen) -> FoundFile:
    name = store.name(path)
    if seen.size == 0:
        raise SourceEmpty(f"{name} is empty. Deliver the file again.")
    return FoundFile(path, name, seen, partition_keys(shown(path), name))


def _fitting(store: FileStore, path: str, endings: Sequence[str]) -> Iterator[str]:
    """Yield the files that a path means, and those that will be among them once they are whole."""
    if store.is_folder(path):
        yield from _of_kind(store, path.rstrip("/"), endings)
        return
    folder, _, last = path.rpartition("/")
    for entry in store.matching(path):
        if entry.is_folder:
            yield from _of_kind(store, entry.path.rstrip("/"), endings)
        elif not lies_beside(_last(entry.path)):
            yield entry.path
    if not is_pattern(folder):  # what is being written beside them fits only without its ending
        folder = folder or path[: path.startswith("/")]
        for entry in store.within(folder) if store.is_folder(folder) else []:
            whole = finished_name(_last(entry.path))
            if whole and not entry.is_folder and fnmatchcase(whole, last) and not lies_beside(whole):
                yield entry.path


def _of_kind(store: FileStore, folder: str, endings: Sequence[str]) -> Iterator[str]:
    """Yield the files of a kind in a folder and in the partitions below it."""
    wanted = tuple(one + more for one in endings for more in ("", *COMPRESSED))
    for entry in store.within(folder):
        name = _last(entry.path)
        if entry.is_folder:
            if is_partition(name) and not lies_beside(name):
                yield from _of_kind(store, entry.path.rstrip("/"), endings)
        elif not lies_beside(name) and (finished_name(name) or name).lower().endswith(wanted):
            yield entry.path


def _whole(paths: Iterator[str], store: FileStore) -> list[str]:
    """Return the paths under final names; one that has only its unfinished name yet is not passed over."""
    found = set(paths)
    for path in sorted(found):
        whole = finished_name(path)
        if whole is not None and whole not in found:
            raise FileUnfinished(
                f"{store.name(path)} is not whole yet. Run the sync again once it is, or delete what was given up."
            )
    return [path for path in found if finished_name(path) is None]


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
