"""Which versions of the ledger are kept: the newest ones, and the last one of each of the latest days."""

from typing import Final

from connectors.storage.ledger_version import LedgerVersion

NEWEST: Final = 3
DAYS: Final = 7

RULE: Final = f"the {NEWEST} newest versions, and the last one of each of the {DAYS} latest days with a sync"


def kept_versions(current: LedgerVersion) -> set[int]:
    """Return the numbers of the versions to keep, the current one among them.

    A day, UTC, is the one on which a version was folded; days without a sync do not count.
    """
    last_of_day = {fold.at.date(): number for number, fold in enumerate(current.folds, 1)}
    latest = sorted(last_of_day)[-DAYS:]
    newest = range(max(1, current.number - NEWEST + 1), current.number + 1)
    return {*newest, *(last_of_day[day] for day in latest)}
