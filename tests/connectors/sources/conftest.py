"""The servers that the tests of databases need; nothing else."""

import os
from collections.abc import Iterator
from secrets import token_hex

import adbc_driver_postgresql.dbapi as adbc
import pytest
from adbc_driver_manager import OperationalError
from pymysql import MySQLError

from tests.connectors.sources.maria import MariaServer, maria_connection
from tests.connectors.sources.postgres import Server

VARIABLE = "CONTACT_SYNC_TEST_POSTGRES"
DEFAULT = "postgresql://postgres@127.0.0.1:5432/postgres"
MARIA_VARIABLE = "CONTACT_SYNC_TEST_MARIADB"
MARIA_DEFAULT = "mariadb://root@127.0.0.1:3306/test"


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


@pytest.fixture(scope="session")
def maria() -> Iterator[MariaServer]:
    """A MariaDB or MySQL server, with a database of our own that is dropped afterwards."""
    url = os.environ.get(MARIA_VARIABLE, MARIA_DEFAULT)
    name = f"contact_sync_{token_hex(4)}"
    try:
        maria_connection(url).close()
    except MySQLError:
        missing = f"Start a MariaDB server at {MARIA_DEFAULT}, or set {MARIA_VARIABLE} to another one's URL."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    server = MariaServer(url, name)
    server.run(f"create database {name} character set utf8mb4")
    yield MariaServer(server.at(path=f"/{name}"), name)
    server.run(f"drop database {name}")
