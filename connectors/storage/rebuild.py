"""The ledger made anew from the plans and receipts on disk, in the order in which they were folded.

It is made beside the old one and put in its place when it is whole; it is refused where anything is missing that was
folded once, since a ledger with a hole sends contacts again.
"""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

from connectors.storage.files import StorageError, explained, make_folder, move_folder, sha256
from connectors.storage.ledger import Ledger
from connectors.storage.ledger_version import Fold, LedgerVersion
from connectors.storage.plan import Plan
from connectors.storage.plans import Plans
from connectors.storage.sync_result import result_of

_BACKUP: Final = "Restore the whole storage folder from a backup."


class NotRebuildableError(StorageError):
    """What is on disk does not tell all that the ledger held; it was left as it is."""


def rebuild(root: Path) -> LedgerVersion:
    """Make the ledger under a storage root anew, and return it. The caller holds the storage's lock.

    Raises:
        NotRebuildableError: Plans or receipts that had been folded are missing or damaged.
        StorageError: The disk is full or cannot be written; the ledger is as it was.
    """
    plans = {plan: Plans(root).get(plan) for plan in Plans(root).all_ids()}
    ledger = Ledger(root)
    folds = _folds(plans.values(), ledger)
    for name in dict.fromkeys(fold.plan for fold in folds):
        _prove(plans, name, folds)
    beside = root / "rebuilding"
    _remove(beside)
    made = _replayed(Ledger(make_folder(beside)), plans, folds)
    _put_in_place(beside, root)
    ledger.note_written(made)
    for plan in plans.values():
        if plan.folds() != made.folds_of(plan.id):
            plan.note_folds(made.folds_of(plan.id))
    return made


def _folds(plans: Collection[Plan], ledger: Ledger) -> tuple[Fold, ...]:
    """Return how each version came about, the first one's first, as plans and what is left of the ledger tell."""
    told: dict[int, Fold] = {}
    tellers = [(f"plan {plan.id}", plan.folds()) for plan in plans]
    tellers += [(path.name, dict(enumerate(version.folds, 1))) for path, version in ledger.legible()]
    for teller, folds in tellers:
        for number, fold in folds.items():
            if told.setdefault(number, fold) != fold:
                message = (
                    f"Version {number} of the ledger came from plan {told[number].plan}, and {teller} says from "
                    f"{fold.plan}: these files are of different times. {_BACKUP}"
                )
                raise NotRebuildableError(message)
    least = max([ledger.highest_seen(), *told, *(plan.ledger_version for plan in plans)])
    gone = [number for number in range(1, least + 1) if number not in told]
    if gone:
        message = (
            f"The ledger had {least} versions, and the plans that {_numbers(gone)} came from are not on disk any "
            f"more. What was cleaned up cannot be rebuilt. {_BACKUP}"
        )
        raise NotRebuildableError(message)
    return tuple(told[number] for number in range(1, least + 1))


def _prove(plans: dict[str, Plan], name: str, folds: tuple[Fold, ...]) -> None:
    """Refuse a plan that is gone, or whose tables or receipts are not what was folded."""
    if name not in plans:
        message = f"Plan {name}, which the ledger held, is not on disk any more: it cannot be rebuilt. {_BACKUP}"
        raise NotRebuildableError(message)
    plan = plans[name]
    for table, digest in plan.digests.items():
        if sha256(plan.folder / table) != digest:
            message = f"{plan.folder / table} is not what was written. {_BACKUP}"
            raise NotRebuildableError(message)
    folded = max(fold.receipts for fold in folds if fold.plan == name)
    if plan.answered() < folded:
        message = (
            f"{folded} receipts of plan {name} were folded, and {plan.answered()} are in "
            f"{plan.folder / 'receipts'}. {_BACKUP}"
        )
        raise NotRebuildableError(message)


def _replayed(ledger: Ledger, plans: dict[str, Plan], folds: tuple[Fold, ...]) -> LedgerVersion:
    """Fold every plan again in its turn; of folds of one plan in a row the last one holds what the others do."""
    for number, fold in enumerate(folds, 1):
        if number == len(folds) or folds[number].plan != fold.plan:
            ledger.replay(result_of(plans[fold.plan]), folds[:number])
    return ledger.current()


def _put_in_place(beside: Path, root: Path) -> None:
    """Put the new ledger where the old one is. Killed in between there is none, which is noticed: rebuild again."""
    old = root / "replaced"
    _remove(old)
    if Ledger(root).folder.exists():
        move_folder(Ledger(root).folder, old)
    if Ledger(beside).folder.exists():  # there is none where nothing was ever folded
        move_folder(Ledger(beside).folder, Ledger(root).folder)
    _remove(beside)
    _remove(old)


def _remove(folder: Path) -> None:
    with explained(folder):
        if folder.exists():
            shutil.rmtree(folder)


def _numbers(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"number {numbers[0]}"
    return f"{len(numbers)} of them ({numbers[0]} to {numbers[-1]})"
