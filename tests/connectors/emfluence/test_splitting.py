"""Batches that one answer does not explain: split until each row is known, in a bounded number of requests."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.emfluence import Fate
from connectors.emfluence.imports import FRUITLESS_REQUESTS, MOST_REQUESTS
from tests.connectors.emfluence.importing import emails, imported, with_fate
from tests.connectors.emfluence.platform import counted


@pytest.mark.parametrize("count", [1, 2, 3, 100, 1000])
@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_a_silent_refusal_is_found_by_halving(count: int, where: float) -> None:
    """The counts alone show that a row is missing; about two requests per halving show which."""
    keys = emails(count)
    bad = round(where * (count - 1))
    result, requests = imported(lambda sent: counted(sent, {keys[bad]}), keys)
    assert with_fate(result, Fate.REFUSED) == [bad]
    assert len(with_fate(result, Fate.APPLIED)) == count - 1
    assert len(requests) <= 2 * math.ceil(math.log2(count)) + 1
    assert (result.inserted, result.updated) == (0, count - 1)


def test_rows_that_are_named_are_split_off_first() -> None:
    """One of two named rows is refused, the other only warned about: a handful of requests tells, not twenty."""
    keys = emails(1000)

    def rule(sent: list[str]) -> dict[str, Any]:
        said = [f"{email} is odd" for email in (keys[7], keys[8]) if email in sent]
        return counted(sent, {keys[8]}, said)

    result, requests = imported(rule, keys)
    assert with_fate(result, Fate.REFUSED) == [8]
    assert with_fate(result, Fate.APPLIED_WITH_WARNING) == [7]
    assert sorted(len(sent) for sent in requests) == [1, 1, 2, 998, 1000]


def test_one_row_that_is_named_is_split_off_too() -> None:
    """It explains one of two missing rows; the other one is looked for without it."""
    keys = emails(100)
    result, requests = imported(lambda sent: counted(sent, {keys[7], keys[99]}, [f"{keys[7]} is bad"]), keys)
    assert with_fate(result, Fate.REFUSED) == [7, 99]
    assert sorted(len(sent) for sent in requests[:3]) == [1, 99, 100]


def test_rows_keep_the_order_in_which_they_were_given() -> None:
    """Splitting must not mix up what is sent for whom."""
    keys = emails(50)
    _, requests = imported(lambda sent: counted(sent, {keys[20]}), keys)
    assert all(sent == sorted(sent, key=keys.index) for sent in requests)


@pytest.mark.parametrize("code", [300, 301, 302, 303, 500, 501, 502])
def test_a_batch_refused_for_one_row_is_split(code: int) -> None:
    """One bad value must not keep the other rows out."""
    keys = emails(20)

    def rule(sent: list[str]) -> dict[str, Any]:
        if keys[6] in sent:
            return {"success": 0, "code": code, "errors": ["p6@example.com: no."], "data": {}, "requestID": "BAD"}
        return counted(sent, set())

    result, _ = imported(rule, keys)
    assert with_fate(result, Fate.REFUSED) == [6]
    assert result.verdicts[6].sentences == ("[address]: no.",)
    assert (len(with_fate(result, Fate.APPLIED)), result.updated) == (19, 19)
    assert "BAD" in result.request_ids


def test_a_fault_outside_the_rows_ends_after_a_few_requests() -> None:
    """A group that does not exist refuses every row; a request for each would take all night."""
    refusal = {"success": 0, "code": 501, "errors": ["There is no group 9."], "data": {}}
    result, requests = imported(lambda _: refusal, emails(1000))
    assert len(requests) == FRUITLESS_REQUESTS
    assert with_fate(result, Fate.APPLIED) == []
    unknown = with_fate(result, Fate.UNKNOWN)
    assert len(unknown) > 990
    assert "There is no group 9." in result.verdicts[unknown[0]].sentences[0]


def test_requests_are_bounded() -> None:
    """Every second row is refused in silence: what is not found out stays unknown, and is sent again next time."""
    keys = emails(1000)
    bad = set(keys[::2])
    result, requests = imported(lambda sent: counted(sent, bad), keys)
    assert len(requests) <= MOST_REQUESTS
    assert {keys[position] for position in with_fate(result, Fate.REFUSED)} <= bad
    assert not {keys[position] for position in with_fate(result, Fate.APPLIED)} & bad
    assert with_fate(result, Fate.UNKNOWN)


def test_the_bound_is_a_setting() -> None:
    """Who has time may look longer."""
    keys = emails(64)
    result, requests = imported(lambda sent: counted(sent, set(keys[::2])), keys, most_requests=1000)
    assert with_fate(result, Fate.UNKNOWN) == []
    assert len(requests) <= 127


def test_impossible_counts_are_looked_into() -> None:
    """E10: eleven of ten; the halves count right, so every row is known, and the oddity is kept."""

    def rule(sent: list[str]) -> dict[str, Any]:
        answer = counted(sent, set())
        answer["data"]["recordsUpdated"] += len(sent) == 10
        return answer

    result, requests = imported(rule, emails(10))
    assert (len(with_fate(result, Fate.APPLIED)), len(requests), result.updated) == (10, 3, 10)
    assert result.anomalies[0] == "The answer counts 0 inserted and 11 updated of 10 rows."


def test_inserted_rows_count_as_inserted_although_they_are_sent_again() -> None:
    """The second time they are there already; the report must say what happened to the account."""
    keys, known = emails(10), set[str]()

    def rule(sent: list[str]) -> dict[str, Any]:
        good = [email for email in sent if email != keys[4]]
        new = [email for email in good if email not in known]
        known.update(good)
        data = {"recordsInserted": len(new), "recordsUpdated": len(good) - len(new), "recordsInData": len(sent)}
        return {"success": 1, "code": 0, "data": data}

    result, _ = imported(rule, keys)
    assert (result.inserted, result.updated) == (9, 0)


STYLES = {
    "email": lambda email, _: f"Contact {email.upper()} was not saved",
    "row": lambda _, row: f"Row {row} was not saved",
    "both": lambda email, row: f'Row {row} ("{email}") was not saved',
    "nobody": lambda *_: "A contact was not saved",
    "silent": None,
}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40),
    st.sets(st.integers(0, 39), max_size=6),
    st.sets(st.integers(0, 39), max_size=4),
    st.sampled_from(sorted(STYLES)),
)
def test_no_row_is_ever_told_wrong(count: int, refused: set[int], warned: set[int], style: str) -> None:
    """Over all sets of refused and of merely warned rows, and all kinds of warnings: applied is applied."""
    keys = emails(count)
    bad = {keys[position] for position in refused if position < count}
    odd = {keys[position] for position in warned if position < count}
    say = STYLES[style]

    def rule(sent: list[str]) -> dict[str, Any]:
        spoken_of = [(email, row) for row, email in enumerate(sent, 1) if email in bad | odd]
        return counted(sent, bad, [say(email, row) for email, row in spoken_of] if say else [])

    result, _ = imported(rule, keys, most_requests=10_000)
    assert {keys[position] for position in with_fate(result, Fate.REFUSED)} == bad
    assert len(with_fate(result, Fate.UNKNOWN)) == 0
    assert result.updated == count - len(bad)


def test_a_large_batch_with_one_bad_row_is_not_given_up() -> None:
    """From 100,000 rows down to one takes more requests than a fruitless batch gets; the counts tell."""
    keys = emails(100_000)
    result, _ = imported(lambda sent: counted(sent, {keys[0]}), keys)
    assert with_fate(result, Fate.REFUSED) == [0]
    assert len(with_fate(result, Fate.APPLIED)) == 99_999
