"""Removing what the settings keep no longer."""

import shutil
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from connectors.storage.files import explained
from connectors.storage.lock import sync_lock
from pipelines.installation import Installation
from pipelines.steps.retention import Removable, removable


@dataclass(frozen=True)
class Cleaned:
    """What was removed of one kind, or would be.

    Attributes:
        kind: What it is, as `extracted/crm`, `plans` or `scratch`.
        things: How many days, plans or files.
        bytes: What they took on disk.
    """

    kind: str
    things: int
    bytes: int

    def to_document(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        return {"things": self.things, "bytes": self.bytes}


def clean(installation: Installation, *, dry_run: bool = False) -> list[Cleaned]:
    """Remove what the settings keep no longer, and say what that was; nothing that anything needs is among it.

    Args:
        installation: The installation.
        dry_run: Only say what it would be.

    Raises:
        LockHeldError: A sync is under way; nothing was removed.
        StorageError: Something is damaged, or cannot be removed.
    """
    found: dict[str, list[int]] = defaultdict(list)
    with sync_lock(installation.storage, installation.now()) as lock:
        for one in list(removable(installation)):
            lock.check()
            found[one.kind].append(_size(one))
            if not dry_run:
                _remove(installation, one)
    return [Cleaned(kind, len(sizes), sum(sizes)) for kind, sizes in sorted(found.items())]


def _size(one: Removable) -> int:
    files = one.path.rglob("*") if one.path.is_dir() else [one.path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _remove(installation: Installation, one: Removable) -> None:
    if one.table is not None:
        # A version that was written since, by a sync of that very day, is not among those that are old.
        installation.tables.remove(one.table.asset, one.table.day, one.table.version)
        return
    with explained(one.path):
        if one.path.is_dir():
            # Without its manifest a plan is none, so that one that is removed by half is never taken for a plan.
            (one.path / "plan.json").unlink(missing_ok=True)
            shutil.rmtree(one.path)
        else:
            one.path.unlink(missing_ok=True)
