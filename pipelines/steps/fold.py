"""Acknowledged contacts into the ledger; also those of a sync that died before it could do so itself."""

from connectors.storage.files import StorageError
from connectors.storage.ledger import REMEDY, LedgerLostError
from connectors.storage.ledger_version import LedgerVersion
from connectors.storage.plan import Plan
from connectors.storage.sync_result import result_of
from pipelines.installation import Installation


def fold_plan(installation: Installation, plan: Plan) -> None:
    """Fold what a plan's receipts acknowledge into the ledger, once. The caller holds the storage's lock.

    Raises:
        StorageError: The ledger cannot be read or written; it stays as it was.
    """
    if plan.is_folded():
        return
    ledger = installation.ledger.current()
    folds = ledger.folds_of(plan.id)
    if not folds or folds[max(folds)].receipts != plan.answered():
        ledger = installation.ledger.fold(result_of(plan), installation.now())
    plan.note_folds(ledger.folds_of(plan.id))


def take_in_receipts(installation: Installation) -> None:
    """Fold what earlier syncs left unfolded. The caller holds the storage's lock.

    Nothing may be decided before that: a sync that was killed may have sent newer data than the ledger knows of.

    Raises:
        StorageError: The ledger is damaged, lacks what was folded into it, or is another destination's: nobody may
            take that for a first sync.
    """
    plans = [installation.plans.get(plan) for plan in installation.plans.all_ids()]
    ledger = installation.ledger.current()
    _refuse_other_destination(installation, ledger.destination)
    for plan in plans:
        _refuse_ledger_without(plan, ledger, installation)
    installation.ledger.note_written(ledger)
    for plan in plans:
        if plan.folds() != ledger.folds_of(plan.id):  # it was killed between the ledger and the note
            plan.note_folds(ledger.folds_of(plan.id))
    for plan in plans:
        # A plan of which nothing was sent has told the ledger nothing yet; it does so when its sending ends.
        if plan.is_begun() and plan.destination == installation.destination:
            fold_plan(installation, plan)


def _refuse_ledger_without(plan: Plan, ledger: LedgerVersion, installation: Installation) -> None:
    """Refuse a ledger that lacks what a plan says of it: that it was folded in, or that it was made against it."""
    known = ledger.folds_of(plan.id)
    if plan.ledger_version > ledger.number or any(known.get(number) != fold for number, fold in plan.folds().items()):
        message = (
            f"The ledger under {installation.storage} is gone, or older than the syncs that were recorded in it: it "
            f"does not know what plan {plan.id} does. Going on without that would send contacts again. {REMEDY}"
        )
        raise LedgerLostError(message)


def _refuse_other_destination(installation: Installation, known: str) -> None:
    if known not in ("", installation.destination):
        message = (
            f"The ledger under {installation.storage} says what {known} has, and the destination is now "
            f"{installation.destination}. Nobody would be sent what only the other one has: use another storage folder "
            "(`storage` in the settings, or CONTACT_SYNC_STORAGE)."
        )
        raise StorageError(message)
