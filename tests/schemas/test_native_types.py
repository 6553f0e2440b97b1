"""Columns that come with a type of their own, from Parquet files and databases, into fields of each type."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import polars as pl
import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from schemas.validate import validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, issues_of, mapping_of, validated

NAIVE = dt.datetime(2024, 3, 10, 2, 30, 15, 999999)  # noqa: DTZ001 # a database's local time
EXTREMES = [2**63 - 1, -(2**63) + 1]


def wire(cells: pl.Series, kind: FieldType, timezone: str = "UTC", when: tuple[str, ...] = ()) -> list[str | None]:
    """Return one column's values as they would be sent."""
    return validated(cells, kind=kind, timezone=timezone, when=when).contacts["custom1"].to_list()


SCALARS = {
    "Date": pl.Series([dt.date(2024, 1, 2), None]),
    "Datetime us": pl.Series([NAIVE, None], dtype=pl.Datetime("us")),
    "Datetime ms": pl.Series([NAIVE, None], dtype=pl.Datetime("ms")),
    "Datetime ns": pl.Series([NAIVE, None], dtype=pl.Datetime("ns")),
    "Datetime us aware": pl.Series([NAIVE, None]).dt.replace_time_zone("Asia/Tokyo"),
    "Datetime ms aware": pl.Series([NAIVE, None], dtype=pl.Datetime("ms")).dt.replace_time_zone("UTC"),
    "Datetime ns aware": pl.Series([NAIVE, None], dtype=pl.Datetime("ns")).dt.replace_time_zone("+00:00"),
    "Int8": pl.Series([1, None], dtype=pl.Int8),
    "Int64": pl.Series([-(2**63), None], dtype=pl.Int64),
    "UInt64": pl.Series([2**64 - 1, None], dtype=pl.UInt64),
    "Int128": pl.Series([2**100, None], dtype=pl.Int128),
    "Float32": pl.Series([0.1, None], dtype=pl.Float32),
    "Float64": pl.Series([float("nan"), float("inf"), 1e300, -0.0, None]),
    "Boolean": pl.Series([True, False, None]),
    "Decimal": pl.Series([Decimal("1.50"), None]),
    "Categorical": pl.Series(["yes", "2024-01-02", None], dtype=pl.Categorical),
    "Enum": pl.Series(["yes", None], dtype=pl.Enum(["yes", "no"])),
    "Time": pl.Series([dt.time(1, 2, 3), None]),
    "Duration": pl.Series([dt.timedelta(hours=26), None]),
    "Null": pl.Series([None, None]),
    "extreme Date": pl.Series([2**31 - 1, -(2**31) + 1], dtype=pl.Int32).cast(pl.Date),
    "extreme us": pl.Series(EXTREMES).cast(pl.Datetime("us")),
    "extreme ms": pl.Series(EXTREMES).cast(pl.Datetime("ms")),
    "extreme ns": pl.Series(EXTREMES).cast(pl.Datetime("ns")),
    "extreme us aware": pl.Series(EXTREMES).cast(pl.Datetime("us", "UTC")),
    "extreme ms aware": pl.Series(EXTREMES).cast(pl.Datetime("ms", "UTC")),
}


EACH_KIND = [
    FieldMapping(f"custom{number}", kind, column="cell", timezone="America/Chicago")
    for number, kind in enumerate((one for one in FieldType if one is not FieldType.EMAIL), start=1)
]


@pytest.mark.parametrize("name", SCALARS)
def test_no_scalar_type_ends_a_sync(name: str) -> None:
    """A column of an unexpected type is a matter of issues, row by row; polars' panics are not even exceptions."""
    cells = SCALARS[name]
    rows = extracted({EMAIL_COLUMN: [f"a{number}@example.com" for number in range(len(cells))], "cell": cells})
    assert len(validate(rows, mapping_of(*EACH_KIND)).contacts) == len(cells)
    assert len(validate(rows.clear(), mapping_of(*EACH_KIND)).contacts) == 0


@pytest.mark.parametrize("name", SCALARS)
def test_no_scalar_type_makes_an_address(name: str) -> None:
    """A column that was mapped to the e-mail by mistake is rejected whole, with its values to look at."""
    cells = SCALARS[name]
    result = validated(cells, field="custom1", kind=FieldType.EMAIL)
    assert len(result.contacts) + len(result.rejected) == len(cells)
    assert {code for _, _, code, _ in issues_of(result)} <= {"email_syntax"}


def test_dates_and_datetimes_keep_their_meaning() -> None:
    """A zone is applied to what has none, and only converted from where there is one."""
    for unit in ("us", "ms", "ns"):
        naive = pl.Series([dt.datetime(2024, 3, 1, 12)], dtype=pl.Datetime(unit))  # noqa: DTZ001 # naive on purpose
        aware = naive.dt.replace_time_zone("Asia/Tokyo")
        assert wire(naive, FieldType.DATETIME, timezone="America/Chicago") == ["2024-03-01 18:00:00"]
        assert wire(aware, FieldType.DATETIME, timezone="America/Chicago") == ["2024-03-01 03:00:00"]
        assert wire(naive, FieldType.DATE) == wire(aware, FieldType.DATE) == ["2024-03-01"]
    day = pl.Series([dt.date(2024, 3, 1)])
    assert wire(day, FieldType.DATE) == ["2024-03-01"]
    assert wire(day, FieldType.DATETIME, timezone="America/Chicago") == ["2024-03-01 06:00:00"]


def test_a_moment_of_gmt_is_the_day_that_it_was_in_the_zone() -> None:
    """Late in the evening in Chicago GMT has the next day; a birthday kept as midnight in Berlin would lose one."""
    moments = pl.Series(
        [dt.datetime(2024, 3, 1, 1, 30), dt.datetime(2024, 7, 1, 4, 59), dt.datetime(2024, 7, 1, 5), None]  # noqa: DTZ001
    )
    for unit, name in (("us", "UTC"), ("ms", "UTC"), ("ns", "Etc/UTC")):
        aware = moments.cast(pl.Datetime(unit)).dt.replace_time_zone(name)  # type: ignore[arg-type] # one of three words
        days = ["2024-02-29", "2024-06-30", "2024-07-01", None]
        assert wire(aware, FieldType.DATE, timezone="America/Chicago") == days
        assert wire(aware, FieldType.DATE) == ["2024-03-01", "2024-07-01", "2024-07-01", None]
    berlin = pl.Series([dt.datetime(1950, 3, 13, 23)]).dt.replace_time_zone("UTC")  # noqa: DTZ001 # midnight there
    assert wire(berlin, FieldType.DATE, timezone="Europe/Berlin") == ["1950-03-14"]


def test_midnight_of_gmt_is_no_day_where_the_zone_has_another() -> None:
    """A day that a program wrote as midnight in GMT is not sent as the day before."""
    midnight = pl.Series([dt.datetime(1950, 3, 14)]).dt.replace_time_zone("UTC")  # noqa: DTZ001 # naive on purpose
    result = validated(midnight, kind=FieldType.DATE, timezone="America/Chicago")
    assert result.contacts["custom1"].to_list() == [None]
    assert issues_of(result) == [(1, "custom1", "date_ambiguous", "blank")]
    assert wire(midnight, FieldType.DATE, timezone="Europe/Berlin") == ["1950-03-14"]


def test_a_native_time_that_the_clocks_skipped_is_said() -> None:
    """A database's local time has the same gaps as a text's."""
    result = validated(pl.Series([NAIVE]), kind=FieldType.DATETIME, timezone="America/Chicago")
    assert result.contacts["custom1"].to_list() == ["2024-03-10 08:30:15"]
    assert issues_of(result) == [(1, "custom1", "time_skipped", "warn")]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1.0, 1.5, -0.0, 1e15, 0.1, None], ["1", "1.5", "0", "1000000000000000", "0.1", None]),
        ([float("nan"), float("inf")], [None, "inf"]),
        ([Decimal("1.50"), Decimal("-2.00")], ["1.50", "-2.00"]),
        ([True, None], ["true", None]),
        ([dt.time(1, 2, 3)], ["01:02:03"]),
        ([dt.timedelta(hours=26)], ["P1DT2H"]),
        ([7, None], ["7", None]),
    ],
)
def test_what_a_native_value_is_as_text(cells: Sequence[object], expected: list[str | None]) -> None:
    """A customer's number kept as a float is 42, not 42.0; not-a-number is how some tools write nothing."""
    assert wire(pl.Series(cells), FieldType.TEXT) == expected


def test_numbers_are_read_from_any_numeric_type() -> None:
    """Where a column has gaps, many tools turn its whole numbers into floats."""
    cells = pl.Series([7.0, 7.5, float("nan"), None])
    result = validated(cells, field="userID")
    assert result.contacts["userID"].to_list() == ["7", None, None, None]
    assert issues_of(result) == [(2, "userID", "integer_invalid", "blank")]


def test_booleans_are_read_from_booleans_and_numbers() -> None:
    """An opt-out flag in a database is seldom a word."""
    for cells in (pl.Series([True, False, None]), pl.Series([1, 0, None]), pl.Series([1.0, 0.0, None])):
        assert wire(cells, FieldType.BOOLEAN) == ["true", "false", None]
    listed = pl.Series(["Out", "in"], dtype=pl.Enum(["in", "Out"]))
    assert wire(listed, FieldType.BOOLEAN, when=("out",)) == ["true", "false"]


@pytest.mark.parametrize("dtype", [pl.Categorical(), pl.Enum(["a\x00b", "e\u0301"])])
def test_texts_kept_as_categories_are_cleaned_too(dtype: pl.DataType) -> None:
    """Dictionary columns of Parquet files are text like any other."""
    result = validated(pl.Series(["a\x00b", "e\u0301"], dtype=dtype), kind=FieldType.TEXT)
    assert result.contacts["custom1"].to_list() == ["ab", "\u00e9"]
    assert issues_of(result) == [(1, "custom1", "control_characters", "warn")]


@pytest.mark.parametrize("kind", [pl.Datetime("us"), pl.Datetime("us", "UTC")])
def test_an_opt_out_that_is_a_database_s_infinity_is_not_taken_for_none(kind: pl.DataType) -> None:
    """It has no text, but it is something: the person may have opted out for ever."""
    result = validated(pl.Series([2**63 - 1]).cast(kind), field="suppressed")
    assert issues_of(result) == [(1, "suppressed", "boolean_invalid", "reject")]
    assert len(result.rejected) == 1
