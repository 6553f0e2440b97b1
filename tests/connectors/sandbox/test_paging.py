"""The paging struct by itself, to the letter."""

from collections.abc import Sequence
from typing import Any

import pytest

from connectors.sandbox.answers import ApiError
from connectors.sandbox.paging import Page, paged, requested_page
from connectors.sandbox.parameters import Parameters

URL = "http://127.0.0.1:1/v1/contacts/search"


def page_of(total: int, **parameters: object) -> dict[str, Any]:
    """Page through the numbers from 0."""

    def read(limit: int, offset: int) -> Sequence[dict[str, object]]:
        return [{"n": n} for n in range(total)[offset : offset + limit]]

    return paged(Parameters(parameters), URL, total, read)


@pytest.mark.parametrize(
    ("total", "page", "expected", "pages"),
    [
        (0, 1, [], 0),
        (1, 1, [0], 1),
        (2, 1, [0, 1], 1),
        (3, 1, [0, 1], 2),
        (3, 2, [2], 2),
        (4, 2, [2, 3], 2),
        (4, 3, [], 2),
        (4, 99, [], 2),
    ],
)
def test_a_page_holds_its_records(total: int, page: int, expected: list[int], pages: int) -> None:
    """No record twice, none missing, none after the end."""
    data = page_of(total, page=page, rpp=2)
    assert [record["n"] for record in data["records"]] == expected
    assert (data["paging"]["totalPages"], data["paging"]["totalRecords"]) == (pages, total)


@pytest.mark.parametrize(
    ("page", "neighbours"),
    [(1, ("", "2")), (2, ("1", "3")), (3, ("2", "")), (4, ("3", "")), (5, ("", ""))],
)
def test_links_lead_to_the_pages_beside(page: int, neighbours: tuple[str, str]) -> None:
    """`prev` and `next` are URLs, or empty where there is no such page."""
    paging = page_of(5, page=page, rpp=2)["paging"]
    links = [f"{URL}?page={number}&rpp=2" if number else "" for number in neighbours]
    assert [paging["prev"], paging["next"]] == links


def test_links_repeat_the_other_parameters() -> None:
    """Following a link keeps the filter, whatever is in it."""
    paging = page_of(99, email="a&b*@example.com", contactIDs=[1, 2], suppressed=True)["paging"]
    assert paging["next"] == f"{URL}?email=a%26b%2A%40example.com&contactIDs=1%2C2&suppressed=True&page=2&rpp=20"


def test_twenty_a_page_unless_said_otherwise() -> None:
    """The defaults of the platform's page."""
    assert requested_page(Parameters({})) == Page(1, 20)
    assert requested_page(Parameters({"page": "3", "rpp": "50"})) == Page(3, 50)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"page": 0}, 501),
        ({"rpp": 0}, 501),
        ({"rpp": 51}, 501),
        ({"page": "two"}, 500),
        ({"rpp": None}, 500),
        ({"page": -1}, 501),
    ],
)
def test_pages_out_of_bounds_are_refused(parameters: dict[str, object], code: int) -> None:
    """50 a page at most, both from 1 on."""
    with pytest.raises(ApiError) as caught:
        requested_page(Parameters(parameters))
    assert caught.value.code == code
