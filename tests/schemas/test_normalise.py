"""Source text to dates, times, numbers and booleans: each format rule, and what is found wrong."""

import datetime as dt

import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from tests.schemas.frames import read


def mapping(kind: FieldType, *formats: str, timezone: str = "UTC", when: tuple[str, ...] = ()) -> FieldMapping:
    """Return a mapping of the column `cell`."""
    return FieldMapping("custom1", kind, column="cell", formats=formats, timezone=timezone, when=when)


def utc(text: str) -> dt.datetime:
    """Return an ISO time as GMT."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_dates_are_iso_unless_formats_are_set() -> None:
    """A guess between day and month would be wrong for half of the people."""
    cells = ["2024-02-29", " 1900-01-01 ", "02/29/2024", "2023-02-29", "", None, "2024-02-29 10:00", "2024-02-29x"]
    values, findings = read(mapping(FieldType.DATE), cells)
    assert values == [dt.date(2024, 2, 29), dt.date(1900, 1, 1), None, None, None, None, None, None]
    assert findings == {"date_invalid": [2, 3, 6, 7]}


def test_formats_are_tried_in_order() -> None:
    """The first that fits decides, as long as no other one reads another day."""
    cells = ["03/04/2024", "2024-04-03", "04/03/24", "03/14/2024"]
    us_and_iso = read(mapping(FieldType.DATE, "%m/%d/%Y", "%Y-%m-%d"), cells)
    short = read(mapping(FieldType.DATE, "%m/%d/%Y", "%m/%d/%y"), cells)
    assert us_and_iso == ([dt.date(2024, 3, 4), dt.date(2024, 4, 3), None, dt.date(2024, 3, 14)], {"date_invalid": [2]})
    assert short == ([dt.date(2024, 3, 4), None, dt.date(2024, 4, 3), dt.date(2024, 3, 14)], {"date_invalid": [1]})


def test_years_that_are_typing_errors_are_no_dates() -> None:
    """A four-digit format reads `24` as the year 24; before 1900 and after 2100 nobody is born."""
    cells = ["1899-12-31", "1900-01-01", "2100-12-31", "2101-01-01", "0024-01-01", "9999-12-31", "+262142-01-01"]
    values, findings = read(mapping(FieldType.DATE), cells)
    assert values == [None, dt.date(1900, 1, 1), dt.date(2100, 12, 31), None, None, None, None]
    assert findings == {"date_invalid": [0, 3, 4, 5, 6]}


@pytest.mark.parametrize(
    ("text", "gmt"),
    [
        ("2024-03-01 10:20:30", "2024-03-01T10:20:30"),
        ("2024-03-01T10:20:30", "2024-03-01T10:20:30"),
        ("2024-03-01 10:20", "2024-03-01T10:20:00"),
        ("2024-03-01T10:20", "2024-03-01T10:20:00"),
        ("2024-03-01 10:20:30.25", "2024-03-01T10:20:30.250000"),
        ("2024-03-01T10:20:30.123456", "2024-03-01T10:20:30.123456"),
        ("2024-03-01T10:20:30Z", "2024-03-01T10:20:30"),
        ("2024-03-01 10:20:30Z", "2024-03-01T10:20:30"),
        ("2024-03-01T10:20:30.5Z", "2024-03-01T10:20:30.500000"),
        ("2024-03-01T10:20:30+02:00", "2024-03-01T08:20:30"),
        ("2024-03-01 10:20:30-0530", "2024-03-01T15:50:30"),
        ("2024-03-01 10:20:30.5+00", "2024-03-01T10:20:30.500000"),
        ("2024-03-01T23:59:60", "2024-03-02T00:00:00"),
    ],
)
def test_datetimes_in_every_iso_form(text: str, gmt: str) -> None:
    """Databases and exports write ISO 8601 in all of these ways; a leap second is the second after it."""
    assert read(mapping(FieldType.DATETIME), [text]) == ([utc(gmt)], {})


def test_what_is_no_datetime() -> None:
    """What is left of a date or a time is neither."""
    cells = ["2024-03", "24:00", "2024-03-01 24:00", "2024-03-01 10:60", "yesterday", "", None, "0001-01-01 00:00"]
    values, findings = read(mapping(FieldType.DATETIME), cells)
    assert values == [None] * 8
    assert findings == {"datetime_invalid": [0, 1, 2, 3, 4, 7]}


@pytest.mark.parametrize("zone", ["UTC", "America/Chicago"])
@pytest.mark.parametrize(
    "text", ["+262142-12-31 23:59:59", "-262143-01-01 00:00:00", "+99999-01-01T00:00:00+02:00", "9999-12-31 23:59"]
)
def test_a_year_beyond_reason_is_an_issue_of_its_row(text: str, zone: str) -> None:
    """On the zone of such a year polars panics, which would end the whole sync for one row."""
    values, findings = read(mapping(FieldType.DATETIME, timezone=zone), [text, "2024-01-01 00:00"])
    assert (values[0], findings) == (None, {"datetime_invalid": [0]})


def test_local_times_are_taken_in_the_zone_of_the_mapping() -> None:
    """Texts that carry an offset keep it; the others get the zone, and a warning where the clocks changed."""
    cells = ["2024-01-01 12:00", "2024-01-01T12:00:00Z", "2024-03-10 02:30", "2024-11-03 01:30", "no", None]
    values, findings = read(mapping(FieldType.DATETIME, timezone="America/Chicago"), cells)
    assert values == [
        utc("2024-01-01T18:00"),
        utc("2024-01-01T12:00"),
        utc("2024-03-10T08:30"),
        utc("2024-11-03T06:30"),
        None,
        None,
    ]
    assert findings == {"time_skipped": [2], "time_repeated": [3], "datetime_invalid": [4]}


@pytest.mark.parametrize(
    ("pattern", "text", "gmt"),
    [
        ("%m/%d/%Y %I:%M %p", "03/01/2024 12:30 AM", "2024-03-01T06:30"),
        ("%d.%m.%Y %H:%M h", "01.03.2024 12:30 h", "2024-03-01T18:30"),
        ("%Y-%m-%d", "2024-03-01", "2024-03-01T06:00"),
        ("%a %b %d %H:%M:%S %z %Y", "Fri Mar 01 12:30:00 +0200 2024", "2024-03-01T10:30"),
        ("%Y-%m-%dT%H:%M%:z", "2024-03-01T12:30+02:00", "2024-03-01T10:30"),
        ("%+", "2024-03-01T12:30:00+02:00", "2024-03-01T10:30"),
        ("%s", "1709289000", "2024-03-01T10:30"),
        ("%Y%m%dT%H%M%SZ", "20240301T123000Z", "2024-03-01T12:30"),
        ("%Y-%m-%d %H:%M %Z", "2024-03-01 12:30 CET", "2024-03-01T18:30"),
    ],
)
def test_only_formats_that_tell_gmt_override_the_zone(pattern: str, text: str, gmt: str) -> None:
    """An offset anywhere in the format counts; a zone's name is skipped, since names are ambiguous."""
    assert read(mapping(FieldType.DATETIME, pattern, timezone="America/Chicago"), [text]) == ([utc(gmt)], {})


def test_integers_are_whole_and_fit() -> None:
    """An owner's id that was cut or rounded belongs to another user."""
    cells = ["42", " 007 ", "-1", "+5", "1.0", "1e3", "4_2", "\u0664", "9223372036854775807", "9223372036854775808", ""]
    values, findings = read(mapping(FieldType.INTEGER), cells)
    assert values == [42, 7, -1, 5, None, None, None, None, 9223372036854775807, None, None]
    assert findings == {"integer_invalid": [4, 5, 6, 7, 9]}


def test_booleans_are_plain_words() -> None:
    """Any other word is no answer, and is said."""
    cells = ["Yes", "y", "TRUE", "t", "1", "no", "N", "False", "f", "0", " yes\u00a0", "maybe", "2", "", None]
    values, findings = read(mapping(FieldType.BOOLEAN), cells)
    assert values == [True] * 5 + [False] * 5 + [True, None, None, None, None]
    assert findings == {"boolean_invalid": [11, 12]}


def test_with_a_list_of_words_any_other_word_means_no() -> None:
    """The list is how a status column becomes an opt-out; a blank stays no answer."""
    cells = ["Unsubscribed", " cleaned ", "subscribed", "yes", "", None]
    how = mapping(FieldType.BOOLEAN, when=("unsubscribed", "Cleaned "))
    assert read(how, cells) == ([True, True, False, False, None, None], {})


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (FieldType.TEXT, " web shop ", "web shop"),
        (FieldType.TEXT, "", None),
        (FieldType.BOOLEAN, "true", True),
        (FieldType.INTEGER, "7", 7),
        (FieldType.DATE, "2024-03-01", dt.date(2024, 3, 1)),
        (FieldType.DATETIME, "2024-03-01 10:00", utc("2024-03-01T10:00")),
    ],
)
def test_constants_are_read_like_cells(kind: FieldType, value: str, expected: object) -> None:
    """A constant goes the same way as a column, and stands in every row."""
    values, findings = read(FieldMapping("custom1", kind, value=value), ["a", "b"])
    assert (values, findings) == ([expected] * 2, {})
