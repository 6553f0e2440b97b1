"""What is true of every slice, whatever stands in it."""

import random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.contact import column_type, contact_schema
from schemas.fields import FieldType
from schemas.issues import Severity
from schemas.mapping import FieldMapping, SourceMapping
from schemas.rows import ROW
from schemas.validate import Validated, validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, mapping_of
from tests.schemas.strategies import EXAMPLES, ROWS

COLUMNS = [EMAIL_COLUMN, "Name", "Born", "Seen", "Out", "Owner", "Phone", "State", "ZIP", "Country"]
PLACES = [
    ("phone", FieldType.PHONE, "Phone"),
    ("state", FieldType.STATE, "State"),
    ("zipCode", FieldType.POSTAL_CODE, "ZIP"),
]
MAPPING = mapping_of(
    FieldMapping("firstName", FieldType.TEXT, column="Name", max_length=10, blank="clear"),
    FieldMapping("dateOfBirth", FieldType.DATE, column="Born"),
    FieldMapping("custom1", FieldType.DATETIME, column="Seen", timezone="America/Chicago", blank="clear"),
    FieldMapping("suppressed", FieldType.BOOLEAN, column="Out"),
    FieldMapping("userID", FieldType.INTEGER, column="Owner"),
    *(
        FieldMapping(name, kind, column=column, country="US", country_column="Country", blank_words=("N/A", "-"))
        for name, kind, column in PLACES
    ),
    FieldMapping("country", FieldType.COUNTRY, column="Country", form="name", blank_words=("N/A",)),
)
REREAD = SourceMapping(
    "crm",
    (
        FieldMapping("email", FieldType.EMAIL, column="email"),
        FieldMapping("firstName", FieldType.TEXT, column="firstName", max_length=10, blank="clear"),
        FieldMapping("dateOfBirth", FieldType.DATE, column="dateOfBirth"),
        FieldMapping("custom1", FieldType.DATETIME, column="custom1", blank="keep"),
        FieldMapping("suppressed", FieldType.BOOLEAN, column="suppressed"),
        FieldMapping("userID", FieldType.INTEGER, column="userID"),
        *(
            FieldMapping(name, kind, column=name, country="US", country_column="country", blank_words=("N/A", "-"))
            for name, kind, _ in PLACES
        ),
        FieldMapping("country", FieldType.COUNTRY, column="country", form="name", blank_words=("N/A",)),
    ),
)

Row = tuple[str | None, ...]


def frame(rows: list[Row]) -> pl.DataFrame:
    """Return drawn rows as extracted ones."""
    columns = {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS, start=1)}
    return extracted(columns, faults=[row[0] for row in rows])


def typed(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return wire text as the types that the schema checks."""
    return contacts.select(
        pl.col("row").alias(ROW),
        "email",
        "firstName",
        pl.col("dateOfBirth").str.to_date("%Y-%m-%d"),
        pl.col("custom1").replace("", None).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC"),
        pl.col("suppressed") == "true",
        pl.col("userID").cast(column_type(FieldType.INTEGER)),
        *(name for name, _, _ in PLACES),
        "country",
    )


def numbers(result: Validated) -> list[int]:
    """Return the row numbers of contacts and rejected rows together, in order."""
    return sorted([*result.contacts["row"], *result.rejected["row"]])


@EXAMPLES
@given(ROWS)
def test_every_row_ends_once(rows: list[Row]) -> None:
    """Rows read are contacts or set aside, each once, and exactly those with a rejecting issue are set aside."""
    result = validate(frame(rows), MAPPING)
    assert numbers(result) == list(range(1, len(rows) + 1))
    rejecting = result.issues.filter(pl.col("severity") == Severity.REJECT)["row"].unique().sort()
    assert result.rejected["row"].to_list() == rejecting.to_list()
    assert all(result.rejected["codes"].list.len() > 0)
    assert result.issues["severity"].null_count() == result.issues["message"].null_count() == 0


@EXAMPLES
@given(ROWS)
def test_what_was_accepted_is_valid_and_the_same_when_it_is_read_again(rows: list[Row]) -> None:
    """A second reading that differed would be an update every night; one that failed was sent in vain."""
    contacts = validate(frame(rows), MAPPING).contacts
    again = validate(extracted(contacts.drop("row", "line", "email_key").to_dict(), [None] * len(contacts)), REREAD)
    assert set(again.issues["severity"]) <= {Severity.WARN}  # what stayed as it is deserves its look again
    clears = pl.col("firstName").fill_null("")  # an empty text is blank again, and the mapping clears
    once = contacts.drop("row", "line").with_columns(clears, pl.col("custom1").replace("", None))
    assert again.contacts.drop("row", "line").equals(once)
    contact_schema(MAPPING).validate(typed(contacts), lazy=True)


@EXAMPLES
@given(ROWS, st.integers(0, 12))
def test_two_slices_say_the_same_as_one(rows: list[Row], cut: int) -> None:
    """Where a slice ends is a matter of memory, never of result."""
    whole = frame(rows)
    one = validate(whole, MAPPING)
    first, second = validate(whole.head(cut), MAPPING), validate(whole.slice(cut), MAPPING)
    assert pl.concat([first.contacts, second.contacts]).equals(one.contacts)
    assert pl.concat([first.rejected, second.rejected]).equals(one.rejected)
    assert pl.concat([first.issues, second.issues]).sort(pl.all()).equals(one.issues.sort(pl.all()))


@EXAMPLES
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_what_becomes_of_them(rows: list[Row], chance: random.Random) -> None:
    """A row is read by itself: what stands before it is another person's."""
    places = list(range(len(rows)))
    chance.shuffle(places)
    straight, mixed = frame(rows), frame([rows[place] for place in places])
    numbered = mixed.with_columns(pl.Series(ROW, [place + 1 for place in places], pl.Int64))
    one, other = validate(straight, MAPPING), validate(numbered, MAPPING)
    for table in ("contacts", "rejected"):
        ordered = getattr(other, table).sort("row").drop("line")
        assert ordered.equals(getattr(one, table).drop("line"))
    columns = ["row", "field", "code", "severity", "message"]
    assert other.issues.select(columns).sort(columns).equals(one.issues.select(columns).sort(columns))
