"""What is true of every slice, whatever stands in it: all kinds of fields, with all that may be set for them."""

import random
from dataclasses import replace

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.contact import column_type, contact_schema
from schemas.fields import FieldType
from schemas.issues import IssueCode, Severity
from schemas.mapping import AddressDoubt, AddressForm, FieldMapping, SourceMapping
from schemas.rows import ROW
from schemas.validate import Validated, validate
from schemas.winners import KEYS, choose_winners
from tests.schemas.frames import EMAIL_COLUMN, extracted
from tests.schemas.strategies import CELLS, EXAMPLES, ROWS, SEVERITIES

DASH = ("N/A", "-")
CHICAGO = "America/Chicago"
FIELDS = (
    FieldMapping("email", FieldType.EMAIL, EMAIL_COLUMN, flag=tuple(AddressDoubt)),
    FieldMapping("custom1", FieldType.EMAIL, "Other", allow=tuple(AddressForm)),
    FieldMapping("firstName", FieldType.TEXT, "Name", max_length=10, blank="clear"),
    FieldMapping("custom2", FieldType.TEXT, "Code", values=("gold", "7"), blank_words=DASH),
    FieldMapping("customerID", FieldType.TEXT, "Code", pattern="[A-Z]+[0-9]*", max_length=255),
    FieldMapping("custom3", FieldType.INTEGER, "Code", values=("7", "3"), blank_words=DASH),
    FieldMapping("userID", FieldType.INTEGER, "Owner"),
    FieldMapping("dateOfBirth", FieldType.DATE, "Born"),
    FieldMapping("custom4", FieldType.DATE, "Met", formats=("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%Y%m%d", "excel")),
    FieldMapping("custom5", FieldType.DATETIME, "Seen", timezone=CHICAGO, blank="clear"),
    FieldMapping(
        "custom6",
        FieldType.DATETIME,
        "Bought",
        formats=("%d.%m.%Y %H:%M", "%d.%m.%y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "epoch"),
        timezone="Europe/London",
    ),
    FieldMapping("suppressed", FieldType.BOOLEAN, "Out"),
    FieldMapping("held", FieldType.BOOLEAN, "Status", when=("bounced",), blank_words=DASH),
    FieldMapping("custom7", FieldType.BOOLEAN, "Status", when=("*",)),
    *(
        FieldMapping(name, kind, column, country="US", country_column="Country", blank_words=DASH)
        for name, kind, column in (
            ("phone", FieldType.PHONE, "Phone"),
            ("state", FieldType.STATE, "State"),
            ("zipCode", FieldType.POSTAL_CODE, "ZIP"),
        )
    ),
    FieldMapping("fax", FieldType.PHONE, "Phone"),
    FieldMapping("country", FieldType.COUNTRY, "Country", form="name", blank_words=("N/A",)),
    FieldMapping("originalSource", FieldType.TEXT, value="CRM"),
)
MAPPING = SourceMapping("crm", FIELDS)
# What was sent is read as the platform's own text, whatever it was written like in the source.
REREAD = SourceMapping(
    "crm",
    tuple(
        replace(
            field,
            column=field.field,
            value=None,
            formats=(),
            timezone="UTC",
            when=(),
            blank="keep",
            country_column=None if field.country_column is None else "country",
        )
        for field in FIELDS
    ),
)

Row = tuple[str | None, ...]


def frame(rows: list[Row]) -> pl.DataFrame:
    """Return drawn rows as extracted ones."""
    columns = {name: [row[place] for row in rows] for place, name in enumerate(CELLS, start=1)}
    return extracted(columns, faults=[row[0] for row in rows])


def typed(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return wire text as the types that the schema checks."""
    wire = contacts.with_columns(pl.col(pl.String).replace("", None))
    return wire.select(pl.col("row").alias(ROW), *(_typed(field) for field in FIELDS))


def _typed(field: FieldMapping) -> pl.Expr:
    text = pl.col(field.field)
    match field.type:
        case FieldType.DATE:
            return text.str.to_date("%Y-%m-%d")
        case FieldType.DATETIME:
            return text.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC")
        case FieldType.BOOLEAN:
            return pl.when(text.is_not_null()).then(text == "true").alias(field.field)
        case kind:
            return text.cast(column_type(kind))


def numbers(result: Validated) -> list[int]:
    """Return the row numbers of contacts and rejected rows together, in order."""
    return sorted([*result.contacts["row"], *result.rejected["row"]])


def test_every_type_of_field_is_among_them() -> None:
    """What is not drawn is not tested."""
    assert {field.type for field in FIELDS} == set(FieldType)


@EXAMPLES
@given(ROWS, SEVERITIES)
def test_every_row_ends_once(rows: list[Row], severity: dict[IssueCode, Severity]) -> None:
    """Rows read are contacts or set aside, each once, and exactly those with a rejecting issue are set aside."""
    result = validate(frame(rows), replace(MAPPING, severity=severity))
    assert numbers(result) == list(range(1, len(rows) + 1))
    rejecting = result.issues.filter(pl.col("severity") == Severity.REJECT)["row"].unique().sort()
    assert result.rejected["row"].to_list() == rejecting.to_list()
    assert all(result.rejected["codes"].list.len() > 0)
    assert result.issues["severity"].null_count() == result.issues["message"].null_count() == 0


@EXAMPLES
@given(ROWS, SEVERITIES)
def test_what_is_blanked_is_not_sent_and_nothing_else_is_lost(
    rows: list[Row], severity: dict[IssueCode, Severity]
) -> None:
    """A field of a contact is empty because its cell was, or because an issue says so."""
    result = validate(frame(rows), replace(MAPPING, severity=severity))
    cells = {
        (row, field.field): line[list(CELLS).index(field.column) + 1]
        for row, line in enumerate(rows, start=1)
        for field in FIELDS
        if field.column is not None
    }
    blanked = set(result.issues.filter(pl.col("severity") == Severity.BLANK).select("row", "field").rows())
    for contact in result.contacts.to_dicts():
        for field in FIELDS:
            place = (contact["row"], field.field)
            assert place not in blanked or contact[field.field] is None
            full = any(one.isascii() and one.isalnum() for one in cells.get(place) or "") and cells[place] != "N/A"
            assert not full or place in blanked or contact[field.field]


@EXAMPLES
@given(ROWS)
def test_what_was_accepted_is_valid_and_the_same_when_it_is_read_again(rows: list[Row]) -> None:
    """A second reading that differed would be an update every night; one that failed was sent in vain."""
    contacts = validate(frame(rows), MAPPING).contacts
    again = validate(extracted(contacts.drop("row", "line", "email_key").to_dict(), [None] * len(contacts)), REREAD)
    assert set(again.issues["severity"]) <= {Severity.WARN}  # what stayed as it is deserves its look again
    once = contacts.drop("row", "line").with_columns(pl.col(pl.String).replace("", None))  # cleared is blank
    assert again.contacts.drop("row", "line").equals(once)
    contact_schema(MAPPING).validate(typed(contacts), lazy=True)


@EXAMPLES
@given(ROWS, SEVERITIES)
def test_slices_of_one_row_say_the_same_as_the_whole(rows: list[Row], severity: dict[IssueCode, Severity]) -> None:
    """Where a slice ends is a matter of memory, never of result."""
    whole, mapping = frame(rows), replace(MAPPING, severity=severity)
    one = validate(whole, mapping)
    slices = [validate(whole.slice(place, 1), mapping) for place in range(max(len(rows), 1))]
    assert pl.concat(part.contacts for part in slices).equals(one.contacts)
    assert pl.concat(part.rejected for part in slices).equals(one.rejected)
    assert pl.concat(part.issues for part in slices).sort(pl.all()).equals(one.issues.sort(pl.all()))


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


@EXAMPLES
@given(ROWS, ROWS)
def test_rows_of_two_sources_are_accepted_rejected_or_duplicates(rows: list[Row], others: list[Row]) -> None:
    """Nobody is lost between two sources, and nobody is sent twice."""
    results = [validate(frame(one), MAPPING) for one in (rows, others)]
    keys = pl.concat(_keys(result, rank) for rank, result in enumerate(results))
    choice = choose_winners(keys, [[7], [8]])
    duplicates = set(choice.duplicates.select("rank", "row").rows())
    winners = [one for one in keys.select("rank", "row").rows() if one not in duplicates]
    assert len(winners) == keys["email_key"].n_unique()
    rejected = sum(len(result.rejected) for result in results)
    assert len(winners) + len(duplicates) + rejected == len(rows) + len(others)


def _keys(result: Validated, rank: int) -> pl.DataFrame:
    opt_outs = {name: pl.col(name) == "true" for name in ("suppressed", "held")}
    columns = {"rank": pl.lit(rank), "priority": pl.lit(1), "newest": pl.lit(None, pl.String), **opt_outs}
    keys = result.contacts.select("email_key", "row", **{name: columns[name] for name in KEYS if name in columns})
    return keys.select(KEYS.names()).cast(KEYS).with_columns(pl.col(*opt_outs).fill_null(value=False))
