"""The rules by which days, times, numbers and answers are read; the code is in `schemas.dates` and `normalise`."""

from typing import Final

from schemas.fields import FieldType
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping
from schemas.reading_rule import ReadingRule


def _date(*formats: str) -> FieldMapping:
    return FieldMapping("dateOfBirth", FieldType.DATE, "cell", formats=formats)


def _datetime(*formats: str) -> FieldMapping:
    return FieldMapping("custom1", FieldType.DATETIME, "cell", formats=formats, timezone="America/Chicago")


TIME_RULES: Final = (
    ReadingRule("dates", "are ISO 8601 unless formats are set", "API: yyyy-mm-dd", _date(), "2024-03-01", "2024-03-01"),
    ReadingRule(
        "formats",
        "are tried in order, and the first that fits decides",
        "the source's settings",
        _date("%m/%d/%Y", "%Y-%m-%d"),
        "03/14/2024",
        "2024-03-14",
    ),
    ReadingRule(
        "day or month",
        "is never guessed: what two formats of the list read differently is left out",
        "ours",
        _date("%m/%d/%Y", "%d/%m/%Y"),
        "03/04/2024",
        None,
        IssueCode.DATE_AMBIGUOUS,
    ),
    ReadingRule(
        "birthdays without a year",
        "are of the year 1900, in which there is no 29 February",
        "API: dateOfBirth",
        _date("%m/%d"),
        "03/14",
        "1900-03-14",
    ),
    ReadingRule(
        "years of two digits",
        "are those of 1970 to 2069",
        "POSIX, strptime, and chrono, which reads 69 as 2069",
        FieldMapping("custom1", FieldType.DATE, "cell", formats=("%m/%d/%y",)),
        "03/14/55",
        "2055-03-14",
    ),
    ReadingRule(
        "births of two digits",
        "are of 1930 to 2029: nobody was born in the years to come",
        "ours",
        _date("%m/%d/%y"),
        "03/14/55",
        "1955-03-14",
    ),
    ReadingRule(
        "months in words",
        "are English, whole or by their first three letters; what other languages write fits no format",
        "chrono, strftime",
        _date("%d %B %Y"),
        "14 Mai 2024",
        None,
        IssueCode.DATE_INVALID,
    ),
    ReadingRule(
        "numbers that touch",
        "have all their digits: 2024112 could be in January or in November",
        "ours",
        _date("%Y%m%d"),
        "2024112",
        None,
        IssueCode.DATE_INVALID,
    ),
    ReadingRule(
        "years",
        "before 1900 and after 2100 are typing errors",
        "ours",
        _date(),
        "0024-03-01",
        None,
        IssueCode.DATE_INVALID,
    ),
    ReadingRule(
        "serial dates",
        "of spreadsheets are read with the format `excel`, counted from 1900",
        "ECMA-376, 18.17.4.1",
        _date("excel"),
        "45351",
        "2024-02-29",
    ),
    ReadingRule(
        "seconds since 1970",
        "are read with the format `epoch`, milliseconds with `epoch_ms`",
        "POSIX, 4.16",
        _datetime("epoch"),
        "1709289000",
        "2024-03-01 10:30:00",
    ),
    ReadingRule(
        "local times",
        "are of the field's zone, else the source's, and become GMT; an offset in the text counts more",
        "API: datetimes are GMT",
        _datetime(),
        "2024-03-01 10:30",
        "2024-03-01 16:30:00",
    ),
    ReadingRule(
        "skipped times",
        "are read as if the clocks had not been put forward yet",
        "RFC 5545, 3.3.5",
        _datetime(),
        "2024-03-10 02:30",
        "2024-03-10 08:30:00",
        IssueCode.TIME_SKIPPED,
    ),
    ReadingRule(
        "repeated times",
        "are the first of the two",
        "RFC 5545, 3.3.5",
        _datetime(),
        "2024-11-03 01:30",
        "2024-11-03 06:30:00",
        IssueCode.TIME_REPEATED,
    ),
    ReadingRule(
        "days in datetime fields",
        "are their own start in the zone; nothing is said where a format without a time was set",
        "API: a bare date is not converted from GMT",
        _datetime(),
        "2024-03-01",
        "2024-03-01 06:00:00",
        IssueCode.TIME_MISSING,
    ),
    ReadingRule(
        "whole numbers",
        "have digits and a sign, and fit 64 bits; zeros at the start are dropped",
        "API: userID is an integer",
        FieldMapping("customerID", FieldType.INTEGER, "cell"),
        "007",
        "7",
    ),
    ReadingRule(
        "answers",
        "are yes, y, true, t, 1 and their opposites; with `when`, its words mean yes, others no; `*` is any word",
        "ours",
        FieldMapping("suppressed", FieldType.BOOLEAN, "cell"),
        "Yes",
        "true",
    ),
)
