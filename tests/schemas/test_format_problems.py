"""Formats that could not work or could mean two things, told before a night leaves out a column."""

import pytest

from schemas.fields import FieldType
from schemas.format_problems import format_problem

BOTH = (FieldType.DATE, FieldType.DATETIME)


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "%Y-%m-%d",
            "%m/%d/%Y",
            "%m/%d/%y",
            "%d.%m.%Y",
            "%-d.%-m.%Y",
            "%e %B %Y",
            "%A %d %b %Y",
            "%Y%m%d",
            "%D",
            "%F",
        ),
        *("%Y-%j", "%v", "%c", "%+", "excel", "epoch", "epoch_ms", "%F %R", "%F %T%.f", "%F %I:%M %p", "%F %l:%M %P"),
        *("%d %h %Y", "%x %X", "%F %k:%M", "%F%t%H:%M", "%F%n%T", "%F %T%.6f", "%F %T,%9f", "%-m/%-d/%Y %-I:%M %p"),
        *("%F %r", "%Y-%m-%dT%H:%M:%S%.3fZ", "%FT%T%z", "%F %T %:z", "%F %T%#z", "100%% %F", "%FZ", "%d\t%m\n%Y"),
    ],
)
@pytest.mark.parametrize("kind", BOTH)
def test_formats_of_every_kind_are_taken(pattern: str, kind: FieldType) -> None:
    """A check that refused what works would be switched off."""
    assert format_problem(pattern, kind) is None


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("mm/dd/yyyy", "it has no %, and is none of excel, epoch, epoch_ms."),
        ("Excel", "it has no %, and is none of excel, epoch, epoch_ms."),
        ("", "it has no %, and is none of excel, epoch, epoch_ms."),
        ("%q", "%q is no directive that a date is read by."),
        ("%", "% is no directive that a date is read by."),
        ("%F %", "% is no directive that a date is read by."),
        ("%G-W%V-%u", "%G is no directive that a date is read by."),
        ("%F %T.%f", "%f is no directive that a date is read by. Write %.f, which takes the point with it."),
        ("%F %T%::z", "%::z is no directive that a date is read by."),
        ("%Y", "it has no month and no day."),
        ("%m/%Y", "it has no day."),
        ("%d %d %Y %m", "the day stands there twice."),
        ("%y %F", "the year stands there twice."),
        ("%b %m/%d/%Y", "the month stands there twice."),
        ("%F %H:%M %H", "the hour stands there twice."),
        ("%F %H:%I:%M %p", "the hour stands there twice."),
        ("%F %H:%M %p", "%I and %p (AM or PM) need each other; hours of 24 are %H."),
        ("%F %I:%M", "%I and %p (AM or PM) need each other; hours of 24 are %H."),
        ("%F %H", "a time has an hour and a minute (%H:%M)."),
        ("%F %M", "a time has an hour and a minute (%H:%M)."),
        ("%F %S", "a time has an hour and a minute (%H:%M)."),
        ("%F %z", "an offset needs a time before it."),
    ],
)
def test_formats_that_cannot_work_are_told(pattern: str, said: str, kind: FieldType) -> None:
    """Each would leave out every value of its column, or end the night in polars' own words."""
    assert format_problem(pattern, kind) == said


def test_the_name_of_a_zone_is_not_skipped_without_a_word() -> None:
    """12:30 CET read in the column's own zone would be wrong by hours."""
    said = format_problem("%F %T %Z", FieldType.DATETIME)
    assert said is not None
    assert "write it into the format as it stands there, and set timezone" in said
    assert format_problem("%F %T CET", FieldType.DATETIME) is None


def test_only_a_day_may_have_no_year() -> None:
    """A birthday without one is of 1900; a moment without one is nothing."""
    assert format_problem("%d %B", FieldType.DATE) is None
    assert format_problem("%d %B %H:%M", FieldType.DATETIME) == "it has no year."


def test_what_reads_nothing_for_a_reason_that_has_no_name_is_told_too() -> None:
    """Seconds since 1970 are no day to the parser; the word epoch is."""
    assert format_problem("%s", FieldType.DATETIME) is None
    assert format_problem("%s", FieldType.DATE) == "what it writes cannot be read by it."
