"""Pages of records: the `paging` struct and the slice that belongs to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from connectors.sandbox.answers import ApiError, Code
from connectors.sandbox.parameters import Parameters

DEFAULT_RECORDS_PER_PAGE: Final = 20
MAX_RECORDS_PER_PAGE: Final = 50
PAGING_PARAMETERS: Final = ("page", "rpp")


@dataclass(frozen=True)
class Page:
    """Which records a call asks for.

    Attributes:
        number: The page, from 1.
        size: Records per page.
    """

    number: int
    size: int


def requested_page(parameters: Parameters) -> Page:
    """Read `page` and `rpp`; 20 a page unless said otherwise, 50 at most (API: Responses, paging).

    Raises:
        ApiError: 501 where either is out of bounds.
    """
    number, size = parameters.integer("page"), parameters.integer("rpp")
    page = Page(1 if number is None else number, DEFAULT_RECORDS_PER_PAGE if size is None else size)
    if page.number < 1:
        raise ApiError(Code.BAD_VALUE, 'The parameter "page" must be at least 1.')
    if not 1 <= page.size <= MAX_RECORDS_PER_PAGE:
        raise ApiError(Code.BAD_VALUE, f'The parameter "rpp" must be from 1 to {MAX_RECORDS_PER_PAGE}.')
    return page


def paged(
    parameters: Parameters, url: str, total: int, read: Callable[[int, int], Sequence[dict[str, object]]]
) -> dict[str, object]:
    """Make the `data` of a call that answers many records.

    Args:
        parameters: The call's own; `next` and `prev` repeat them.
        url: The endpoint's URL, without parameters.
        total: How many records match.
        read: Gives the records for a limit and an offset.
    """
    page = requested_page(parameters)
    pages = -(-total // page.size)

    def link(number: int) -> str:
        return f"{url}?{urlencode({**_repeatable(parameters), 'page': number, 'rpp': page.size})}"

    paging = {
        "next": link(page.number + 1) if page.number < pages else "",
        "prev": link(page.number - 1) if 1 < page.number <= pages + 1 else "",
        "page": page.number,
        "rpp": page.size,
        "totalPages": pages,
        "totalRecords": total,
    }
    offset = min((page.number - 1) * page.size, total)
    return {"paging": paging, "records": list(read(page.size, offset))}


def _repeatable(parameters: Parameters) -> dict[str, str]:
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in parameters.values.items()
    }
