"""Moments to and from the platform: GMT, and never without the time."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from connectors.emfluence.errors import WrongSettings
from connectors.emfluence.moments import gmt_text, read_moment
from connectors.emfluence.protocol import encoded

MOMENT = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))


def test_a_moment_is_written_in_gmt_with_its_time() -> None:
    """API: a bare date is not converted from GMT, "which can produce unexpected results"."""
    assert gmt_text(MOMENT) == "2025-12-31 22:30:00"
    assert gmt_text(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01 00:00:00"


def test_a_date_is_written_as_a_date() -> None:
    """API: yyyy-mm-dd for date parameters."""
    assert gmt_text(date(2026, 1, 1)) == "2026-01-01"


def test_a_moment_without_a_zone_is_refused() -> None:
    """It could be any of some forty moments."""
    with pytest.raises(WrongSettings, match="time zone"):
        gmt_text(MOMENT.replace(tzinfo=None))


def test_parameters_hold_moments_at_any_depth() -> None:
    """Custom fields hold datetimes, too."""
    body = encoded({"from": MOMENT, "customFields": {"custom1": {"value": MOMENT}}}, "any/thing")
    text = "2025-12-31 22:30:00"
    assert json.loads(body) == {"from": text, "customFields": {"custom1": {"value": text}}}


def test_a_moment_is_read_as_utc() -> None:
    """What the platform writes comes back as the same moment."""
    assert read_moment("2022-01-18 09:01:12") == datetime(2022, 1, 18, 9, 1, 12, tzinfo=UTC)
    assert read_moment(gmt_text(MOMENT)) == MOMENT


@pytest.mark.parametrize("text", ["2022-13-18 09:01:12", "2022-01-18", "{ts '2022-01-18'}", "", None, 5])
def test_what_is_no_moment_is_none(text: object) -> None:
    """A date in another form is not guessed at."""
    assert read_moment(text) is None
