"""Secrets: a reference in the settings, a value in the environment."""

import pytest

from connectors.sources.errors import SecretMissing
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
