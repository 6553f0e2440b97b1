"""Acknowledged contacts into the ledger; also those of a sync that died before it could do so itself."""

from connectors.storage.files import StorageError
from connectors.storage.ledger import SyncResult
from connectors.storage.plan import Plan
from pipelines.installation import Installation


def fold_plan(installation: Installation, plan: Plan) -> None:
    """Fold what a plan's receipts acknowledge into the ledger, once. The caller holds the storage's lock.

    Raises:
        StorageError: The ledger cannot be read or written; it stays as it was.
    """
    if plan.is_folded():
        return
    result = SyncResult(plan.id, plan.destination, plan.day, plan.acknowledged(), plan.confirmed())
    installation.ledger.fold(result)
    plan.note_folded()


def take_in_receipts(installation: Installation) -> None:
    """Fold what earlier syncs left unfolded. The caller holds the storage's lock.

    Nothing may be decided before that: a sync that was killed may have sent newer data than the ledger knows of.

    Raises:
        StorageError: The ledger lacks plans that were folded into it, or is another destination's: nobody may take
            that for a first sync.
    """
    plans = [installation.plans.get(plan) for plan in installation.plans.all_ids()]
    ledger = installation.ledger.current()
    _refuse_other_destination(installation, ledger.destination)
    if any(plan.was_folded() and plan.id not in ledger.folds for plan in plans):
        message = (
            f"The ledger under {installation.storage} is gone, or older than the syncs that were recorded in it. "
            'Restore the folder "ledger" from a backup; going on without it would send contacts again.'
        )
        raise StorageError(message)
    for plan in plans:
        # A plan of which nothing was sent has told the ledger nothing yet; it does so when its sending ends.
        if plan.is_begun() and plan.destination == installation.destination:
            fold_plan(installation, plan)


def _refuse_other_destination(installation: Installation, known: str) -> None:
    if known not in ("", installation.destination):
        message = (
            f"The ledger under {installation.storage} says what {known} has, and the destination is now "
            f"{installation.destination}. Nobody would be sent what only the other one has: use another storage folder "
            "(`storage` in the settings, or CONTACT_SYNC_STORAGE)."
        )
        raise StorageError(message)
