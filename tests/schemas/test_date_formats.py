"""Formats beyond one pattern: lists that could be read in two ways, spreadsheets' numbers, seconds, missing parts."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.date_formats import tells_gmt
from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from tests.schemas.frames import issues_of, read, validated
from tests.schemas.strategies import EXAMPLES


def date(*formats: str) -> FieldMapping:
    """Return a mapping of days by formats."""
    return FieldMapping("dateOfBirth", FieldType.DATE, column="cell", formats=formats)


def datetime(*formats: str, timezone: str = "UTC") -> FieldMapping:
    """Return a mapping of moments by formats."""
    return FieldMapping("custom1", FieldType.DATETIME, column="cell", formats=formats, timezone=timezone)


def utc(text: str) -> dt.datetime:
    """Return an ISO time as GMT."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


BOTH_WAYS = ("%m/%d/%Y", "%d/%m/%Y")


def test_between_day_and_month_nothing_is_guessed() -> None:
    """Half of the people would get the wrong birthday, and nobody would see it."""
    cells = ["03/04/2024", "03/14/2024", "14/03/2024", "04/04/2024", "2024", "", None]
    values, findings = read(date(*BOTH_WAYS), cells)
    march, april = dt.date(2024, 3, 14), dt.date(2024, 4, 4)
    assert values == [None, march, march, april, None, None, None]
    assert findings == {"date_ambiguous": [0], "date_invalid": [4]}
    assert read(date(*reversed(BOTH_WAYS)), cells) == (values, findings)


def test_a_moment_whose_day_is_doubtful_is_not_guessed_either() -> None:
    """The rule is about days, whether a time follows or not."""
    formats = [f"{one} %H:%M" for one in BOTH_WAYS]
    values, findings = read(datetime(*formats), ["03/04/2024 10:00", "03/14/2024 10:00", "x"])
    assert values == [None, utc("2024-03-14T10:00"), None]
    assert findings == {"date_ambiguous": [0], "datetime_invalid": [2]}


def test_what_cannot_be_told_leaves_its_field_out() -> None:
    """The contact is sent all the same."""
    mapping = date(*BOTH_WAYS)
    assert mapping.formats == BOTH_WAYS
    result = validated(["2024-03-01"], kind=FieldType.DATE)
    assert (len(result.contacts), issues_of(result)) == (1, [])


@EXAMPLES
@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_a_day_is_either_read_right_or_ambiguous(day: dt.date) -> None:
    """Whatever the day, it is never another one."""
    values, findings = read(date(*BOTH_WAYS), [day.strftime("%m/%d/%Y")])
    doubtful = day.day <= 12 and day.day != day.month
    assert (values, "date_ambiguous" in findings) == (([None] if doubtful else [day]), doubtful)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1", dt.date(1900, 1, 1)),
        ("59", dt.date(1900, 2, 28)),
        ("60", None),
        ("61", dt.date(1900, 3, 1)),
        ("45351", dt.date(2024, 2, 29)),
        ("45351.75", dt.date(2024, 2, 29)),
        (" 45351 ", dt.date(2024, 2, 29)),
        ("0", None),
        ("-5", None),
        ("73415", dt.date(2100, 12, 31)),
        ("73416", None),
        ("999999999999999", None),
        ("1e4", None),
        ("nan", None),
        ("2024-02-29", None),
    ],
)
def test_serial_dates_of_spreadsheets(cell: str, value: dt.date | None) -> None:
    """Day 60 is the 29 February 1900 that spreadsheets believe in, and no date."""
    expected = {} if value else {"date_invalid": [0]}
    assert read(date("excel"), [cell]) == ([value], expected)


def test_serial_dates_with_a_time_are_local() -> None:
    """A spreadsheet knows no zone; its fractions are read to the second."""
    mapping = datetime("excel", timezone="America/Chicago")
    cells = ["45352.4375", "45352.999988425926", "45361.104166666664", "45361.0416782407"]
    values, findings = read(mapping, cells)
    assert values == [
        utc("2024-03-01T16:30"),
        utc("2024-03-02T05:59:59"),
        utc("2024-03-10T08:30"),
        utc("2024-03-10T07:00:01"),
    ]
    assert findings == {"time_skipped": [2]}


def test_serial_dates_of_native_numbers() -> None:
    """A spreadsheet read by another tool often has floats in its columns."""
    assert read(date("excel"), pl.Series([45351.0, 45351.5, None, float("nan")]))[0] == [dt.date(2024, 2, 29)] * 2 + [
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("form", "cell", "value"),
    [
        ("epoch", "1709289000", "2024-03-01T10:30:00"),
        ("epoch", "1709289000.25", "2024-03-01T10:30:00.250000"),
        ("epoch", "0", "1970-01-01T00:00:00"),
        ("epoch", "-86400", "1969-12-31T00:00:00"),
        ("epoch_ms", "1709289000123", "2024-03-01T10:30:00.123000"),
        ("epoch_ms", "1709289000", "1970-01-20T18:48:09"),
    ],
)
def test_seconds_and_milliseconds_since_1970(form: str, cell: str, value: str) -> None:
    """They are GMT, whatever the zone of the column."""
    assert read(datetime(form, timezone="America/Chicago"), [cell]) == ([utc(value)], {})


@pytest.mark.parametrize("cell", ["1709289000000", "99999999999999999999", "12:30", "1,709,289,000", "1e9", "inf"])
def test_what_are_no_seconds(cell: str) -> None:
    """Milliseconds taken for seconds would be of the year 56,000."""
    assert read(datetime("epoch"), [cell]) == ([None], {"datetime_invalid": [0]})


def test_seconds_in_a_field_of_days_are_their_day_in_gmt() -> None:
    """The number says which moment, and nothing says which zone."""
    assert read(date("epoch"), ["1709337599", "1709337600"])[0] == [dt.date(2024, 3, 1), dt.date(2024, 3, 2)]


def test_a_number_that_could_be_two_things_is_ambiguous() -> None:
    """A list of formats is never a reason to guess."""
    assert read(date("excel", "epoch"), ["45351"]) == ([None], {"date_ambiguous": [0]})
    assert read(datetime("excel", "epoch"), ["45351"]) == ([None], {"date_ambiguous": [0]})
    assert read(date("%Y%m%d", "excel"), ["20240301", "45351"])[0] == [dt.date(2024, 3, 1), dt.date(2024, 2, 29)]


def test_birthdays_without_a_year_are_of_1900() -> None:
    """The platform reads that year as none; 1900 had no 29 February, and another day would be a guess."""
    cells = ["03/14", "12/31", "02/29", "3/4", "03/14/2024", "14/03"]
    values, findings = read(date("%m/%d"), cells)
    assert values == [dt.date(1900, 3, 14), dt.date(1900, 12, 31), None, dt.date(1900, 3, 4), None, None]
    assert findings == {"date_invalid": [2, 4, 5]}
    assert read(date("%m/%d/%Y", "%m/%d"), cells)[0][4] == dt.date(2024, 3, 14)
    assert read(date("%d %B"), ["14 March"])[0] == [dt.date(1900, 3, 14)]


@pytest.mark.parametrize(
    ("cell", "day", "birthday"),
    [
        ("03/14/00", dt.date(2000, 3, 14), dt.date(2000, 3, 14)),
        ("03/14/29", dt.date(2029, 3, 14), dt.date(2029, 3, 14)),
        ("03/14/30", dt.date(2030, 3, 14), dt.date(1930, 3, 14)),
        ("02/29/52", dt.date(2052, 2, 29), dt.date(1952, 2, 29)),
        ("03/14/69", dt.date(2069, 3, 14), dt.date(1969, 3, 14)),
        ("03/14/70", dt.date(1970, 3, 14), dt.date(1970, 3, 14)),
        ("03/14/99", dt.date(1999, 3, 14), dt.date(1999, 3, 14)),
    ],
)
@pytest.mark.parametrize("pattern", ["%m/%d/%y", "%D", "%x"])
def test_years_of_two_digits(pattern: str, cell: str, day: dt.date, birthday: dt.date) -> None:
    """Whoever was born in 55 was not born in 2055."""
    assert read(FieldMapping("custom1", FieldType.DATE, column="cell", formats=(pattern,)), [cell])[0] == [day]
    assert read(date(pattern), [cell])[0] == [birthday]


def test_a_birthday_that_is_written_in_full_is_left_alone() -> None:
    """Four digits leave nothing to be told."""
    assert read(date("%m/%d/%Y"), ["03/14/2055"])[0] == [dt.date(2055, 3, 14)]


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("%Y%m%d", "20241102", ["2024112", "202411", "0024112", "120241102"]),
        ("%d%m%Y", "02112024", ["2112024", "0211024"]),
        ("%Y %m %d", "2024 11 2", ["2024112", "20241102", "2024 112"]),
        ("%d %m %Y", "2 11 2024", ["211 2024", "2 112024"]),
        ("on %Y%m%d", "on 20241102", ["on 2024112"]),
    ],
)
def test_numbers_that_nothing_parts_have_all_their_digits(pattern: str, right: str, wrong: list[str]) -> None:
    """2024112 is in January or in November, and nobody can tell."""
    assert read(date(pattern), [right, *wrong])[0] == [dt.date(2024, 11, 2)] + [None] * len(wrong)


def test_times_that_touch_have_all_their_digits() -> None:
    """The same holds for hours and minutes; a space before the time is none within the date."""
    assert read(datetime("%Y%m%dT%H%M"), ["20241102T0930", "20241102T930"])[0] == [utc("2024-11-02T09:30"), None]
    assert read(datetime("%m/%d/%Y %H:%M"), ["11/2/2024 9:30"])[0] == [utc("2024-11-02T09:30")]


def test_a_day_in_a_field_of_moments_is_its_start_and_said() -> None:
    """The platform would take a bare date without converting it; the zone's own midnight is the stated rule."""
    values, findings = read(datetime(timezone="America/Chicago"), ["2024-03-01", "2024-03-01 00:00", "2024-02-30"])
    assert values == [utc("2024-03-01T06:00"), utc("2024-03-01T06:00"), None]
    assert findings == {"time_missing": [0], "datetime_invalid": [2]}


def test_a_native_day_is_its_start_and_said() -> None:
    """A column of dates from a database has no times either."""
    cells = pl.Series([dt.date(2024, 3, 1), None])
    values, findings = read(datetime(timezone="America/Chicago"), cells)
    assert (values, findings) == ([utc("2024-03-01T06:00"), None], {"time_missing": [0]})


def test_a_midnight_that_the_clocks_skipped() -> None:
    """In some zones the clocks are put forward at midnight, so a day has no start of its own."""
    values, findings = read(datetime(timezone="America/Asuncion"), ["2023-10-01"])
    assert values == [utc("2023-10-01T04:00")]
    assert findings == {"time_missing": [0], "time_skipped": [0]}


def test_a_format_without_a_time_is_somebody_s_own_word() -> None:
    """Whoever set it knows that the column has no times, and needs no warning in every row."""
    assert read(datetime("%Y-%m-%d"), ["2024-03-01"]) == ([utc("2024-03-01T00:00")], {})


def test_small_letters_are_iso_too() -> None:
    """RFC 3339 allows them."""
    assert read(datetime(), ["2024-03-01t10:20:30z"]) == ([utc("2024-03-01T10:20:30")], {})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("epoch", True), ("epoch_ms", True), ("excel", False), ("%H:%M%z", True), ("%H:%MZ", True), ("%H:%M", False)],
)
def test_which_formats_say_their_gmt(pattern: str, expected: bool) -> None:  # noqa: FBT001 # a table's column
    """A zone applied to what is GMT already would move it by hours."""
    assert tells_gmt(pattern) is expected
