"""E09: a success that carries errors. Imports judge it row by row; to every other call it is no answer at all."""

from typing import Any

import pytest

from connectors.emfluence import Fate, errors
from connectors.emfluence.envelope import read_envelope
from connectors.emfluence.exchange import read_import_answer
from connectors.emfluence.protocol import Answer
from connectors.emfluence.verdicts import BOTH, COUNTED_WITH_ERROR, ERRORS_OF_NOBODY, judge
from tests.connectors.emfluence.bodies import GOOD, changed
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.importing import emails, imported, with_fate
from tests.connectors.emfluence.platform import counted
from tests.connectors.emfluence.scripted import serving, success

EMAILS = ["a@example.com", "b@example.com", "c@example.com"]
LETTERS = {Fate.APPLIED: "a", Fate.APPLIED_WITH_WARNING: "w", Fate.REFUSED: "r", Fate.UNKNOWN: "?"}


def fates(said: list[str], applied: object, warnings: tuple[str, ...] = (), keys: list[str] | None = None) -> str:
    """Judge a success with errors and a count of applied rows; return one letter per row, or "split"."""
    data = {"recordsInserted": 0, "recordsUpdated": applied}
    judgement = judge(Answer(data, warnings, tuple(said)), EMAILS if keys is None else keys)
    assert BOTH in judgement.anomalies
    if judgement.verdicts is None:
        return "split"
    return "".join(LETTERS[verdict.fate] for verdict in judgement.verdicts)


@pytest.mark.parametrize(
    ("said", "applied", "told"),
    [
        (["B@example.com is bad"], 2, "ara"),
        (["Row 1 is bad", "c@example.com is bad"], 1, "rar"),
        (["Row 1 is bad", "Row 2 is bad", "Row 3 is bad"], 0, "rrr"),
        (["b@example.com is bad"], 3, "a?a"),
        (["Row 1 is bad", "Row 3 is bad"], 3, "?a?"),
        (["b@example.com is bad"], 1, "split"),
        (["b@example.com is bad"], 0, "split"),
        (["b@example.com is bad"], 4, "split"),
        (["eve@example.com is bad"], 3, "aaa"),
        (["eve@example.com is bad"], 2, "split"),
        (["Something failed"], 3, "???"),
        (["Something failed"], 2, "???"),
        (["Row 7 is bad"], 3, "???"),
        (["a@example.com belongs to b@example.com"], 2, "???"),
        (["b@example.com is bad"], None, "???"),
    ],
)
def test_the_table_is_closed(said: list[str], applied: object, told: str) -> None:
    """E09: a row that an error names is refused where the counts agree, never applied, and flagged always."""
    assert fates(said, applied) == told


@pytest.mark.parametrize(
    ("said", "applied", "told"),
    [
        (["Bad name"], 0, "r"),
        (["Bad name"], 1, "?"),
        (["eve@example.com is bad"], 1, "a"),
        (["a@example.com is bad"], 2, "?"),
    ],
)
def test_a_single_row(said: list[str], applied: object, told: str) -> None:
    """E09: the last word of the splitting: what is both counted and failed stays unknown, and is sent again."""
    assert fates(said, applied, keys=EMAILS[:1]) == told


def test_warnings_beside_errors_stay_warnings() -> None:
    """A row that is only warned about is applied; one that an error names as well is not."""
    assert fates(["Row 1 is bad"], 3, ("Row 1 is odd", "Row 2 is odd")) == "?wa"
    assert fates(["Row 1 is bad"], 1, ("Row 2 is odd",)) == "rra"
    assert fates(["Row 1 is bad"], 2, ("Row 2 is odd",)) == "split"
    assert fates(["Row 1 is bad"], 2, ("Something is odd",)) == "???"


def test_the_reason_stands_beside_the_platform_s_words() -> None:
    """A person who reads why a row is pending must see both."""
    data = {"recordsInserted": 0, "recordsUpdated": 3}
    named = judge(Answer(data, errors=("Row 2 is bad",)), EMAILS).verdicts
    nobody = judge(Answer(data, errors=("Something is bad",)), EMAILS)
    assert named is not None
    assert nobody.verdicts is not None
    assert named[1].sentences == (COUNTED_WITH_ERROR, "Row 2 is bad")
    assert nobody.verdicts[0].sentences == (ERRORS_OF_NOBODY,)
    assert nobody.unplaced == ("Something is bad",)


def test_an_import_tells_the_failed_row_from_one_request() -> None:
    """E09: the named row is refused in the platform's words, all others are applied, and somebody is told."""
    keys = emails(100)
    result, requests = imported(lambda sent: counted(sent, {keys[3]}) | {"errors": ["P3@example.com: bad"]}, keys)
    assert with_fate(result, Fate.REFUSED) == [3]
    assert (len(with_fate(result, Fate.APPLIED)), len(requests)) == (99, 1)
    assert result.verdicts[3].sentences == ("P3@example.com: bad",)
    assert result.anomalies == (BOTH,)


def test_errors_that_the_counts_do_not_explain_are_split() -> None:
    """E09: one row is named, two are missing; the other one is found without a word about it."""
    keys = emails(40)
    bad = {keys[3], keys[30]}

    def rule(sent: list[str]) -> dict[str, Any]:
        return counted(sent, bad) | {"errors": [f"{keys[3]}: bad"] * (keys[3] in sent)}

    result, _ = imported(rule, keys)
    assert with_fate(result, Fate.REFUSED) == [3, 30]
    assert len(with_fate(result, Fate.APPLIED)) == 38


@pytest.mark.parametrize("said", [["No."], "No.", {"row": 3}])
def test_to_any_other_call_it_is_no_answer(said: object, clock: Clock) -> None:
    """E09: a saved contact that also failed is neither; the question is asked again, and then left open."""
    with (
        serving(success({"contactID": 1}, errors=said)) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.UnknownAnswer, match="success with errors"),
    ):
        client.call("contacts", "save", email="a@example.com")
    assert script.requests == 6


def test_errors_are_read_beside_a_success_only_where_they_are_asked_for() -> None:
    """All else about the envelope stays as strict."""
    body = changed(GOOD, {"errors": ["Row 3 failed.", ""]})
    assert read_envelope(body, errors_beside_success=True).errors == ("Row 3 failed.",)
    assert read_envelope(changed(GOOD, {}), errors_beside_success=True).errors == ()


def test_a_token_in_such_an_error_is_masked(clock: Clock) -> None:
    """Its sentence is kept in a table, where a token must not be."""
    answer = success({"recordsInserted": 0, "recordsUpdated": 0}, errors=["Row 1: CANARY-7F3A-TOKEN"])
    with serving(answer) as script, client_on(script.base_url, clock) as client:
        read = client.exchange("contacts", "import", b"{}", read_import_answer)
    assert read.errors == ("Row 1: [secret]",)
