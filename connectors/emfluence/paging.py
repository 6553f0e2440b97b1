"""Walks through the pages of a search, record by record."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connectors.emfluence.client import Client
from connectors.emfluence.envelope import whole_number
from connectors.emfluence.errors import Facts, UnknownAnswer
from connectors.emfluence.protocol import Answer

RECORDS_PER_PAGE: Final = 50
"""API: "has a default max value of 50"."""


def records(
    client: Client, resource: str, method: str, parameters: Mapping[str, object]
) -> Iterator[Mapping[str, Any]]:
    """Yield every record of a search; pages are asked for as they are needed.

    Pages are asked for by number. The URL that `paging.next` holds is never followed: it could name another host,
    and the token would go there.

    Raises:
        UnknownAnswer: An answer holds no records, or those of another page.
        Failure: Any other of `errors`.
    """
    page = 1
    while True:
        answer = client.send(resource, method, {"rpp": RECORDS_PER_PAGE, **parameters, "page": page})
        found, is_last = _page(answer, page, f"{resource}/{method}")
        yield from found
        if is_last:
            return
        page += 1


def _page(answer: Answer, page: int, endpoint: str) -> tuple[list[Mapping[str, Any]], bool]:
    found, paging = answer.data.get("records"), answer.data.get("paging")
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise UnknownAnswer("The answer holds no list of records.", Facts(endpoint, request_id=answer.request_id))
    if not isinstance(paging, dict):
        raise UnknownAnswer("The answer does not say which page it is.", Facts(endpoint, request_id=answer.request_id))
    if found and whole_number(paging.get("page", page)) != page:
        raise UnknownAnswer(
            "The answer is another page than was asked for.", Facts(endpoint, request_id=answer.request_id)
        )
    return found, not found or page >= (whole_number(paging.get("totalPages")) or 0)
