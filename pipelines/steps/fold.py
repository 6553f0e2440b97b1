"""Acknowledged contacts into the ledger; also those of a sync that died before it could do so itself."""

from connectors.storage.files import StorageError
from connectors.storage.plans import Plan
from pipelines.installation import Installation


def fold_plan(installation: Installation, plan: Plan) -> None:
    """Fold what a plan's receipts acknowledge into the ledger, once. The caller holds the storage's lock.

    Raises:
        StorageError: The ledger cannot be read or written; it stays as it was.
    """
    if not plan.receipts_unfolded():
        return
    installation.ledger.fold(plan.id, plan.acknowledged())
    plan.note_folded()


def take_in_receipts(installation: Installation) -> None:
    """Fold the receipts that earlier syncs left unfolded. The caller holds the storage's lock.

    Raises:
        StorageError: The ledger is gone although plans were folded into it: nobody may take that for a first sync.
    """
    plans = [installation.plans.get(plan) for plan in installation.plans.all_ids()]
    if installation.ledger.current().number == 0 and any(plan.was_folded() for plan in plans):
        message = (
            f"The ledger under {installation.storage} is gone, though syncs were recorded in it. Restore the folder "
            '"ledger" from a backup; starting without it would send every contact again.'
        )
        raise StorageError(message)
    for plan in plans:
        fold_plan(installation, plan)
