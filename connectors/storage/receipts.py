"""Receipts: the destination's answer to a batch, as it is kept, and what receipts say of each contact."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

import polars as pl

from connectors.storage.files import intact, read_json, to_json
from schemas.payload import opts_out
from schemas.row_outcomes import Verdict

_ANSWERED: Final = pl.Schema([("batch", pl.String), ("answered_at", pl.Datetime("us", "UTC"))])
_EXCEPTIONS: Final = pl.Schema(
    [("batch", pl.String), ("position", pl.Int64), ("verdict", pl.String), ("sentences", pl.List(pl.String))]
)


@dataclass(frozen=True)
class Receipt:
    """The destination's answer to a batch, told apart row by row.

    Attributes:
        batch: The batch's id.
        answered_at: When the answer was complete, UTC.
        request_ids: The platform's ids of the requests that it took.
        inserted: Contacts that the platform says it added.
        updated: Contacts that the platform says it changed.
        exceptions: By position in the batch, every contact that was not plainly applied: verdict and sentences.
        notes: What the platform said that no row could be found for.
    """

    batch: str
    answered_at: dt.datetime
    request_ids: tuple[str, ...]
    inserted: int
    updated: int
    exceptions: Mapping[int, tuple[Verdict, tuple[str, ...]]]
    notes: tuple[str, ...]

    def to_json(self) -> bytes:
        """Return the receipt as it is kept."""
        rows = [[position, verdict, *sentences] for position, (verdict, sentences) in self.exceptions.items()]
        return to_json(asdict(self) | {"answered_at": self.answered_at.isoformat(), "exceptions": rows})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a kept receipt.

        Raises:
            StorageError: It is damaged.
        """
        with intact(path):
            kept = read_json(path)
            return cls(
                batch=kept["batch"],
                answered_at=dt.datetime.fromisoformat(kept["answered_at"]),
                request_ids=tuple(kept["request_ids"]),
                inserted=kept["inserted"],
                updated=kept["updated"],
                exceptions={
                    position: (Verdict(verdict), tuple(sentences))
                    for position, verdict, *sentences in kept["exceptions"]
                },
                notes=tuple(kept["notes"]),
            )


def verdicts(sent: pl.LazyFrame, receipts: Iterable[Receipt]) -> pl.LazyFrame:
    """Return answered contacts.

    Their columns: `email_key`, `payload_hash`, `opted_out`, `batch`, `answered_at`, `verdict`, `sentences`.

    Args:
        sent: As `SENT`.
        receipts: Those of the batches answered so far.
    """
    answered, exceptions = [], []
    for receipt in receipts:
        answered.append((receipt.batch, receipt.answered_at))
        exceptions += [
            (receipt.batch, at, str(verdict), list(said)) for at, (verdict, said) in receipt.exceptions.items()
        ]
    return (
        sent.with_columns(opted_out=opts_out(pl.col("payload")))
        .drop("payload")
        .join(pl.LazyFrame(answered, schema=_ANSWERED, orient="row"), on="batch")
        .join(pl.LazyFrame(exceptions, schema=_EXCEPTIONS, orient="row"), on=["batch", "position"], how="left")
        .with_columns(pl.col("verdict").fill_null(Verdict.APPLIED.value))
        .drop("position")
    )
