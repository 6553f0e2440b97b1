"""ISO 8601 as systems write it: offsets, fractions, leap seconds, small letters; and what only looks like it."""

import datetime as dt

import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from tests.schemas.frames import read

MOMENT = FieldMapping("custom1", FieldType.DATETIME, column="cell", timezone="America/Chicago")
DAY = FieldMapping("dateOfBirth", FieldType.DATE, column="cell")


@pytest.mark.parametrize(
    ("cell", "gmt"),
    [
        ("2024-03-01T10:20:30Z", "2024-03-01T10:20:30"),
        ("2024-03-01t10:20:30z", "2024-03-01T10:20:30"),
        ("2024-03-01 10:20:30z", "2024-03-01T10:20:30"),
        ("2024-03-01T10:20Z", "2024-03-01T10:20"),
        ("2024-03-01 10:20+01:00", "2024-03-01T09:20"),
        ("2024-03-01T10:20:30 +01:00", "2024-03-01T09:20:30"),
        ("2024-03-01T10:20:30+0530", "2024-03-01T04:50:30"),
        ("2024-03-01T10:20:30+05", "2024-03-01T05:20:30"),
        ("2024-03-01T10:20:30-00:00", "2024-03-01T10:20:30"),
        ("2024-03-01T10:20:30+14:00", "2024-02-29T20:20:30"),
        ("2024-03-01T10:20:30\u221201:00", "2024-03-01T11:20:30"),
        ("2024-03-01T10:20:30.5Z", "2024-03-01T10:20:30.500000"),
        ("2024-03-01T10:20:30.1234567891Z", "2024-03-01T10:20:30.123456"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
        ("2016-12-31T15:59:60-08:00", "2017-01-01T00:00:00"),
        ("2016-12-31t23:59:60.75z", "2017-01-01T00:00:00.750000"),
        ("2024-03-01T10:20", "2024-03-01T16:20"),
        ("2024-03-01\u00a010:20:30", "2024-03-01T16:20:30"),
        ("2024-03-01 9:5", "2024-03-01T15:05"),
    ],
)
def test_moments(cell: str, gmt: str) -> None:
    """An offset in the text counts, and the column's zone where there is none; a leap second is the next second."""
    assert read(MOMENT, [cell]) == ([dt.datetime.fromisoformat(gmt).replace(tzinfo=dt.UTC)], {})


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-03-01T24:00:00Z", "2024-03-01T10:60:00Z", "2024-03-01T10:20:61Z", "2024-13-01T10:20:30Z"),
        *("2024-02-30T10:20:30Z", "2023-02-29T10:20:30Z", "2024-03-01T10:20:30+24:00", "2024-03-01T10:20:30+05:60"),
        *("2024-03-01T10:20:30 UTC", "2024-03-01T10:20:30 CET", "2024-03-01T10:20:30ZZ", "2024-03-01T10:20:30.Z"),
        *("2024-03-01T10", "2024-03-01T-1:00:00Z", "20240301T102030Z", "2024-060T10:20Z", "2024-W09-5T10:20Z"),
        *("10:20:30", "2024-03-01T10:2\u0660:30Z", "2024-03-01T10:20:30+0\u0967:00", "\uff12024-03-01T10:20:30Z"),
        *("0024-03-01T10:20:30Z", "2101-03-01T10:20:30Z", "+12024-03-01T10:20:30Z", "now", "2024-03-01TZ"),
    ],
)
def test_what_are_no_moments(cell: str) -> None:
    """Digits of other scripts, hours past midnight and names of zones are not guessed at."""
    assert read(MOMENT, [cell]) == ([None], {"datetime_invalid": [0]})


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-02-30", "2023-02-29", "2024-00-10", "2024-13-01", "2024-04-31", "20240301", "2024-060", "2024-W09-5"),
        *(
            "01/03/2024",
            "2024/03/01",
            "2024-03-0\u09ea",
            "\u0662\u0660\u0662\u0664-03-01",
            "2024-03-01T10:00",
            "2024-03",
        ),
        *("02024-03-01", "24-03-01", "today", "2024-03-01x"),
    ],
)
def test_what_are_no_days(cell: str) -> None:
    """A day that was guessed would be somebody's birthday."""
    assert read(DAY, [cell]) == ([None], {"date_invalid": [0]})
