"""The score of the JSON Schema Test Suite, kept by its texts as they lie in `tests/schemas/corpora`."""

import json
from pathlib import Path
from typing import Any

from tests.corpora import formats
from tests.schemas.test_corpora import FORMATS


def laid_out(folder: Path, sets: dict[str, list[tuple[Any, bool]]]) -> Path:
    """Write texts as the suite lays them out."""
    for name in (*formats.FORMS, *formats.KINDS):
        tests = [{"data": text, "valid": valid} for text, valid in sets.get(name, [])]
        (folder / f"{name}.json").write_text(json.dumps([{"description": name, "tests": tests}]), encoding="utf-8")
    return folder


def test_no_address_is_taken_that_is_none(tmp_path: Path) -> None:
    """With their forms allowed, addresses are judged as the suite does."""
    result = formats.score(laid_out(tmp_path, FORMATS))
    assert result.wrong == []
    assert (result.counts["email alike"], result.counts["idn-email alike"]) == (16, 4)
    assert (result.counts["date alike"], result.counts["date-time alike"]) == (39, 15)


def test_what_is_judged_otherwise_is_told_apart(tmp_path: Path) -> None:
    """An address that is none is wrong; a date beyond the format is counted; what no cell can hold is left out."""
    sets: dict[str, list[tuple[Any, bool]]] = {
        "email": [("a@b.de", False), ("a", True), (None, True), ([], True)],
        "date": [("1998-1-20", False)],
    }
    result = formats.score(laid_out(tmp_path, sets))
    assert result.wrong == ["email 'a@b.de': email invalid, taken"]
    assert result.counts == {"email invalid, taken": 1, "email valid, not taken": 1, "date invalid, taken": 1}
