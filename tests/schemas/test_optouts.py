"""Columns that look like opt-outs and that nobody mapped."""

import pytest

from schemas.fields import FieldType
from schemas.mapping import FieldMapping
from schemas.optouts import forgotten_opt_outs
from tests.schemas.frames import mapping_of

SUSPICIOUS = [
    *("Unsubscribed", "unsub_date", "UNSUBSCRIBE TIME", "opt_out", "OptOut", "Opted Out", "opted-out", "Email Opt Out"),
    *("blacklisted", "Black List", "suppressed", "Suppression reason", "do_not_email", "Do Not E-Mail", "doNotContact"),
    *("do-not-mail",),
]


@pytest.mark.parametrize("name", SUSPICIOUS)
def test_a_column_that_records_opt_outs_is_noticed(name: str) -> None:
    """Otherwise people who opted out are imported as subscribers."""
    assert forgotten_opt_outs(mapping_of(), ["Email Address", name]) == [name]


@pytest.mark.parametrize("name", ["subscribed", "opt_in", "Options", "Company", "outlet", "contact", "email", ""])
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
