"""How a source is read from where its last reading ended, and what `:since` is bound to."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, NonNegativeInt, PositiveInt, model_validator

Mark = str | int
"""How far a reading got, as it can be stored: a number, or text; times in UTC and ISO 8601."""


class SinceType(StrEnum):
    """What a column that says what is new holds."""

    TIMESTAMP = "timestamp"
    DATE = "date"
    INTEGER = "integer"
    TEXT = "text"


_OVERLAP: Final = {SinceType.TIMESTAMP: 3600, SinceType.DATE: 1, SinceType.INTEGER: 1000, SinceType.TEXT: 0}


def _no_truth(given: object) -> object:
    if given is True or given is False:
        raise ValueError("Yes or no is no place to start from.")
    return given


def _list_of_one(given: object) -> object:
    return (given,) if isinstance(given, str) else given


class SinceSettings(BaseModel):
    """How a query is read from where its last reading ended.

    Attributes:
        column: The column of the query that says what is new; later changes have higher values.
        type: What it holds.
        start: What a full read starts from; everything if left out.
        overlap: How far before the last end to read again, for changes that were committed late: seconds of a
            timestamp (3600 if left out), days of a date (1), numbers of an integer (1000).
        key: The columns that tell the source's rows apart; the one that the e-mail is mapped from if left out.
        deleted: One SELECT of the keys of rows that are gone; it may compare `:since` and `:date`.
        full_every_days: After how many days the source is read whole again, for changes that the column does not tell.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    column: str
    type: SinceType = SinceType.TIMESTAMP
    start: Annotated[datetime | date | int | str | None, BeforeValidator(_no_truth)] = None
    overlap: NonNegativeInt | None = None
    key: Annotated[tuple[str, ...], BeforeValidator(_list_of_one, json_schema_input_type=str | tuple[str, ...])] = ()
    deleted: str | None = None
    full_every_days: PositiveInt = 7

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.type is SinceType.TEXT and self.overlap:
            raise ValueError("Text has no distance: leave overlap out.")
        if self.start is not None and typed(self.type, self.start) is None:
            raise ValueError(f"start is no {self.type}, which is what since.type says.")
        return self

    def bound(self, mark: Mark | None, smallest: Mark) -> Mark:
        """Return what `:since` stands for.

        Args:
            mark: Where the last reading ended; None, or what is no value of this type, for a full read.
            smallest: The value that no value of a column of this type is below.
        """
        known = None if mark is None else typed(self.type, mark)
        if known is not None:
            return _written(_before(known, _OVERLAP[self.type] if self.overlap is None else self.overlap))
        start = None if self.start is None else typed(self.type, self.start)
        return smallest if start is None else _written(start)


_Known = datetime | date | int | str


def typed(kind: SinceType, given: _Known) -> _Known | None:
    """Return a value under its type, or None if it is none; times without a zone are UTC."""
    if kind is SinceType.INTEGER or kind is SinceType.TEXT:
        wanted = int if kind is SinceType.INTEGER else str
        return given if isinstance(given, wanted) and not isinstance(given, bool) else None
    try:
        text = given.isoformat() if isinstance(given, date) else str(given)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.date() if kind is SinceType.DATE else moment


def _before(known: _Known, overlap: int) -> _Known:
    if isinstance(known, int):
        return known - overlap
    if isinstance(known, str):
        return known
    distance = timedelta(seconds=overlap) if isinstance(known, datetime) else timedelta(days=overlap)
    try:
        return known - distance
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if isinstance(known, datetime) else date.min


def _written(known: _Known) -> Mark:
    if isinstance(known, datetime):
        return known.replace(tzinfo=None).isoformat(" ", "microseconds")
    return known.isoformat() if isinstance(known, date) else known
