"""Batches that are larger than the platform takes: they shrink by themselves, without trying a size twice."""

from typing import Any

import pytest

from connectors.emfluence import Fate
from tests.connectors.emfluence.importing import emails, imported, with_fate
from tests.connectors.emfluence.platform import counted


@pytest.mark.parametrize("refusal", [{"status": 413}, {"success": 0, "code": 501, "errors": ["Too many."], "data": {}}])
def test_a_batch_that_is_too_large_shrinks(refusal: dict[str, Any]) -> None:
    """How many contacts a request may carry is not published: the night must not fail over it."""
    keys = emails(1000)
    result, requests = imported(lambda sent: refusal if len(sent) > 100 else counted(sent, set()), keys)
    assert len(with_fate(result, Fate.APPLIED)) == 1000
    assert len(requests) <= 32


def test_a_size_that_was_too_large_is_not_tried_again() -> None:
    """Each try costs a request and the upload of a body."""
    keys = emails(1000)
    _, requests = imported(lambda sent: {"status": 413} if len(sent) > 32 else counted(sent, set()), keys)
    assert [len(sent) for sent in requests[:6]] == [1000, 500, 250, 125, 62, 31]
    assert max(len(sent) for sent in requests[6:]) <= 32


def test_of_two_equal_halves_only_one_is_tried() -> None:
    """What is as large as what was too large is too large."""
    result, requests = imported(lambda sent: {"status": 413} if len(sent) > 1 else counted(sent, set()), emails(4))
    assert [len(sent) for sent in requests] == [4, 2, 1, 1, 1, 1]
    body = '{"contacts":[{"email": "p0@example.com"},{"email": "p1@example.com"}]}'
    assert f"A request of {len(body)} bytes was too large; set smaller batches." in result.anomalies


def test_rows_that_are_each_too_large_are_refused_one_by_one() -> None:
    """A single row is sent even if one of its size was refused: nothing else tells what becomes of it."""
    result, requests = imported(lambda _: {"status": 413}, emails(2))
    assert with_fate(result, Fate.REFUSED) == [0, 1]
    assert [len(sent) for sent in requests] == [2, 1, 1]


def test_a_single_row_that_is_too_large_is_refused() -> None:
    """It cannot shrink any further."""
    result, _ = imported(lambda _: {"status": 413}, emails(1))
    assert result.verdicts[0].fate is Fate.REFUSED
    assert result.verdicts[0].sentences == ("The request is larger than the platform takes.",)
