"""Tells the answer to one `contacts/import` request apart, row by row. Pure: what is sent next is up to `imports`.

A success that carries errors counts for what both of its halves say: a row that errors name is never applied.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from connectors.emfluence.assumptions import COUNTS, FIRST_ROW
from connectors.emfluence.envelope import whole_number
from connectors.emfluence.placing import Placed, place
from connectors.emfluence.protocol import Answer


class Fate(StrEnum):
    """What became of one row at the platform."""

    APPLIED = "applied"
    APPLIED_WITH_WARNING = "applied_with_warning"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """One row's fate.

    Attributes:
        fate: What became of it.
        sentences: The platform's words about it, or for `unknown` our reason. They may hold personal data: they
            belong into the tables made for that, not into a log.
    """

    fate: Fate
    sentences: tuple[str, ...] = field(repr=False, default=())


APPLIED = Verdict(Fate.APPLIED)
NOT_COUNTED = "The platform counted the row as neither inserted nor updated, and gave no reason."
BOTH = "The answer is a success with errors."
NO_COUNTS = "The platform did not count the rows."
ERRORS_OF_NOBODY = "The platform called the request a success, and gave errors that do not say which rows they mean."
COUNTED_WITH_ERROR = "The platform counted the row as applied, and gave an error about it."


@dataclass(frozen=True)
class Judgement:
    """What one answer says about the rows of its request.

    Attributes:
        verdicts: One per row; None where the answer does not explain every row, and the request must be split.
        suspects: Positions that the warnings name, ascending.
        counted: Rows counted as inserted and as updated, None where the counts are missing or cannot be.
        unplaced: Warnings that speak of no row of the request.
        anomalies: What does not fit, in our words, without personal data.
    """

    verdicts: tuple[Verdict, ...] | None
    suspects: tuple[int, ...] = ()
    counted: tuple[int, int] | None = None
    unplaced: tuple[str, ...] = field(repr=False, default=())
    anomalies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counts:
    """What an answer counts, each None where it is missing.

    Attributes:
        inserted: Rows that were new.
        updated: Rows that were there.
        in_data: Rows that the platform read.
        rows: Rows that were sent.
    """

    inserted: int | None
    updated: int | None
    in_data: int | None
    rows: int

    @property
    def applied(self) -> int | None:
        """Rows inserted and updated, None where one of the two is missing."""
        return None if self.inserted is None or self.updated is None else self.inserted + self.updated

    @property
    def are_possible(self) -> bool:
        """Whether so many rows can have been inserted and updated."""
        return (
            self.applied is not None and min(self.inserted or 0, self.updated or 0) >= 0 and self.applied <= self.rows
        )

    def anomalies(self) -> list[str]:
        """Say what does not fit."""
        found = []
        if self.applied is None:
            found.append("The answer does not count the rows inserted and updated.")
        elif not self.are_possible:
            found.append(f"The answer counts {self.inserted} inserted and {self.updated} updated of {self.rows} rows.")
        if self.in_data not in (None, self.rows):
            found.append(f"The answer counts {self.in_data} rows read of {self.rows}.")
        return found


def judge(answer: Answer, emails: Sequence[str], first_row: int = FIRST_ROW) -> Judgement:
    """Tell which rows were applied and which refused, if the answer explains every one of them.

    Args:
        answer: The answer to a `contacts/import` request.
        emails: The e-mail of each contact of the request, in its order, each once.
        first_row: The number that warnings give the first contact.
    """
    placed = place((*answer.errors, *answer.warnings), emails, first_row)
    inserted, updated, in_data = (whole_number(answer.data.get(name)) for name in COUNTS)
    counts = Counts(inserted, updated, in_data, len(emails))
    return Judgement(
        verdicts=_verdicts(counts, placed, place(answer.errors, emails, first_row) if answer.errors else None),
        suspects=tuple(sorted(placed.by_position)),
        counted=(inserted or 0, updated or 0) if counts.are_possible else None,
        unplaced=placed.unplaced,
        anomalies=(*placed.anomalies, *counts.anomalies(), *([BOTH] if answer.errors else [])),
    )


def _verdicts(counts: Counts, placed: Placed, failed: Placed | None) -> tuple[Verdict, ...] | None:
    # More requests would bring more answers of the first two kinds.
    if counts.applied is None:
        return _all_unknown(NO_COUNTS, counts.rows, placed)
    if failed is not None and not placed.is_certain:
        return _all_unknown(ERRORS_OF_NOBODY, counts.rows, placed)
    if counts.are_possible and counts.applied == counts.rows:
        return _all_counted(counts.rows, placed, failed)
    if counts.rows == 1:
        return (_single_not_counted(counts, placed),)
    if counts.are_possible and placed.is_certain and counts.applied == counts.rows - len(placed.by_position):
        return _named_as(Fate.REFUSED, counts.rows, placed)
    return None


def _all_unknown(reason: str, rows: int, placed: Placed) -> tuple[Verdict, ...]:
    said = (placed.by_position.get(row, ()) for row in range(rows))
    return tuple(Verdict(Fate.UNKNOWN, (reason, *sentences)) for sentences in said)


def _all_counted(rows: int, placed: Placed, failed: Placed | None) -> tuple[Verdict, ...]:
    verdicts = list(_named_as(Fate.APPLIED_WITH_WARNING, rows, placed))
    for position in failed.by_position if failed is not None else ():
        verdicts[position] = Verdict(Fate.UNKNOWN, (COUNTED_WITH_ERROR, *verdicts[position].sentences))
    return tuple(verdicts)


def _named_as(fate: Fate, rows: int, placed: Placed) -> tuple[Verdict, ...]:
    verdicts = [APPLIED] * rows
    for position, sentences in placed.by_position.items():
        verdicts[position] = Verdict(fate, sentences)
    return tuple(verdicts)


def _single_not_counted(counts: Counts, placed: Placed) -> Verdict:
    if not counts.are_possible:
        return Verdict(Fate.UNKNOWN, ("The platform's counts are impossible.",))
    sentences = (*placed.by_position.get(0, ()), *placed.unplaced)
    if sentences:
        return Verdict(Fate.REFUSED, sentences)
    if counts.in_data in (0, 1):
        return Verdict(Fate.REFUSED, (NOT_COUNTED,))
    return Verdict(Fate.UNKNOWN, ("The platform did not count the row, and said nothing about it.",))
