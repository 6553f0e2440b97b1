"""The kind `database`: one query or table, read as a stream in one read-only transaction."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from typing import Annotated, Final, Literal, Self
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
from pydantic import Discriminator, PositiveInt, SecretStr, Tag, model_validator

from connectors.sources.columns import TECHNICAL_FIELDS, reading_schema, refuse_mapped, with_technical
from connectors.sources.compared import compared_with_since
from connectors.sources.database_engine import Engine, Query, Target
from connectors.sources.engines import engine_for
from connectors.sources.errors import SourceBroken, SourceSettingsWrong
from connectors.sources.high_water import HighWater
from connectors.sources.reading import Reading, Request
from connectors.sources.secret import Secret
from connectors.sources.settings import SourceSettings
from connectors.sources.since import Mark, SinceSettings
from connectors.sources.sql_values import put_values, select_all

_SECRET_OPTIONS: Final = {"password", "pwd", "passcode", "token", "privatekey", "sslpassword"}


def _written_how(url: object) -> str:
    return "text" if isinstance(url, str | SecretStr) else "reference"


# Told apart by hand, so that a mistake in a reference is reported once, and as one in a reference.
Url = Annotated[Annotated[Secret, Tag("reference")] | Annotated[SecretStr, Tag("text")], Discriminator(_written_how)]


class DatabaseSettings(SourceSettings):
    """A query or a table of a database.

    Attributes:
        url: Where it is, such as `sqlite:///relative.db` or `postgresql://…`; with a password by reference only.
        query: One SELECT; `:date` stands for the day of the sync, `:since` for where the last reading ended.
        table: A table or view, `schema.table` where needed; exactly one of `query` and `table` is set.
        since: Which column says what is new, for a source that is not read whole every time.
        timeout_seconds: How long the database may run the query, and how long to wait for a locked SQLite file.
    """

    kind: Literal["database"]
    url: Url
    query: str | None = None
    table: str | None = None
    since: SinceSettings | None = None
    timeout_seconds: PositiveInt = 3600

    @model_validator(mode="after")
    def _query_or_table(self) -> Self:
        if (self.query is None) == (self.table is None):
            raise ValueError("Set exactly one of query and table.")
        if self.since is None and len(compared_with_since(self.query or "")) > 1:
            raise ValueError("The query compares several columns with :since. Say in since.column which one is new.")
        return self

    def changes(self) -> SinceSettings | None:
        """Return how what changed is told; None where the source is always read whole.

        A query that compares a column with `:since` says so itself, with every default.
        """
        if self.since is not None or not (compared := compared_with_since(self.query or "")):
            return self.since
        return SinceSettings(column=compared[0])


@contextmanager
def open_database(settings: DatabaseSettings, request: Request) -> Iterator[Reading]:
    """Open a query or table; the header is known at once, rows are read when the first batch is asked for.

    Args:
        settings: The source's settings.
        request: The reading.

    Raises:
        SourceMissing: The server, file or table is not there, locked, or may not be read; also while batches are read.
        SourceBroken: The database is damaged, or holds text that is none; also while batches are read.
        SourceSettingsWrong: The URL or the query is wrong, its driver is missing, or a mapped column holds arrays or
            binary data.
    """
    engine, target = _target(settings, request)
    query = _query(settings, engine, request)
    with ExitStack() as stack:
        with _explained(engine, target):
            found = stack.enter_context(engine.open(target, query))
        refuse_mapped(settings, found.unreadable)
        schema = reading_schema(found.header, found.types)
        facts: dict[str, str | int] = {"database": target.place}
        batches = _numbered(found.batches, schema, engine, target)
        since = settings.changes()
        if since is not None:
            _refuse_absent(settings, [since.column, *since.key], schema)
            facts["since"] = query.values["since"]
            batches = _marked(batches, schema, since, request, facts)
        yield Reading(found.header, schema, batches, facts)


@contextmanager
def open_deleted(settings: DatabaseSettings, request: Request, schema: pa.Schema) -> Iterator[Iterator[pa.RecordBatch]]:
    """Open the query of the keys of rows that are gone; without such a query there are none.

    Args:
        settings: The source's settings.
        request: The reading.
        schema: The key's columns, as the source itself gives them.

    Raises:
        SourceError: As `open_database`; the query must give the key's columns under the same types.
    """
    since = settings.changes()
    if since is None or since.deleted is None:
        yield iter(())
        return
    engine, target = _target(settings, request)
    query = _with_values(settings, engine, request, since.deleted)
    with ExitStack() as stack:
        with _explained(engine, target):
            found = stack.enter_context(engine.open(target, query))
        given = reading_schema(found.header, found.types)
        if any(name not in given.names or given.field(name).type != schema.field(name).type for name in schema.names):
            named = ", ".join(f'"{name}"' for name in schema.names)
            raise SourceSettingsWrong(
                f"Source {settings.name}: since.deleted must give {named}, of the same type as the source itself does."
            )
        yield (batch.select(schema.names) for batch in _numbered(found.batches, given, engine, target))


def _target(settings: DatabaseSettings, request: Request) -> tuple[Engine, Target]:
    stated = settings.url
    url = stated.read(request.environ) if isinstance(stated, Secret) else stated.get_secret_value()
    engine = engine_for(url.partition(":")[0], settings.name)
    try:
        parts = urlsplit(url)
        place = engine.place(url, request)
    except ValueError:
        raise SourceSettingsWrong(
            f"Source {settings.name}: the url is not a URL. Encode its special characters as %XX."
        ) from None
    secrets = _SECRET_OPTIONS.intersection(name.lower() for name in parse_qs(parts.query))
    if not isinstance(stated, Secret) and (parts.password or secrets):
        raise SourceSettingsWrong(
            f"Source {settings.name}: the url holds a password. Put the url into an environment variable, "
            "and write {env: NAME} instead."
        )
    return engine, Target(url, place, settings.timeout_seconds, request)


def _query(settings: DatabaseSettings, engine: Engine, request: Request) -> Query:
    since = settings.changes()
    written = settings.query or select_all(
        settings.table or "", engine.quote, since=None if since is None else since.column
    )
    query = _with_values(settings, engine, request, written)
    is_clear = settings.since is not None or since is None
    # What is a comment or a text in one database is none in another.
    if not is_clear and compared_with_since(written, engine.tokens) != compared_with_since(written):
        raise SourceSettingsWrong(
            f"Source {settings.name}: it is not clear which column the query compares with :since. Say so in "
            "since.column, or take the comment away."
        )
    if (since is not None) != ("since" in query.names):
        raise SourceSettingsWrong(
            f"Source {settings.name}: `since` names the column that says what is new, and the query compares it, as in "
            "`updated_at >= :since or updated_at is null`. Write both, or neither."
        )
    return query


def _with_values(settings: DatabaseSettings, engine: Engine, request: Request, written: str) -> Query:
    since = settings.changes()
    if since is not None and since.type not in engine.since:
        known = " or ".join(engine.since)
        raise SourceSettingsWrong(
            f"Source {settings.name}: this database has no {since.type}. Set since.type: {known}."
        )
    markers = {"date": engine.date, "since": engine.since[since.type].sql if since is not None else ""}
    sql, names = put_values(written, engine.tokens, markers)
    values: dict[str, Mark] = {"date": request.day.isoformat()}
    if since is not None:
        values["since"] = since.bound(request.since, engine.since[since.type].smallest)
    return Query(sql, names, values)


def _refuse_absent(settings: DatabaseSettings, columns: list[str], schema: pa.Schema) -> None:
    absent = [f'"{name}"' for name in columns if name not in schema.names]
    if absent:
        raise SourceSettingsWrong(
            f"Source {settings.name}: there is no column {', '.join(absent)}, which `since` names. Select it."
        )


@contextmanager
def _explained(engine: Engine, target: Target) -> Iterator[None]:
    try:
        yield
    except engine.faults as error:
        raise engine.explain(error, target) from None  # a driver's text may hold a URL or a row


def _numbered(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, engine: Engine, target: Target
) -> Iterator[pa.RecordBatch]:
    first = 1
    with _explained(engine, target):
        for batch in batches:
            if batch.num_rows:
                _refuse_broken_text(batch, schema, target.place)
                yield with_technical(schema, batch.columns, first)
                first += batch.num_rows


def _marked(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    since: SinceSettings,
    request: Request,
    facts: dict[str, str | int],
) -> Iterator[pa.RecordBatch]:
    """Yield the batches, and say how far they got once all of them were read."""
    highest = HighWater(since, request.day, request.since)
    first = next(batches, None)
    if first is None and highest.mark is not None:
        # No row is no news here, and no missing source: the reading has a batch, if an empty one.
        first = pa.RecordBatch.from_pylist([], schema)
    for batch in chain([] if first is None else [first], batches):
        highest.see(batch.column(since.column))
        yield batch
    if highest.mark is not None:
        facts["high_water"] = highest.mark


def _refuse_broken_text(batch: pa.RecordBatch, schema: pa.Schema, place: str) -> None:
    for name, column in zip(schema.names[len(TECHNICAL_FIELDS) :], batch.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            raise SourceBroken(f'{place}: column "{name}" holds text that is not UTF-8. Mend it.') from None
