"""Secrets: a reference in the settings, a value in the environment."""

from datetime import date
from pathlib import Path

import pytest

from connectors.sources.database_engine import Target
from connectors.sources.errors import SecretMissing
from connectors.sources.reading import Request
from connectors.sources.secret import Secret


def test_the_value_is_read_when_it_is_asked_for() -> None:
    """A secret changed between two syncs is the new one in the second."""
    secret = Secret(env="SHOP_DB_URL")
    assert secret.read({"SHOP_DB_URL": "one"}) == "one"
    assert secret.read({"SHOP_DB_URL": "two"}) == "two"
    assert "one" not in repr(secret)


@pytest.mark.parametrize("environ", [{}, {"SHOP_DB_URL": ""}])
def test_a_missing_variable_is_named(environ: dict[str, str]) -> None:
    """The message says which variable to set."""
    with pytest.raises(SecretMissing, match="SHOP_DB_URL is not set"):
        Secret(env="SHOP_DB_URL").read(environ)


def test_a_printed_request_shows_no_environment() -> None:
    """A request in a log line does not carry every secret of the process."""
    request = Request(date(2026, 11, 24), Path(), {"SHOP_DB_URL": "hunter2"}, Path())
    assert "hunter2" not in repr(request)
    assert "hunter2" not in repr(Target("postgresql://ann:hunter2@host/db", "postgresql://host/db", 1, request))
