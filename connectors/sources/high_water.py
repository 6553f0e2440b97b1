"""How far a reading of a source got: the highest value of the column that says what is new."""

import re
from datetime import date, datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.since import Mark, SinceSettings, SinceType, typed

_TIME: Final = r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?)?"
_LIKE_A_TIME: Final = r"^\d{4}-\d\d-\d\d"
# What databases write for times before, after and beside those of a calendar: no mark, and no mistake either.
_NO_TIME: Final = r"-?infinity|\d{4}-(00-\d\d|\d\d-00).*|\d{5,6}-\d\d-\d\d.*|\d{4,6}-.*BC.*"


class HighWater:
    """The highest value of the column so far.

    A time after the day of the sync is no mark: one row dated into the future would hide every change until then.
    That goes for texts that look like times, too; and where some do and others do not, such as `n/a`, the lower one of
    the two highest values is the mark, as none of the other sort may hide what is new.
    """

    def __init__(self, since: SinceSettings, day: date, before: Mark | None) -> None:
        self._since = since
        self._end = (day + timedelta(days=1)).isoformat()
        known = None if before is None else typed(since.type, before)
        self._highest: Mark | None = None
        self._highest_other: str | None = None
        if known is not None and before is not None:
            self._raise_to(before)

    def see(self, column: pa.Array) -> None:
        """Take note of a batch's values.

        Raises:
            SourceSettingsWrong: They are not of the type that the settings say.
        """
        if self._is_time():
            self._raise_to(self._of_times(column))
        elif self._since.type is SinceType.TEXT:
            for text in self._of_texts(column):
                self._raise_to(text)
        else:
            self._raise_to(self._of_numbers(column))

    @property
    def mark(self) -> Mark | None:
        """Where this reading ended; None if nothing says so."""
        if isinstance(self._highest, str) and self._highest_other is not None:
            return min(self._highest, self._highest_other)
        return self._highest if self._highest_other is None else self._highest_other

    def _raise_to(self, found: Mark | None) -> None:
        if found is None:
            return
        if self._since.type is SinceType.TEXT and re.match(_LIKE_A_TIME, str(found)) is None:
            self._highest_other = max(self._highest_other or "", str(found))
        # A plain comparison of times as ISO 8601 is one of moments: all are of one length but for their fractions.
        elif self._highest is None or found > self._highest:  # type: ignore[operator]  # both of one type
            self._highest = found

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

    def _of_texts(self, column: pa.Array) -> tuple[Mark | None, ...]:
        """Return the highest value that looks like a time, up to the day of the sync, and the highest of the others."""
        if not pa.types.is_string(column.type):
            raise self._wrong()
        is_time = pc.match_substring_regex(column, _LIKE_A_TIME)
        past = column.filter(pc.and_(is_time, pc.less(column, self._end)))
        others = column.filter(pc.and_(pc.invert(is_time), pc.not_equal(column, "")))
        return pc.max(past).as_py(), pc.max(others).as_py()

    def _of_numbers(self, column: pa.Array) -> Mark | None:
        if pa.types.is_string(column.type):
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
