"""Which settings make a client, and that it never shows its token."""

import pytest

from connectors.emfluence import Client, errors
from tests.connectors.emfluence.clocks import TOKEN, Clock, client_on
from tests.connectors.emfluence.scripted import serving, success


def test_the_token_is_not_in_the_client_s_text() -> None:
    """A client is printed in notebooks and in tracebacks with local variables."""
    client = Client("http://127.0.0.1:9/v1", TOKEN)
    assert TOKEN not in repr(client)
    assert "127.0.0.1" in repr(client)
    client.close()


@pytest.mark.parametrize("option", ["connections", "requests_per_second", "deadline"])
def test_a_limit_of_nothing_is_refused(option: str, clock: Clock) -> None:
    """A client that may never send would wait for ever."""
    with pytest.raises(errors.WrongSettings):
        client_on("http://127.0.0.1:9/v1", clock, **{option: 0})


def test_limits_of_one_are_limits(clock: Clock) -> None:
    """The slowest client that there can be still sends."""
    with (
        serving(success()) as script,
        client_on(script.base_url, clock, connections=1, requests_per_second=1, deadline=1) as client,
    ):
        client.call("helper", "ping")


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "tokén"])
def test_a_token_that_no_header_can_hold_is_refused(token: str) -> None:
    """A line break in a token would add headers of its own; the sentence must not repeat the token."""
    with pytest.raises(errors.WrongSettings) as raised:
        Client("http://127.0.0.1:9/v1", token)
    assert token == "" or token not in str(raised.value)
