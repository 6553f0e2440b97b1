"""That `docs/platform.md` points at what is there: every path, every constant, every number of pacing and retries."""

import re
from pathlib import Path

import pytest

from connectors.emfluence import pace, retrying

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "platform.md").read_text(encoding="utf-8")
PLACES = sorted(set(re.findall(r"`((?:schemas|connectors|pipelines|tests)/[\w/]+\.py)`((?:, `\w+`)*)", PAGE)))


@pytest.mark.parametrize(("path", "names"), PLACES, ids=[path for path, _ in PLACES])
def test_a_place_in_the_code_is_there_and_holds_what_is_named(path: str, names: str) -> None:
    """A page that points nowhere is worse than none."""
    source = (ROOT / path).read_text(encoding="utf-8")
    assert [name for name in re.findall(r"\w+", names) if name not in source] == []


@pytest.mark.parametrize("setting", sorted(set(re.findall(r"`destination\.(?:oauth\.)?(\w+)`", PAGE))))
def test_a_setting_is_there(setting: str) -> None:
    """Who finds an assumption wrong changes a setting and not the code."""
    assert f"    {setting}: " in (ROOT / "pipelines" / "settings.py").read_text(encoding="utf-8")


def test_its_numbers_are_the_code_s() -> None:
    """Written out for people, they must not drift apart from the constants."""
    assert f"any {pace.WINDOW_SECONDS} s" in PAGE
    assert f"by one every {pace.RECOVERY_SECONDS:.0f} s" in PAGE
    assert f"at most {retrying.ATTEMPTS} times within {retrying.TOTAL_SECONDS / 60:.0f} minutes" in PAGE
    assert (pace.FORBIDDEN_PAUSE_SECONDS, pace.TOO_MANY_PAUSE_SECONDS) == (30, 5)
    assert "half a minute, after code 5 one connection and 5 seconds" in PAGE
