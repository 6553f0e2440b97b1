"""What one database needs to say so that `database` can read it; which ones there are stands in that file."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pyarrow as pa
from adbc_driver_manager.dbapi import Connection

from connectors.sources.errors import SourceError
from connectors.sources.reading import Request


@dataclass(frozen=True)
class Target:
    """Where to connect to.

    Attributes:
        url: The URL, which may hold a password.
        place: The same for people, without user, password and options.
        timeout: How long the database may take, in seconds.
        request: The reading.
    """

    url: str = field(repr=False)
    place: str
    timeout: int
    request: Request = field(repr=False)


@dataclass(frozen=True)
class Engine:
    """How one database is read.

    Attributes:
        place: Says where a URL points to, for people.
        connect: Opens a connection within a read-only transaction that sees one state of the database.
        tokens: What `sql_day.put_day` must know of its SQL.
        day: The SQL that stands for the day.
        binds_day: Whether that SQL is a parameter of the query; else `connect` has bound the day already.
        probe: Turns a query into one that is cheap and has the same columns.
        read: Turns a query with these columns into the one to read.
        type_of: The type that a column of the probe has in the query to read.
        lead_rows: How many rows the query to read has before the source's own.
        unreadable: Tells whether a column of the probe holds no text, number, date or time.
        explain: Names a driver's error by what the caller can do, without its text where that may hold data.
    """

    place: Callable[[str, Request], str]
    connect: Callable[[Target], AbstractContextManager[Connection]]
    tokens: re.Pattern[str]
    day: str
    binds_day: bool
    probe: Callable[[str], str]
    read: Callable[[str, pa.Schema], str]
    type_of: Callable[[pa.Field], pa.DataType]
    lead_rows: int
    unreadable: Callable[[pa.Field], bool]
    explain: Callable[[Exception, Target], SourceError]
