"""Walking through pages: all of them, each once, by number, and never where a URL in an answer points."""

import json
from typing import Any

import pytest

from connectors.emfluence import errors
from connectors.emfluence.paging import records
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.scripted import serving, success


def page(number: Any, total: Any, ids: list[int], **paging: Any) -> bytes:
    """Write one page of records."""
    places = {"page": number, "totalPages": total, "next": "http://127.0.0.1:9/v1/steal", **paging}
    return success({"paging": places, "records": [{"contactID": id_} for id_ in ids]})


def ids_found(clock: Clock, *pages: bytes) -> tuple[list[int], list[dict[str, Any]]]:
    """Search; return the ids found and the parameters of each request."""
    with serving(*pages) as script, client_on(script.base_url, clock) as client:
        found = [record["contactID"] for record in records(client, "contacts", "search", {"groupID": 7})]
    return found, [json.loads(body) for _, body in script.received]


def test_all_pages_are_read_by_number(clock: Clock) -> None:
    """The URL in `next` could name another host: it is not followed."""
    found, sent = ids_found(clock, page(1, 3, [1, 2]), page(2, 3, [3, 4]), page(3, 3, [5]))
    assert found == [1, 2, 3, 4, 5]
    assert sent == [{"rpp": 50, "groupID": 7, "page": number} for number in (1, 2, 3)]


def test_one_page_is_one_request(clock: Clock) -> None:
    """Numbers may be texts."""
    found, sent = ids_found(clock, page("1", "1", [1]))
    assert (found, len(sent)) == ([1], 1)


@pytest.mark.parametrize("total", [0, 5, "", None])
def test_an_empty_page_is_the_last(total: Any, clock: Clock) -> None:
    """Records may vanish while we read, so that the last pages come empty."""
    found, sent = ids_found(clock, page(1, total, []))
    assert (found, len(sent)) == ([], 1)


def test_pages_are_asked_for_as_they_are_needed(clock: Clock) -> None:
    """Who wants the first record does not pay for all."""
    with serving(page(1, 3, [1]), page(2, 3, [2])) as script, client_on(script.base_url, clock) as client:
        found = records(client, "contacts", "search", {})
        assert script.requests == 0
        assert next(found) == {"contactID": 1}
    assert script.requests == 1


def test_another_page_than_asked_for_is_not_taken_for_it(clock: Clock) -> None:
    """A platform that ignores the number would give the first page again and again."""
    with pytest.raises(errors.UnknownAnswer, match="another page"):
        ids_found(clock, page(1, 3, [1]), page(1, 3, [1]))


@pytest.mark.parametrize(
    "data",
    [{}, {"records": None}, {"records": [1]}, {"records": {"a": 1}}, {"records": []}, {"records": [], "paging": []}],
)
def test_what_is_no_page_is_not_taken_for_an_empty_one(data: dict[str, Any], clock: Clock) -> None:
    """An answer without records would pass for "nobody has unsubscribed"."""
    with pytest.raises(errors.UnknownAnswer, match="contacts/search"):
        ids_found(clock, success(data))


def test_a_missing_page_number_is_no_fault(clock: Clock) -> None:
    """The number only confirms what was asked for."""
    step = success({"paging": {"totalPages": 1}, "records": [{"contactID": 1}]})
    assert ids_found(clock, step)[0] == [1]
