"""A database with the usual groups, for tests that need no server."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from connectors.sandbox.access import ADMINISTRATOR, Caller
from connectors.sandbox.answers import ApiError
from connectors.sandbox.contacts import Contact, select
from connectors.sandbox.database import Database
from connectors.sandbox.drafts import read_draft
from connectors.sandbox.saving import Saved, save_drafts
from connectors.sandbox.seeds import DEFAULT_GROUPS, plant

NOW = "2026-11-24 10:00:00"
LATER = "2026-11-24 11:00:00"
ADMIN = Caller(1, frozenset({ADMINISTRATOR}))


@contextmanager
def planted(folder: Path) -> Iterator[Database]:
    """Open a database with the default groups."""
    database = Database(folder)
    with database.transaction() as db:
        plant(db, DEFAULT_GROUPS, NOW)
    yield database
    database.close()


def save(
    db: sqlite3.Connection, *rows: object, groups: Sequence[int] = (), caller: Caller = ADMIN, now: str = NOW
) -> list[str]:
    """Save contacts; tell of each in a word and its contactID or error code what became of it."""
    results = save_drafts(db, caller, [read_draft(row) for row in rows], groups, now)
    return [_word(result) for result in results]


def _word(result: Saved | ApiError) -> str:
    if isinstance(result, ApiError):
        return f"refused {result.code.value}"
    return f"{'inserted' if result.inserted else 'updated'} {result.contact_id}"


def stored(db: sqlite3.Connection) -> list[Contact]:
    """Give every contact in order."""
    return select(db, "1 order by contact_id")
