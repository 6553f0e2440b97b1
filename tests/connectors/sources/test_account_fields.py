"""What the account knows of its fields reaches every source, and a source's own word counts more."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from connectors.sources.account_fields import AccountFields, with_account_fields

FIELDS = {"custom1": {"values": ["gold"], "max_length": 10}, "custom2": {"type": "datetime"}}


def test_a_source_s_fields_are_filled_in() -> None:
    """Two sources of one field need not repeat what it holds; a field that a source does not map stays away."""
    sources = [
        {"name": "crm", "fields": {"email": "e", "custom1": "Tier", "custom2": {"column": "S", "format": "%F"}}},
        {"name": "shop", "fields": {"email": "e", "custom1": {"column": "T", "max_length": 5}}},
    ]
    filled: Any = with_account_fields(sources, FIELDS)
    crm, shop = filled
    assert crm["fields"] == {
        "email": "e",
        "custom1": {"values": ["gold"], "max_length": 10, "column": "Tier"},
        "custom2": {"type": "datetime", "column": "S", "format": "%F"},
    }
    assert shop["fields"]["custom1"] == {"values": ["gold"], "max_length": 5, "column": "T"}


@pytest.mark.parametrize(
    ("sources", "fields"),
    [
        (None, FIELDS),
        ("x", FIELDS),
        ([1, {"name": "crm"}, {"fields": 3}, {"fields": {"custom1": 3}}], FIELDS),
        ([{"fields": {"custom1": "c"}}], None),
        ([{"fields": {"custom1": "c"}}], {"custom1": 3}),
    ],
)
def test_what_is_not_shaped_so_is_left_to_be_told(sources: object, fields: object) -> None:
    """The check of the settings names its line; this one would not."""
    assert with_account_fields(sources, fields) == sources


def test_a_misspelt_setting_is_told_once() -> None:
    """It belongs to the account's field, and not to each source's."""
    assert with_account_fields([{"fields": {"custom1": "c"}}], {"custom1": {"valeus": []}}) == [
        {"fields": {"custom1": {"column": "c"}}}
    ]


def test_an_unknown_field_is_refused_with_the_nearest() -> None:
    """A limit of a field that nobody has would guard nothing."""
    with pytest.raises(ValidationError, match='Did you mean "custom1"'):
        TypeAdapter(AccountFields).validate_python({"costum1": {}})
