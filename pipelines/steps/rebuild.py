"""The ledger made anew from plans and receipts, while nobody syncs."""

from connectors.storage.ledger_version import LedgerVersion
from connectors.storage.lock import sync_lock
from connectors.storage.rebuild import rebuild
from pipelines.installation import Installation


def rebuild_ledger(installation: Installation) -> LedgerVersion:
    """Make the ledger anew, and return it.

    Raises:
        LockHeldError: A sync is at work.
        StorageError: It cannot be rebuilt, or the disk cannot be written; the ledger is as it was.
    """
    with sync_lock(installation.storage, installation.now()):
        return rebuild(installation.storage)
