"""What a kind of source is. A package that adds one imports this module alone; docs/add-a-source.md builds one."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, NamedTuple, TypeVar

import polars as pl

from connectors.sources.errors import (
    SourceBroken,
    SourceEmpty,
    SourceError,
    SourceMissing,
    SourceSettingsWrong,
)
from connectors.sources.frames import Frame, open_frames
from connectors.sources.reading import Reading, Request
from connectors.sources.secret import Secret
from connectors.sources.settings import SourceSettings

__all__ = [
    "Frame",
    "Kind",
    "Reading",
    "Request",
    "Secret",
    "SourceBroken",
    "SourceEmpty",
    "SourceError",
    "SourceMissing",
    "SourceSettings",
    "SourceSettingsWrong",
    "source_kind",
]

S = TypeVar("S", bound=SourceSettings)


class Kind(NamedTuple):
    """A kind of source: what it is told, and how it is opened.

    The opener checks what only its kind can know; the header and emptiness are `open_source`'s to check, so its batches
    start reading when the first one is asked for.
    """

    settings: type[SourceSettings]
    open: Callable[[Any, Request], AbstractContextManager[Reading]]


def source_kind(settings: type[S], read: Callable[[S, Request], Iterable[Frame] | pl.LazyFrame]) -> Kind:
    """Return the kind that these two make. Rows are numbered and counted, and errors are named, by us.

    Args:
        settings: What a source of the kind is told in sync.yaml; `kind` in it is the literal name of the kind.
        read: Yields the source's rows piece by piece, every piece with the same columns of the same types, or returns
            them as a LazyFrame. What a generator has open is closed as soon as nobody wants more of its rows.
    """
    return Kind(settings, partial(open_frames, read))
