"""One state of the ledger, as its manifest tells it: which syncs made it, and how many contacts it holds.

A manifest is sealed with its own digest, so that a changed digit in it is noticed.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from connectors.storage.files import to_json

_SEAL: Final = "seal"


@dataclass(frozen=True)
class Fold:
    """How one version of the ledger came about.

    Attributes:
        plan: The plan whose result was folded in.
        receipts: How many of the plan's batches had been answered.
        at: When it was folded, UTC.
        acknowledged: How many contacts the plan's receipts acknowledge.
        contacts: How many contacts the ledger held afterwards.
    """

    plan: str
    receipts: int
    at: dt.datetime
    acknowledged: int
    contacts: int

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `asdict` and JSON have made of one."""
        return cls(**dict(kept) | {"at": dt.datetime.fromisoformat(kept["at"])})


@dataclass(frozen=True)
class LedgerVersion:
    """One state of the ledger.

    Attributes:
        number: 0 for the empty ledger before the first sync.
        rows: The number of e-mails in it.
        folds: How each version came about, the first one's first; a plan may be there more than once.
        destination: What acknowledged it; empty for the empty ledger.
    """

    number: int
    rows: int
    folds: tuple[Fold, ...]
    destination: str = ""

    @property
    def plans(self) -> tuple[str, ...]:
        """The plan that each version came from."""
        return tuple(fold.plan for fold in self.folds)

    def moved_on(self, since: int, plan: str) -> bool:
        """Tell whether another plan than this one has changed the ledger since the version `since`."""
        return any(fold.plan != plan for fold in self.folds[since:])

    def folds_of(self, plan: str) -> dict[int, Fold]:
        """Return, by the numbers of the versions, how those that came from a plan came about."""
        return {number: fold for number, fold in enumerate(self.folds, 1) if fold.plan == plan}

    def at_end_of(self, day: dt.date) -> Self:
        """Return the version that was the newest one when a day, UTC, ended.

        Where a clock was put back, the highest number counts among those that it dates within the day or earlier.
        """
        numbers = [number for number, fold in enumerate(self.folds, 1) if fold.at.date() <= day]
        if not numbers:
            return type(self)(0, 0, ())
        folds = self.folds[: numbers[-1]]
        return type(self)(numbers[-1], folds[-1].contacts, folds, self.destination if folds[-1].contacts else "")


def manifest(version: LedgerVersion, table_digest: str) -> bytes:
    """Return the manifest of a version, as it is kept."""
    content = asdict(version) | {"sha256": table_digest}
    return to_json(content | {_SEAL: _seal(content)})


def read_manifest(kept: Mapping[str, Any]) -> tuple[LedgerVersion, str]:
    """Return the version that a manifest tells of, and its table's digest.

    Raises:
        ValueError: It is not what was written.
        KeyError: The same.
        TypeError: The same.
    """
    seal = kept[_SEAL]
    content = {name: value for name, value in kept.items() if name != _SEAL}
    if seal != _seal(content):
        message = "It is not what was written."
        raise ValueError(message)
    folds = tuple(map(Fold.from_json, content["folds"]))
    return LedgerVersion(content["number"], content["rows"], folds, content["destination"]), content["sha256"]


def _seal(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(to_json(content)).hexdigest()
