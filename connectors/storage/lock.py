"""The lock that keeps two syncs of one installation from sending at the same time.

It is the operating system's own file lock: it ends with its process, however that ends.
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
    """Another sync of this storage is sending: wait until it has ended, then run again."""


@contextmanager
def sync_lock(root: Path, now: datetime) -> Iterator[None]:
    """Hold the storage's lock.

    Args:
        root: The storage root.
        now: The time that another process is told it is held since.

    Raises:
        LockHeldError: Another process holds it; says which, and since when.
    """
    path = make_folder(root) / "sync.lock"
    with explained(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockHeldError(_held(path)) from error
        holder = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": now.isoformat(timespec="seconds"),
        }
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _held(path: Path) -> str:
    try:
        holder = json.loads(path.read_text())
    except (OSError, ValueError):  # the holder is writing its name this very moment
        holder = {}
    return (
        f"Another sync is sending: process {holder.get('process', '?')} on {holder.get('host', '?')} since "
        f"{holder.get('since', '?')}. Its lock ends with it; run again then."
    )
