"""Time zones: the names of the pinned package, not of the host."""

from importlib.metadata import version
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from connectors.sources.timezones import TimezoneName, timezone_names

NAME: TypeAdapter[str] = TypeAdapter(TimezoneName)


def test_every_name_is_a_zone() -> None:
    """Whatever is accepted can be used for reading times."""
    assert len(timezone_names()) > 400, version("tzdata")
    for name in timezone_names():
        assert ZoneInfo(name).key == name


@pytest.mark.parametrize("name", ["UTC", "America/Chicago", "Europe/Kyiv", "Etc/GMT+5"])
def test_usual_names_are_known(name: str) -> None:
    """Names old and new are accepted as they are written."""
    assert NAME.validate_python(name) == name


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("america/chicago", 'Did you mean "America/Chicago"?'),
        ("Europe/Pariss", 'Did you mean "Europe/Paris"?'),
        ("+02:00", "Use an IANA name"),
        ("", "Use an IANA name"),
        ("../etc/passwd", "Use an IANA name"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, nearest: str) -> None:
    """A typing error is answered with the zone that was meant."""
    with pytest.raises(ValidationError) as caught:
        NAME.validate_python(name)
    assert nearest in str(caught.value)
