"""The kind `database`: one query or table, read as a stream in one read-only transaction through ADBC."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Final, Literal, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_manager.dbapi import Connection
from pydantic import Discriminator, PositiveInt, SecretStr, Tag, model_validator

from connectors.sources.columns import TECHNICAL_FIELDS, reading_schema, refuse_mapped, with_technical
from connectors.sources.database_engine import Engine, Target
from connectors.sources.errors import SourceBroken, SourceSettingsWrong
from connectors.sources.postgresql import POSTGRESQL
from connectors.sources.reading import Reading, Request
from connectors.sources.secret import Secret
from connectors.sources.settings import SourceSettings
from connectors.sources.sql_day import put_day, select_all
from connectors.sources.sqlite import SQLITE

ENGINES: Final = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "postgres": POSTGRESQL}

_DRIVER_ERRORS = (Error, pa.ArrowException, OSError)


def _written_how(url: object) -> str:
    return "text" if isinstance(url, str | SecretStr) else "reference"


# Told apart by hand, so that a mistake in a reference is reported once, and as one in a reference.
Url = Annotated[Annotated[Secret, Tag("reference")] | Annotated[SecretStr, Tag("text")], Discriminator(_written_how)]


class DatabaseSettings(SourceSettings):
    """A query or a table of a database.

    Attributes:
        url: `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://…`; with a password by reference only.
        query: One SELECT; `:date` stands for the day of the sync.
        table: A table or view, `schema.table` where needed; exactly one of `query` and `table` is set.
        timeout_seconds: How long PostgreSQL may run the query, and how long to wait for a locked SQLite file.
    """

    kind: Literal["database"]
    url: Url
    query: str | None = None
    table: str | None = None
    timeout_seconds: PositiveInt = 3600

    @model_validator(mode="after")
    def _query_or_table(self) -> Self:
        if (self.query is None) == (self.table is None):
            raise ValueError("Set exactly one of query and table.")
        return self

    def sql(self) -> str:
        """Return the query to read."""
        return self.query if self.query is not None else select_all(self.table or "")


@contextmanager
def open_database(settings: DatabaseSettings, request: Request) -> Iterator[Reading]:
    """Open a query or table; the header is known at once, the query runs when the first batch is asked for.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceMissing: The server, file or table is not there, locked, or may not be read; also while batches are read.
        SourceBroken: The database is damaged, or holds text that is none; also while batches are read.
        SourceSettingsWrong: The URL or the query is wrong, or a mapped column holds arrays or binary data.
    """
    engine, target = _target(settings, request)
    query, uses_day = put_day(settings.sql(), engine.tokens, engine.day)
    bound = (request.day.isoformat(),) if uses_day and engine.binds_day else None
    with ExitStack() as stack:
        with _explained(engine, target):
            connection = stack.enter_context(engine.connect(target))
            found = _probe(connection, _Statement(engine.probe(query), bound))
        header = tuple(found.names)
        refuse_mapped(settings, [field.name for field in found if engine.unreadable(field)])
        schema = reading_schema(header, [engine.type_of(field) for field in found])
        statement = _Statement(engine.read(query, found), bound)
        batches = _batches(connection, statement, schema, engine, target)
        yield Reading(header, schema, batches, {"database": target.place})


class _Statement(NamedTuple):
    sql: str
    bound: tuple[str, ...] | None


def _target(settings: DatabaseSettings, request: Request) -> tuple[Engine, Target]:
    stated = settings.url
    url = stated.read(request.environ) if isinstance(stated, Secret) else stated.get_secret_value()
    scheme = url.partition(":")[0]
    if scheme not in ENGINES:
        known = "sqlite:///file.db and postgresql://user@host/database"
        raise SourceSettingsWrong(f"Source {settings.name}: this kind of database is not supported; use {known}.")
    try:
        parts = urlsplit(url)
        place = ENGINES[scheme].place(url, request)
    except ValueError:
        raise SourceSettingsWrong(
            f"Source {settings.name}: the url is not a URL. Encode its special characters as %XX."
        ) from None
    if not isinstance(stated, Secret) and (parts.password or "password" in parse_qs(parts.query)):
        raise SourceSettingsWrong(
            f"Source {settings.name}: the url holds a password. Put the url into an environment variable, "
            "and write {env: NAME} instead."
        )
    return ENGINES[scheme], Target(url, place, settings.timeout_seconds, request)


@contextmanager
def _explained(engine: Engine, target: Target) -> Iterator[None]:
    try:
        yield
    except _DRIVER_ERRORS as error:
        raise engine.explain(error, target) from None  # a driver's text may hold a URL or a row


def _probe(connection: Connection, statement: _Statement) -> pa.Schema:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetch_record_batch().schema


def _batches(
    connection: Connection,
    statement: _Statement,
    schema: pa.Schema,
    engine: Engine,
    target: Target,
) -> Iterator[pa.RecordBatch]:
    first, lead = 1, engine.lead_rows
    with _explained(engine, target), connection.cursor() as cursor:
        cursor.execute(*statement)
        for found in cursor.fetch_record_batch():
            batch = found.slice(lead)
            lead = 0
            if batch.num_rows:
                _refuse_broken_text(batch, schema, target.place)
                yield with_technical(schema, batch.columns, first)
                first += batch.num_rows


def _refuse_broken_text(batch: pa.RecordBatch, schema: pa.Schema, place: str) -> None:
    for name, column in zip(schema.names[len(TECHNICAL_FIELDS) :], batch.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            raise SourceBroken(f'{place}: column "{name}" holds text that is not UTF-8. Mend it.') from None
