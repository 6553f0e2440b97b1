"""The PostgreSQL server that the tests of databases need; nothing else."""

import os
from collections.abc import Iterator
from secrets import token_hex

import adbc_driver_postgresql.dbapi as adbc
import pytest
from adbc_driver_manager import OperationalError

from tests.connectors.sources.postgres import Server

VARIABLE = "CONTACT_SYNC_TEST_POSTGRES"
DEFAULT = "postgresql://postgres@127.0.0.1:5432/postgres"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, with a schema of our own that is dropped afterwards."""
    url = os.environ.get(VARIABLE, DEFAULT)
    try:
        adbc.connect(url).close()
    except OperationalError:
        missing = f"Start a PostgreSQL server at {DEFAULT}, or set {VARIABLE} to another one's URL."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    server = Server(url, f"contact_sync_{token_hex(4)}")
    server.run(f"create schema {server.schema}")
    yield server
    server.run(f"drop schema {server.schema} cascade")
