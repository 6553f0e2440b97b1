"""The settings file that newcomers start from: every line of it that is commented out works when it is not."""

import re
from importlib.resources import files

import pytest

from pipelines.settings_file import parse_settings

TEMPLATE = files("pipelines.cli").joinpath("sync_template.yaml").read_text("utf-8").replace("{today}", "2026-11-24")
# A key that is commented out, with the more indented lines that belong to it.
SWITCHED_OFF = re.compile(r"^( *)# \w+:.*(?:\n\1#  .*)*", re.MULTILINE)


@pytest.mark.parametrize("lines", [found.group() for found in SWITCHED_OFF.finditer(TEMPLATE)])
def test_what_is_switched_on_is_valid(lines: str) -> None:
    """Whoever takes the # away finds out that it works."""
    switched_on = re.sub(r"^( *)# ", r"\1", lines, flags=re.MULTILINE)
    assert parse_settings(TEMPLATE.replace(lines, switched_on, 1), "sync.yaml").sources


@pytest.mark.parametrize(
    "word", ["country", "blank_words", "severity", "flag", "pattern", "values", "form", "max_length", "when", "blank"]
)
def test_the_settings_that_decide_are_shown(word: str) -> None:
    """What nobody sees is set by nobody."""
    assert f"{word}: " in TEMPLATE
