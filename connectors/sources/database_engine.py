"""What one database needs to say so that `database` can read it; which ones there are stands in `engines`."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from connectors.sources.errors import SourceError
from connectors.sources.reading import Request
from connectors.sources.since import Mark, SinceType


@dataclass(frozen=True)
class Target:
    """Where to connect to.

    Attributes:
        url: The URL, which may hold a password.
        place: The same for people, without user, password and options.
        timeout: How many seconds the database may take.
        request: The reading.
    """

    url: str = field(repr=False)
    place: str
    timeout: int
    request: Request = field(repr=False)


@dataclass(frozen=True)
class Query:
    """What to read.

    Attributes:
        sql: One SELECT, whose placeholders are the engine's.
        names: The placeholders in the order in which they stand there.
        values: What each of them is bound to.
    """

    sql: str
    names: tuple[str, ...]
    values: Mapping[str, Mark] = field(repr=False)

    def bound(self) -> tuple[Mark, ...]:
        """Return a value per placeholder, in their order."""
        return tuple(self.values[name] for name in self.names)


@dataclass(frozen=True)
class Found:
    """An open query.

    Attributes:
        header: The column names, repeats included.
        types: The type under which each column travels.
        unreadable: The columns that hold no text, number, date or time.
        batches: The rows under those types; the query may run when the first batch is asked for.
    """

    header: tuple[str, ...]
    types: tuple[pa.DataType, ...]
    unreadable: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]


class Since(NamedTuple):
    """The SQL that stands for `:since`, and the value that no value of such a column is below."""

    sql: str
    smallest: Mark


@dataclass(frozen=True)
class Engine:
    """How one database is read.

    Attributes:
        place: Says where a URL points to, for people.
        tokens: What `sql_values.put_values` must know of its SQL.
        quote: What stands around a name.
        date: The SQL that stands for `:date`.
        since: The SQL that stands for `:since`, by what it is; a type that is left out cannot be compared there.
        open: Opens a query within a read-only transaction that sees one state of the database.
        faults: The exceptions of its driver.
        explain: Names one of them by what the caller can do, without its text where that may hold data.
    """

    place: Callable[[str, Request], str]
    tokens: re.Pattern[str]
    quote: str
    date: str
    since: Mapping[SinceType, Since]
    open: Callable[[Target, Query], AbstractContextManager[Found]]
    faults: tuple[type[Exception], ...]
    explain: Callable[[Exception, Target], SourceError]
