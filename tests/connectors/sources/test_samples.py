"""The sample exports of other programs, read whole: their headers and habits are real."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.errors import SourceSettingsWrong
from tests.connectors.sources.opening import Held, read

SAMPLES = Path(__file__).parents[2] / "samples"
MANIFEST: dict[str, dict[str, Any]] = json.loads((SAMPLES / "manifest.json").read_text("utf-8"))

# The sample in Windows-1252 holds ASCII only, which is the same in UTF-8.
FOUND_AS = {"utf-16": "utf-16-le", "cp1252": "utf-8"}


def sample(name: str, column: str) -> Held:
    """Read a sample whose addresses are in this column."""
    return read(SAMPLES, None, kind="csv", path=name, fields={"email": column})


@pytest.mark.parametrize("name", [name for name, said in MANIFEST.items() if said["email_column"]])
def test_a_sample_is_read_whole(name: str) -> None:
    """Encoding, separator, rows and addresses are those that the manifest names, without a setting."""
    said = MANIFEST[name]
    held = sample(name, said["email_column"])
    place = held.header.index(said["email_column"])
    assert len(held.rows) == said["data_rows"]
    assert not held.faults
    assert held.facts["separator"] == said["separator"]
    assert held.facts["encoding"] == FOUND_AS.get(said["encoding"], said["encoding"])
    assert set(said["valid_unique"]) <= {cells[place].lower() for cells in held.cells}


def test_a_header_that_repeats_the_address_is_refused() -> None:
    """Three columns that differ only by case: none of them is guessed."""
    for column in ("email", "Email", "EMAIL"):
        with pytest.raises(SourceSettingsWrong, match="is ambiguous"):
            sample("dup_headers_case.csv", column)


def test_quoted_lists_line_ends_and_formulas_are_kept() -> None:
    """The cells that other programs quote come back as they were meant."""
    mailchimp = sample("mailchimp_subscribed.csv", "Email Address")
    assert mailchimp.rows[1][-1] == '"VIP","Blog"'
    assert mailchimp.rows[3][2] == "INDIE\\, TOWN..."
    outlook = sample("outlook.csv", "E-mail Address")
    assert outlook.rows[1][7] == "1 High St\r\nFlat 2"
    formulas = sample("formula_cells.csv", "email")
    assert [cells[1] for cells in formulas.cells] == ['=HYPERLINK("http://example.net","x")', "@SUM(1+9)", "-2+3"]
    assert sample("excel_unicode_text_utf16_tab.txt", "Email").cells == [("sam@example.com", "Såm")]
    assert sample("activecampaign.csv", "Email").rows[1][3] == "0102030405"
