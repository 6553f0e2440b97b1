"""Sources whose columns have awkward names or types."""

import polars as pl
import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping, SourceMapping
from schemas.validate import validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, mapping_of

NAMES = [
    *("email", "firstName", "row", "line", "email_key", "codes", "reasons", "text", "found", "index", "column"),
    *("Vor name", "\u540d\u524d", "e\u0301", "", " ", "*", "^.*$", "a,b", 'q"q', "firstName blank", "schema", "eager"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_mapped_column_may_have_any_name(name: str) -> None:
    """Names belong to the company's own data; none may be mistaken for one of ours."""
    rows = extracted({EMAIL_COLUMN: ["a@example.com", "bad"], name: ["Ann", "Bob"]})
    result = validate(rows, mapping_of(FieldMapping("firstName", FieldType.TEXT, column=name, blank="clear")))
    assert result.contacts.select("email", "firstName").rows() == [("a@example.com", "Ann")]
    assert result.rejected.select("row", "codes", "found").rows() == [
        (2, ["email_syntax"], {EMAIL_COLUMN: "bad", name: "Bob"})
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_e_mail_column_may_have_any_name(name: str) -> None:
    """The address is found under it, for good rows and bad."""
    mapping = SourceMapping("crm", (FieldMapping("email", FieldType.EMAIL, column=name),))
    result = validate(extracted({"other": ["x", "y"], name: ["a@example.com", "bad"]}), mapping)
    assert (result.contacts["email"].to_list(), result.rejected["email"].to_list()) == (["a@example.com"], ["bad"])


def test_fields_may_be_fed_from_columns_named_like_other_fields() -> None:
    """First and last name are swapped in more exports than one thinks."""
    first = FieldMapping("firstName", FieldType.TEXT, column="lastName")
    last = FieldMapping("lastName", FieldType.TEXT, column="firstName")
    rows = extracted({EMAIL_COLUMN: ["a@example.com"], "firstName": ["Lovelace"], "lastName": ["Ada"]})
    result = validate(rows, mapping_of(first, last))
    assert result.contacts.select("firstName", "lastName").rows() == [("Ada", "Lovelace")]


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (pl.Series([[1, 2]]), None),
        (pl.Series([{"a": 1}]), None),
        (pl.Series([b"\xff"]), None),
        (pl.Series([2**63 - 1]).cast(pl.Datetime("us")), None),
        (pl.Series([1.0]), "1"),
        (pl.Series([True]), "true"),
    ],
)
def test_columns_that_nobody_mapped_do_not_matter(cells: pl.Series, shown: str | None) -> None:
    """A rejected row shows all its columns; one without a text must not end the sync."""
    result = validate(extracted({EMAIL_COLUMN: ["bad"], "other": cells}), mapping_of())
    assert result.rejected["found"].to_list() == [{EMAIL_COLUMN: "bad", "other": shown}]
