"""That no fault of the list is without a test: each row's id stands in the name or the docstring of one that runs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.emfluence.fault_rows import FAULT_ROWS

ROW: re.Pattern[str] = re.compile(r"\b(?:[NEGHA]\d\d|F\d{3})\b")
HERE = Path(__file__)


def claims(source: str) -> Iterator[str]:
    """Yield the rows that a test module claims: in a test's docstring, or in a text that begins a case's name."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        if function.name.startswith("test_"):
            yield from ROW.findall(ast.get_docstring(function) or "")
    docstrings = {id(function.body[0].value) for function in functions if isinstance(function.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from ROW.findall(node.value.partition(" ")[0])


def test_every_row_is_claimed_and_every_claim_is_a_row() -> None:
    """A row that is struck from a test, or misspelt, shows here."""
    modules = [path for path in HERE.parent.glob("test_*.py") if path != HERE]
    claimed = {row for path in modules for row in claims(path.read_text(encoding="utf-8"))}
    assert claimed == set(FAULT_ROWS)


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ('def test_it():\n    """N01: one, and E02."""', ["N01", "E02"]),
        ('def helper():\n    """N01 is made here."""', []),
        ('CASES = {"F204 a permission": 1, "not F200": 2}', ["F204"]),
        ('CASES = {f"E02 {status}": status for status in (429, 500)}', ["E02"]),
        ("# N01 in a comment", []),
    ],
)
def test_what_counts_as_a_claim(source: str, rows: list[str]) -> None:
    """A remark about a row is no test of it."""
    assert list(claims(source)) == rows


def test_the_list_is_whole() -> None:
    """As many rows of each kind as the list has."""
    kinds = {kind: sum(row.startswith(kind) for row in FAULT_ROWS) for kind in "NEFGHA"}
    assert kinds == {"N": 15, "E": 11, "F": 20, "G": 5, "H": 6, "A": 2}
