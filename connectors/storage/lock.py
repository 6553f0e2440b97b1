"""Locks that keep two processes of one installation from sending, or from writing one table, at the same time.

They are the operating system's own file locks: they end with their process, however that ends.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from connectors.storage.files import PRIVATE_FILE, explained, make_folder


class LockHeldError(Exception):
    """Another process of this storage is at it: wait until it has ended, then run again."""


@contextmanager
def sync_lock(root: Path, now: datetime) -> Iterator[None]:
    """Hold the storage's lock, which is needed to plan, to send and to fold.

    Args:
        root: The storage root.
        now: The time that another process is told it is held since.

    Raises:
        LockHeldError: Another process holds it; says which, and since when.
        StorageError: The lock cannot be written.
    """
    with _locked(make_folder(root) / "sync.lock", "Another sync is sending", now.isoformat(timespec="seconds")):
        yield


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold the lock on what a folder holds.

    Raises:
        LockHeldError: Another process holds it; says which.
        StorageError: The lock cannot be written.
    """
    with _locked(folder / ".lock", f"{folder} is being written", None):
        yield


@contextmanager
def _locked(path: Path, doing: str, since: str | None) -> Iterator[None]:
    with explained(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        with explained(path):
            _take(descriptor, path, doing)
            holder = {"process": os.getpid(), "host": socket.gethostname(), "since": since}
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, doing: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = f"{doing}: {_holder(path)}. Its lock ends with it; run again then."
        raise LockHeldError(message) from error


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text())
    except (OSError, ValueError):  # the holder is writing its name this very moment
        holder = {}
    since = f" since {holder['since']}" if holder.get("since") else ""
    return f"process {holder.get('process', '?')} on {holder.get('host', '?')}{since}"
