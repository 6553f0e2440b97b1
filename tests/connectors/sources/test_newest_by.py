"""The column that says how new a row is: how it is written in the settings, and that it is there like any other."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.sources.columns import check_header
from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.settings import SourceSettings
from schemas.fields import FieldType
from schemas.mapping import NEWEST_BY, FieldMapping


def settings_with(newest_by: object, **more: Any) -> SourceSettings:
    """Return a source's settings."""
    return SourceSettings.model_validate(
        {"name": "crm", "kind": "csv", "fields": {"email": "Email"}, "newest_by": newest_by, **more}
    )


def newest_mapping(settings: SourceSettings) -> FieldMapping:
    """Return how the column is read."""
    return next(one for one in settings.mapping().fields if one.field == NEWEST_BY)


def test_a_bare_string_is_a_column_of_datetimes() -> None:
    """The usual case takes two words; zone and blank words are the source's."""
    mapping = newest_mapping(settings_with("Updated", timezone="America/Chicago", blank_words=["never"]))
    assert (mapping.column, mapping.type) == ("Updated", FieldType.DATETIME)
    assert (mapping.timezone, mapping.blank_words) == ("America/Chicago", ("never",))


def test_all_that_a_datetime_can_be_told() -> None:
    """It is read as any other day or moment."""
    one = {"column": "Updated", "format": "%d.%m.%Y %H:%M", "timezone": "Europe/Berlin", "blank_words": ["-"]}
    mapping = newest_mapping(settings_with(one, timezone="America/Chicago", blank_words=["never"]))
    assert (mapping.formats, mapping.timezone, mapping.blank_words) == (("%d.%m.%Y %H:%M",), "Europe/Berlin", ("-",))
    days = newest_mapping(settings_with({"column": "Day", "type": "date", "format": ["%m/%d/%Y", "%Y-%m-%d"]}))
    assert (days.type, days.formats) == (FieldType.DATE, ("%m/%d/%Y", "%Y-%m-%d"))


@pytest.mark.parametrize(
    ("newest_by", "said"),
    [
        ({"column": "Updated", "type": "text"}, "Input should be"),
        ({"column": "Updated", "type": "date", "timezone": "UTC"}, "timezone is for a datetime"),
        ({"column": "Updated", "format": "newest"}, 'the format "newest" cannot be used: it has no %'),
        ({"column": "Updated", "timezone": "Chicago"}, "America/Chicago"),
        ({"format": "%Y"}, "Field required"),
        ({"column": "Updated", "blank": "clear"}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_work_is_refused(newest_by: object, said: str) -> None:
    """Before it decides who wins."""
    with pytest.raises(ValidationError, match=said):
        settings_with(newest_by)


def test_a_missing_or_ambiguous_column_is_refused_by_its_name() -> None:
    """Without it the choice would fall back on the order of the settings, and nobody would know."""
    settings = settings_with("Updated")
    assert settings.mapping().columns == ("Email", "Updated")
    check_header(settings, ["Email", "Updated"])
    with pytest.raises(SourceSettingsWrong, match=r'column "Updated" is not there\. Did you mean "Updated on"'):
        check_header(settings, ["Email", "Updated on"])
    with pytest.raises(SourceSettingsWrong, match='column "Updated" is ambiguous'):
        check_header(settings, ["Email", "Updated", "UPDATED"])


def test_nothing_else_may_stand_in_its_place() -> None:
    """What says how new a row is must be a day or a moment, or texts would be compared."""
    with pytest.raises(ValueError, match="newest_by is read as date or datetime, never as text"):
        FieldMapping(NEWEST_BY, FieldType.TEXT, "Updated")
