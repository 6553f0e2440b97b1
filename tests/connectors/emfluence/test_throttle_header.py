"""How many seconds a throttle header names, if any."""

import pytest

from connectors.emfluence.pace import throttle_seconds

DOCUMENTED = (
    "Request was throttled for 2 seconds. 2 requests are running.  The maximum is 5 requests.  "
    "4 requests processed in the last 1 second"
)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2),
        ("1", 1),
        (" 60 ", 60),
        ("5s", 5),
        ("7 seconds", 7),
        (DOCUMENTED, 2),
        ("0", 0),
        ("61", 0),
        ("-3", 0),
        ("1000000000", 0),
        ("9" * 5000, 0),
        ("2.5", 0),
        ("", 0),
        ("slow down", 0),
        ("4 requests processed", 0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
        ("٣", 3),
    ],
)
def test_seconds_are_read_only_where_they_are_meant(header: str, seconds: float) -> None:
    """The header's text is specified by one example; a number in it may count anything."""
    assert throttle_seconds(header) == seconds
