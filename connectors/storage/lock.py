"""Locks that keep two processes of one installation from sending, or from writing one table, at the same time.

They are the operating system's own file locks: they end with their process, however that ends. On one machine a lock
is lost only if somebody deletes its file; on a network file system also if its server gives up on a machine that does
not answer. So whoever holds a lock for long looks again before each act, and stops once the file names another holder.
What it does between looking and acting, and file systems whose locks are of one machine alone, no lock file covers.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from connectors.storage.files import PRIVATE_FILE, explained, make_folder


class LockHeldError(Exception):
    """Another process of this storage is at it: wait until it has ended, then run again."""


class LockLostError(LockHeldError):
    """The lock is no longer ours: nothing more may be sent or written. Run again, once nobody else holds it."""


@dataclass(frozen=True)
class HeldLock:
    """A lock that is held.

    Attributes:
        path: The lock's file.
        token: What its file holds while it is ours; no other holder ever writes the same.
    """

    path: Path
    token: str

    def check(self) -> None:
        """Make sure that the lock is still ours.

        Raises:
            LockLostError: Its file is gone, or names another holder.
        """
        if _content(self.path).get("token") != self.token:
            message = (
                f"{self.path} is no longer ours: it was deleted, or {_holder(self.path)} took it. Nothing more is "
                "sent. What was answered is kept; run the sync again once no other one is at it."
            )
            raise LockLostError(message)


@contextmanager
def sync_lock(root: Path, now: datetime) -> Iterator[HeldLock]:
    """Hold the storage's lock, which is needed to plan, to send and to fold.

    Args:
        root: The storage root.
        now: The time that another process is told it is held since.

    Raises:
        LockHeldError: Another process holds it; says which, and since when.
        StorageError: The lock cannot be written.
    """
    with _locked(make_folder(root) / "sync.lock", "Another sync is sending", now.isoformat(timespec="seconds")) as held:
        yield held


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
def _locked(path: Path, doing: str, since: str | None) -> Iterator[HeldLock]:
    with explained(path):
        descriptor = _taken(path, doing)
    try:
        held = HeldLock(path, uuid4().hex)
        holder = {"process": os.getpid(), "host": socket.gethostname(), "since": since, "token": held.token}
        with explained(path):
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield held
    finally:
        os.close(descriptor)


def _taken(path: Path, doing: str) -> int:
    """Return the locked file's descriptor; a file that was deleted before it could be locked is left alone."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            _take(descriptor, path, doing)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _take(descriptor: int, path: Path, doing: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = f"{doing}: {_holder(path)}. Its lock ends with it; run again then.{_elsewhere(path)}"
        raise LockHeldError(message) from error


def _holder(path: Path) -> str:
    holder = _content(path)
    since = f" since {holder['since']}" if holder.get("since") else ""
    return f"process {holder.get('process', '?')} on {holder.get('host', '?')}{since}"


def _elsewhere(path: Path) -> str:
    """Return what to know of a holder on another machine or in another container; of one that is here, nothing."""
    if _content(path).get("host") in (None, socket.gethostname()):
        return ""
    return (
        " That is another machine or container: end the sync there. If it is gone for good, the file system frees the "
        "lock by itself; never delete the lock's file."
    )


def _content(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):  # deleted, or the holder is writing its name this very moment
        return {}
    return content if isinstance(content, dict) else {}
