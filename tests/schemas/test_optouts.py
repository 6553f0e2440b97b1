"""Columns that look like opt-outs and that nobody mapped."""

import polars as pl
import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from schemas.optouts import forgotten_opt_out_values, forgotten_opt_outs, is_forgotten_opt_out_file
from tests.schemas.frames import mapping_of

SUSPICIOUS = [
    *("Unsubscribed", "unsub_date", "UNSUBSCRIBE TIME", "opt_out", "OptOut", "Opted Out", "opted-out", "Email Opt Out"),
    *("blacklisted", "Black List", "suppressed", "Suppression reason", "do_not_email", "Do Not E-Mail", "doNotContact"),
    *("do-not-mail", "DNC", "Bounced", "Cleaned", "Abgemeldet am", "Newsletter abbestellt", "Désabonné", "Baja"),
    *("subscribed", "opt_in", "marketing_opt_in", "Accepts Email Marketing", "Email Marketing Status"),
]


@pytest.mark.parametrize("name", SUSPICIOUS)
def test_a_column_that_records_opt_outs_is_noticed(name: str) -> None:
    """Otherwise people who opted out are imported as subscribers."""
    assert forgotten_opt_outs(mapping_of(), ["Email Address", name]) == [name]


@pytest.mark.parametrize("name", ["OPTIN_TIME", "Options", "Company", "outlet", "contact", "email", ""])
def test_other_columns_are_not(name: str) -> None:
    """A false alarm stops a sync."""
    assert forgotten_opt_outs(mapping_of(), [name]) == []


@pytest.mark.parametrize("field", ["suppressed", "held"])
@pytest.mark.parametrize("how", [{"column": "out"}, {"value": "true"}, {"value": "false"}])
def test_a_mapping_that_names_an_opt_out_has_been_thought_about(field: str, how: dict[str, str]) -> None:
    """Even the constant `false` is a decision that somebody made."""
    mapping = mapping_of(FieldMapping(field, FieldType.BOOLEAN, **how))  # type: ignore[arg-type]  # texts only
    assert forgotten_opt_outs(mapping, SUSPICIOUS) == []


def test_all_of_them_are_named_in_the_order_of_the_header() -> None:
    """The person looks for them in the file."""
    assert forgotten_opt_outs(mapping_of(), ["unsub", "x", "blacklist"]) == ["unsub", "blacklist"]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("unsubscribes.csv", True), ("my cleaned list.csv", True), ("abgemeldet.csv", True), ("subscribed.csv", False)],
)
def test_a_file_that_lists_opt_outs_is_noticed_by_its_name(name: str, *, is_one: bool) -> None:
    """Some tools export opt-outs without a column that says so; a list of subscribers is none."""
    assert is_forgotten_opt_out_file(mapping_of(), name) is is_one


def test_a_status_that_says_unsubscribed_is_noticed() -> None:
    """The column's name says nothing there, and its values everything."""
    rows = pl.DataFrame({"Status": ["Active", " Unsubscribed"], "Note": ["he unsubscribed once", ""], "n": [1, 2]})
    assert forgotten_opt_out_values(mapping_of(), rows, rows.columns) == ["Status"]
    mapped = mapping_of(FieldMapping("suppressed", FieldType.BOOLEAN, column="Status", when=("Unsubscribed",)))
    assert forgotten_opt_out_values(mapped, rows, rows.columns) == []
