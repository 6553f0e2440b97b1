"""Formats of dates are recognised where one alone can be meant."""

import polars as pl
import pytest

from schemas.recognised import day_format, moment_format


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["2026-11-24", None, " "], "%Y-%m-%d"),
        (["11/24/2026"], "%m/%d/%Y"),
        (["24/11/2026", "01/02/2026"], "%d/%m/%Y"),
        (["24.11.2026"], "%d.%m.%Y"),
        (["24 Nov 2026"], "%d %b %Y"),
        (["05/05/2026"], "%m/%d/%Y"),  # both readings are the same day
        (["01/02/2026"], None),
        (["11/24/2026", "24/11/2026"], None),
        (["24.11.26"], None),  # of which century?
        (["0/0/00"], None),
        ([None, ""], None),
    ],
)
def test_days(texts: list[str | None], found: str | None) -> None:
    """Every text has to fit, and no other format may read it as another day."""
    assert day_format(pl.Series(texts, dtype=pl.String)) == found


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["2026-11-24 10:30:00"], "%Y-%m-%d %H:%M:%S"),
        (["2026-11-24T10:30:00"], "%Y-%m-%dT%H:%M:%S"),
        (["11/24/2026 2:30 PM"], "%m/%d/%Y %I:%M %p"),
        (["13-04-2022 10:00"], "%d-%m-%Y %H:%M"),
        (["12-04-2022 09:30"], None),
        (["2026-11-24"], None),
    ],
)
def test_moments(texts: list[str], found: str | None) -> None:
    """A day without a time is no moment."""
    assert moment_format(pl.Series(texts)) == found
