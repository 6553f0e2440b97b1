"""Settings: what may be written, what is filled in, and what is refused with which words."""

import pytest
from pydantic import ValidationError

from connectors.sources.database import DatabaseSettings
from connectors.sources.settings import FieldSettings
from schemas.fields import EMAIL_MAX_LENGTH, FieldType
from schemas.mapping import FieldMapping
from tests.connectors.sources.opening import settings


def refusal(**given: object) -> str:
    """Return what is said against these settings of a CSV file."""
    with pytest.raises(ValidationError) as caught:
        settings(**{"kind": "csv", "path": "people.csv", **given})
    return str(caught.value)


def test_a_bare_string_is_a_column_and_the_defaults_are_the_fields_own() -> None:
    """The smallest settings do what the documentation says they do."""
    mapping = settings(kind="csv", path="p.csv", fields={"email": "E-mail", "dateOfBirth": "DOB"}).mapping()
    assert mapping.source == "crm"
    assert mapping.priority == 1
    assert mapping.columns == ("E-mail", "DOB")
    assert mapping.fields == (
        FieldMapping("email", FieldType.EMAIL, column="E-mail", max_length=EMAIL_MAX_LENGTH),
        FieldMapping("dateOfBirth", FieldType.DATE, column="DOB"),
    )


def test_everything_that_is_set_reaches_the_mapping() -> None:
    """No setting is accepted and then forgotten."""
    fields = {
        "email": "email",
        "custom1": {
            "column": "Signed up",
            "type": "datetime",
            "format": "%m/%d/%Y",
            "timezone": "Europe/Paris",
            "blank": "clear",
        },
        "suppressed": {"column": "Status", "when": ["Unsubscribed"]},
        "originalSource": {"value": "CRM"},
    }
    mapping = settings(
        kind="csv", path="p.csv", timezone="America/Chicago", priority=2, groups=[9, 7, 9], fields=fields
    ).mapping()
    _, custom, suppressed, origin = mapping.fields
    assert custom == FieldMapping(
        "custom1",
        FieldType.DATETIME,
        column="Signed up",
        formats=("%m/%d/%Y",),
        timezone="Europe/Paris",
        blank="clear",
        max_length=4000,
    )
    assert (suppressed.when, suppressed.type, suppressed.timezone) == (
        ("Unsubscribed",),
        FieldType.BOOLEAN,
        "America/Chicago",
    )
    assert (origin.value, origin.column) == ("CRM", None)
    assert (mapping.priority, mapping.group_ids) == (2, (7, 9))


def test_a_list_of_formats_keeps_its_order() -> None:
    """Formats are tried in the order in which they are written."""
    assert FieldSettings(column="DOB", format=("%d.%m.%Y", "%Y")).format == ("%d.%m.%Y", "%Y")


def test_an_unknown_field_is_refused_with_the_nearest_one() -> None:
    """A typing error in a field's name is found before the night, not by missing data."""
    said = refusal(fields={"email": "email", "firstname": "Name", "shoeSize": "Shoe"})
    assert '"firstname" is not a field of a contact. Did you mean "firstName"?' in said
    assert '"shoeSize" is not a field of a contact.' in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"fields": {"firstName": "Name"}}, "email is required"),
        ({"fields": {"email": {"value": "a@example.com"}}}, "email must come from a column"),
        ({"fields": {"email": {"column": "email", "type": "text"}}}, "leave its type out"),
        ({"fields": {"email": "email", "notes": {"column": "a", "value": "b"}}}, "exactly one of column and value"),
        ({"fields": {"email": "email", "notes": {}}}, "exactly one of column and value"),
        ({"fields": {"email": "email", "notes": {"column": "a", "format": "%Y"}}}, "notes: format is for a date"),
        ({"fields": {"email": "email", "notes": {"column": "a", "when": ["x"]}}}, "notes: when is for a boolean"),
        ({"fields": {"email": {"column": "email", "colour": 1}}}, "colour"),
        ({"timezone": "America/Chicagoo"}, 'Did you mean "America/Chicago"?'),
        ({"name": "My CRM"}, "name"),
        ({"name": "crm\n"}, "name"),
        ({"priority": 0}, "priority"),
        ({"groups": [0]}, "groups"),
        ({"delimiter": ";"}, "delimiter"),
        ({"separator": ";;"}, "one ASCII character"),
        ({"separator": "x"}, "one ASCII character"),
        ({"quote": "\n"}, "one ASCII character"),
        ({"separator": '"'}, "must differ"),
        ({"encoding": "utf-9"}, "not an encoding that Python knows"),
        ({"encoding": "hex"}, "not an encoding that Python knows"),
        ({"path": "{day}.csv"}, "no other braces"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, object], words: str) -> None:
    """Each setting that could not work is refused with a sentence that names it."""
    assert words in refusal(**given)


def test_a_refusal_does_not_repeat_the_value() -> None:
    """A secret written into the wrong place does not end up in a log through the message about it."""
    for url in ({"env": "not a name: hunter2"}, {"env": "URL", "password": "hunter2"}):
        with pytest.raises(ValidationError) as caught:
            DatabaseSettings.model_validate(
                {"name": "shop", "kind": "database", "table": "people", "url": url, "fields": {"email": "email"}}
            )
        assert "hunter2" not in str(caught.value)
        assert "url.reference" in str(caught.value)


def test_exactly_one_of_query_and_table() -> None:
    """A database source never has two ideas of what to read."""
    for given in ({}, {"query": "select 1", "table": "people"}):
        with pytest.raises(ValidationError, match="exactly one of query and table"):
            settings(kind="database", url="sqlite:///a.db", **given)


def test_an_unknown_kind_names_the_kinds_there_are() -> None:
    """Whoever mistypes the kind sees the list."""
    with pytest.raises(ValidationError, match="must be one of csv, parquet, database"):
        settings(kind="cvs", path="p.csv")


def test_a_url_does_not_show_in_a_printed_form() -> None:
    """Printed settings never show a password."""
    shown = repr(settings(kind="database", url="postgresql://ann:hunter2@host/db", table="people"))
    assert "hunter2" not in shown
