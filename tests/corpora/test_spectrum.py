"""The score of csv-spectrum, kept by files of our own for each of its cases."""

import json
from pathlib import Path

import pytest

from tests.corpora import spectrum

CASES = {
    "comma_in_quotes": (
        'name,town,land\nAnn,"York, North",UK\n',
        [{"name": "Ann", "town": "York, North", "land": "UK"}],
    ),
    "empty": ('a,b,c\n1,"",""\n,2,3\n', [{"a": "1", "b": "", "c": ""}, {"a": "", "b": "2", "c": "3"}]),
    "empty_crlf": ('a,b\r\n1,""\r\n"",2\r\n', [{"a": "1", "b": ""}, {"a": "", "b": "2"}]),
    "escaped_quotes": (
        'a,b\n1,"the ""best"" one"\n"""x""",2\n',
        [{"a": "1", "b": 'the "best" one'}, {"a": '"x"', "b": "2"}],
    ),
    "json": (
        'key,value\n1,"{""kind"": ""point"", ""at"": [1, 2.5]}"\n',
        [{"key": "1", "value": '{"kind": "point", "at": [1, 2.5]}'}],
    ),
    "newlines": ('a,b\n1,"one\ntwo"\n"x\n\ny",4\n', [{"a": "1", "b": "one\ntwo"}, {"a": "x\n\ny", "b": "4"}]),
    "newlines_crlf": ('a,b\r\n1,"one\r\ntwo"\r\n', [{"a": "1", "b": "one\r\ntwo"}]),
    "quotes_and_newlines": ('a,b\n1,"ha\n""ha""\nha"\n3,4\n', [{"a": "1", "b": 'ha\n"ha"\nha'}, {"a": "3", "b": "4"}]),
    "simple": ("a,b,c\n1,2,3", [{"a": "1", "b": "2", "c": "3"}]),
    "simple_crlf": ("a,b,c\r\n1,2,3\r\n", [{"a": "1", "b": "2", "c": "3"}]),
    "utf8": ("a,b,c\n1,2,3\n4,5,ʤ\n", [{"a": "1", "b": "2", "c": "3"}, {"a": "4", "b": "5", "c": "ʤ"}]),
}


def laid_out(folder: Path, cases: dict[str, tuple[str, list[dict[str, str]]]]) -> Path:
    """Write cases as the set lays them out."""
    for part in ("csvs", "json"):
        (folder / part).mkdir()
    for name, (content, meant) in cases.items():
        (folder / "csvs" / f"{name}.csv").write_bytes(content.encode())
        (folder / "json" / f"{name}.json").write_text(json.dumps(meant), encoding="utf-8")
    return folder


def test_every_case_is_right(tmp_path: Path) -> None:
    """Each is read to the byte, and nothing is set aside."""
    result = spectrum.score(laid_out(tmp_path, CASES))
    assert result.counts == {"right": len(CASES)}
    assert result.wrong == []


@pytest.mark.parametrize("content", ["a,b\n1,3\n", "a,b\n1\n", "b,a\n1,2\n", "a,b\n1,2\n1,2\n", "a,b\n", ""])
def test_what_differs_is_wrong(tmp_path: Path, content: str) -> None:
    """Also a refusal: these files are sound."""
    result = spectrum.score(laid_out(tmp_path, {"one": (content, [{"a": "1", "b": "2"}])}))
    assert len(result.wrong) == 1
