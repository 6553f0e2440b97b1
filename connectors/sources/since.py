"""Where the last reading of a source ended: what `:since` is bound to, and how far the present reading got."""

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, BeforeValidator, ConfigDict, NonNegativeInt, PositiveInt, model_validator

from connectors.sources.errors import SourceSettingsWrong

Mark = str | int
"""How far a reading got, as it can be stored: a number, or text; times in UTC and ISO 8601."""


class SinceType(StrEnum):
    """What a column that says what is new holds."""

    TIMESTAMP = "timestamp"
    DATE = "date"
    INTEGER = "integer"
    TEXT = "text"


_OVERLAP: Final = {SinceType.TIMESTAMP: 3600, SinceType.DATE: 1, SinceType.INTEGER: 1000, SinceType.TEXT: 0}
_TIME = r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?)?"
# What databases write for times before, after and beside those of a calendar: no mark, and no mistake either.
_NO_TIME = r"-?infinity|\d{4}-(00-\d\d|\d\d-00).*|\d{5,6}-\d\d-\d\d.*|\d{4,6}-.*BC.*"


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
        if self.start is not None and _known(self.type, self.start) is None:
            raise ValueError(f"start is no {self.type}, which is what since.type says.")
        return self

    def bound(self, mark: Mark | None, smallest: Mark) -> Mark:
        """Return what `:since` stands for.

        Args:
            mark: Where the last reading ended; None, or what is no value of this type, for a full read.
            smallest: The value that no value of a column of this type is below.
        """
        known = None if mark is None else _known(self.type, mark)
        if known is not None:
            return _written(_before(known, _OVERLAP[self.type] if self.overlap is None else self.overlap))
        start = None if self.start is None else _known(self.type, self.start)
        return smallest if start is None else _written(start)


_Known = datetime | date | int | str


def _known(kind: SinceType, given: _Known) -> _Known | None:
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


class HighWater:
    """The highest value of the column so far.

    A time after the day of the sync is no mark: one row dated into the future would hide every change until then.
    """

    def __init__(self, since: SinceSettings, day: date, before: Mark | None) -> None:
        self._since = since
        self._end = (day + timedelta(days=1)).isoformat()
        known = None if before is None else _known(since.type, before)
        self._highest = before if known is not None else None

    def see(self, column: pa.Array) -> None:
        """Take note of a batch's values.

        Raises:
            SourceSettingsWrong: They are not of the type that the settings say.
        """
        highest = self._of_times(column) if self._is_time() else self._of_others(column)
        # A plain comparison of times as ISO 8601 is one of moments: all are of one length but for their fractions.
        if highest is not None and (self._highest is None or highest > self._highest):  # type: ignore[operator]  # both of one type
            self._highest = highest

    @property
    def mark(self) -> Mark | None:
        """Where this reading ended; None if nothing says so."""
        return self._highest

    def _is_time(self) -> bool:
        return self._since.type in (SinceType.TIMESTAMP, SinceType.DATE)

    def _of_times(self, column: pa.Array) -> Mark | None:
        if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
            column = _as_text(column)
        if not pa.types.is_string(column.type):
            raise self._wrong()
        bare = pc.utf8_rtrim(column, "Z")
        usual = pc.match_substring_regex(bare, f"^({_TIME})$")
        if not _all(pc.or_(usual, pc.match_substring_regex(bare, f"^({_NO_TIME})$"))):
            raise self._wrong()
        past = bare.filter(pc.and_(usual, pc.less(bare, self._end)))
        highest: str | None = pc.max(past).as_py()
        if highest is None or highest.startswith("0000"):
            return None
        if self._since.type is SinceType.DATE:
            return highest[:10]
        known = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+$", r"\1", highest))
        return f"{known.isoformat(timespec='microseconds')}Z"

    def _of_others(self, column: pa.Array) -> Mark | None:
        if self._since.type is SinceType.TEXT:
            if not pa.types.is_string(column.type):
                raise self._wrong()
        elif pa.types.is_string(column.type):
            if not _all(pc.match_substring_regex(column, r"^-?\d{1,18}$")):
                raise self._wrong()
            column = pc.cast(column, pa.int64())
        elif pa.types.is_decimal(column.type) and column.type.scale == 0:
            column = pc.cast(column, pa.int64())
        elif not pa.types.is_integer(column.type):
            raise self._wrong()
        highest: Mark | None = pc.max(column).as_py()
        return highest

    def _wrong(self) -> SourceSettingsWrong:
        return SourceSettingsWrong(
            f'Column "{self._since.column}" holds values that are no {self._since.type}. '
            "Set since.type to what it holds: timestamp, date, integer or text."
        )


def _all(truths: pa.Array) -> bool:
    return pc.all(truths, min_count=0).as_py() is not False


def _as_text(column: pa.Array) -> pa.Array:
    """Return times of Arrow's own types as ISO 8601 in UTC."""
    if pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.timestamp("us"), safe=False)
    return pc.replace_substring(pc.cast(column, pa.string()), " ", "T", max_replacements=1)
