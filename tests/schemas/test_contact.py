"""The pandera schemas: that they check each value, and prove winners unique."""

import datetime as dt

import pandera.errors
import polars as pl
import pytest

from schemas.contact import EMAIL_KEY, column_type, contact_schema, unique_schema
from schemas.fields import FIELDS, FieldType
from schemas.mapping import FieldMapping
from schemas.rows import ROW
from tests.schemas.frames import mapping_of


def failures(kind: FieldType, values: list[object], max_length: int | None = None) -> list[tuple[str, int]]:
    """Return the checks that a column of values fails, with their positions."""
    mapping = mapping_of(FieldMapping("custom1", kind, column="c", max_length=max_length))
    frame = pl.DataFrame(
        {ROW: range(len(values)), "email": ["a@b.co"] * len(values), "custom1": values},
        schema={ROW: pl.Int64, "email": pl.String, "custom1": column_type(kind)},
    )
    try:
        contact_schema(mapping).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return [(check, index) for check, index in errors.failure_cases.select("check", "index").rows()]
    return []


def test_addresses_are_checked() -> None:
    """Nothing that is no address passes, whoever made the frame."""
    assert failures(FieldType.EMAIL, ["a@b.co", "bad", None, "a@b.co\n"]) == [("email_syntax", 1), ("email_syntax", 3)]


def test_the_length_of_texts_is_counted_in_characters() -> None:
    """A letter of three bytes is one letter to the platform's field."""
    assert failures(FieldType.TEXT, ["\u65e5" * 5, "x" * 6, None, ""], max_length=5) == [("text_too_long", 1)]
    assert failures(FieldType.TEXT, ["x" * 10_000]) == []


def test_dates_and_times_are_of_this_age() -> None:
    """A birth in the year 24 is a typing error."""
    days: list[object] = [dt.date(1899, 12, 31), dt.date(1900, 1, 1), dt.date(2100, 12, 31), dt.date(2101, 1, 1), None]
    assert failures(FieldType.DATE, days) == [("date_invalid", 0), ("date_invalid", 3)]
    times: list[object] = [dt.datetime(1899, 12, 31, 23, tzinfo=dt.UTC), dt.datetime(2100, 12, 31, 23, tzinfo=dt.UTC)]
    assert failures(FieldType.DATETIME, times) == [("datetime_invalid", 0)]


@pytest.mark.parametrize("kind", list(FieldType))
def test_a_field_may_be_null(kind: FieldType) -> None:
    """Only the e-mail is needed; whatever else is missing leaves the destination's value alone."""
    assert failures(kind, [None]) == []


def test_the_e_mail_may_not_be_null() -> None:
    """A contact without an address is nobody."""
    frame = pl.DataFrame({ROW: [1], "email": [None]}, schema={ROW: pl.Int64, "email": pl.String})
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        contact_schema(mapping_of()).validate(frame, lazy=True)
    assert raised.value.failure_cases["check"].to_list() == ["not_nullable"]


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({ROW: [1]}, schema={ROW: pl.Int64}),
        pl.DataFrame({ROW: [1], "email": ["a@b.co"], "more": [1]}, schema_overrides={ROW: pl.Int64}),
        pl.DataFrame({ROW: [1], "email": [1]}),
    ],
)
def test_another_shape_fails_as_a_whole(frame: pl.DataFrame) -> None:
    """A missing, additional or retyped column is a defect of ours and no row's fault."""
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        contact_schema(mapping_of()).validate(frame, lazy=True)
    assert raised.value.failure_cases["index"].drop_nulls().is_empty()


def test_every_type_of_field_has_a_type_of_column() -> None:
    """A field without one could not be mapped."""
    assert all(column_type(field.type) is not None for field in FIELDS.values())
    assert column_type(FieldType.DATETIME) == pl.Datetime("us", "UTC")


def test_two_winners_of_one_e_mail_are_refused() -> None:
    """The choice of winners is ours, this is its proof."""
    unique_schema().validate(pl.DataFrame({EMAIL_KEY: ["a@b.co", "b@b.co"]}))
    with pytest.raises(pandera.errors.SchemaError):
        unique_schema().validate(pl.DataFrame({EMAIL_KEY: ["a@b.co", "a@b.co"]}))
