"""Work on one slice while the next one is made: most of a step's time is spent outside of Python."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield items in their order, making the next one in another thread while the present one is worked on.

    Whatever making one raises is raised here, in its place.
    """
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(_next, items)
        while made := coming.result():
            coming = worker.submit(_next, items)
            yield made[0]


def _next(items: Iterator[T]) -> tuple[T] | None:
    for item in items:
        return (item,)
    return None
