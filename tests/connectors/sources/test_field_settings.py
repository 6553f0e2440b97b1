"""Settings of one field: what is refused before the night, and with which words."""

import pytest
from pydantic import ValidationError

from tests.connectors.sources.opening import settings


def refusal(name: str, **given: object) -> str:
    """Return what is said against one field's settings."""
    with pytest.raises(ValidationError) as caught:
        settings(kind="csv", path="p.csv", fields={"email": "email", name: {"column": "c", **given}})
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("dateOfBirth", {"format": "%q"}, 'dateOfBirth: the format "%q" cannot be used: %q is no directive'),
        ("dateOfBirth", {"format": ["%m/%d/%Y", "%m/%Y"]}, 'the format "%m/%Y" cannot be used: it has no day.'),
        ("custom1", {"type": "datetime", "format": "%m/%d %H:%M"}, "it has no year."),
        ("dateOfBirth", {"max_length": 5}, "max_length is for a text, and this is read as date; leave it out."),
        ("userID", {"max_length": 5}, "max_length is for a text, and this is read as integer; leave it out."),
        ("dateOfBirth", {"pattern": "x"}, "pattern is for a text or an integer"),
        ("suppressed", {"values": ["x"]}, "values is for a text or an integer"),
        ("dateOfBirth", {"timezone": "UTC"}, "timezone is for a datetime, and this is read as date; set its type."),
        ("custom1", {"form": "name", "type": "text"}, "form is for a country"),
        ("custom1", {"flag": []}, "flag is for an e-mail"),
        ("custom1", {"pattern": "("}, "no regular expression"),
        ("custom1", {"values": [True]}, "valid string"),
        ("custom1", {"values": [""]}, "at least 1"),
        ("custom1", {"values": [" x"]}, '" x" among values can never be there'),
        ("custom1", {"column": None, "value": "2024-13-01", "type": "date"}, "the value cannot be read as date."),
    ],
)
def test_what_could_not_work_is_refused(name: str, given: dict[str, object], said: str) -> None:
    """Each would be ignored, or be an issue of every row."""
    assert said in refusal(name, **given)


def test_patterns_and_lists_reach_the_mapping() -> None:
    """No setting is accepted and then forgotten; whole numbers are the digits that they were written with."""
    fields = {"email": "email", "custom1": {"column": "c", "type": "integer", "values": [1, "2"], "pattern": "[0-9]"}}
    _, custom = settings(kind="csv", path="p.csv", fields=fields).mapping().fields
    assert (custom.values, custom.pattern) == (("1", "2"), "[0-9]")
