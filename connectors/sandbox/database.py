"""The sandbox's one SQLite file: its tables and its transactions. What is in them belongs to other modules."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE_NAME: Final = "sandbox.sqlite"

_TABLES: Final = """
create table if not exists contacts (
    contact_id integer primary key autoincrement, email text not null, email_key text not null unique,
    customer_id text not null, purl text not null, user_id integer not null,
    suppressed integer not null, held integer not null, date_added text not null, date_modified text not null,
    date_suppressed text not null, date_held text not null, contact_score integer not null, fields text not null
);
create unique index if not exists contacts_purl on contacts (purl) where purl <> '';
create index if not exists contacts_suppressed on contacts (suppressed) where suppressed;
create index if not exists contacts_customer on contacts (customer_id);
create table if not exists groups (
    group_id integer primary key, group_name text not null, description text not null, private integer not null,
    user_id integer not null, auto_response_email_id integer, date_added text not null,
    date_last_email_sent text not null
);
create table if not exists memberships (
    contact_id integer not null, group_id integer not null, date_added text not null,
    primary key (contact_id, group_id)
) without rowid;
create index if not exists memberships_group on memberships (group_id);
create table if not exists emails (
    email_id integer primary key, parent_email_id integer, title text not null, subject text not null,
    status text not null, delivery_type text not null, date_added text not null, date_sent text not null
);
create table if not exists email_events (
    event_id integer primary key, kind text not null, email_id integer not null, contact_id integer not null,
    date text not null, detail text not null
);
create index if not exists email_events_email on email_events (kind, email_id);
create table if not exists sent_mails (
    mail_id integer primary key, contact_id integer not null, group_id integer not null, email_id integer not null,
    date text not null
);
create table if not exists violations (
    violation_id integer primary key, contact_id integer not null, field text not null, undoes integer not null,
    date text not null
);
create table if not exists tokens (
    token text primary key, user_id integer not null, permissions text not null, revoked integer not null
);
"""


class Database:
    """A SQLite file in write-ahead mode, used by one transaction at a time.

    A commit survives the process, however that ends: the operating system has it before the answer leaves.
    """

    def __init__(self, folder: Path) -> None:
        """Open the file in a folder, made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(folder / FILE_NAME, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        # What is written outlives the process without waiting for the disk; only a power cut could take it away.
        self._connection.execute("pragma synchronous = off")
        self._connection.execute("pragma journal_mode = wal")
        self._connection.executescript(f"begin; {_TABLES} commit;")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the database for a block: committed at its end, undone where it raises. A block within joins it."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("begin immediate")
            with self._connection:
                yield self._connection

    def close(self) -> None:
        """Close the file after whatever transaction is under way."""
        with self._lock:
            self._connection.close()
