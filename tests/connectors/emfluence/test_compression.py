"""Responses that are compressed, badly or far too well."""

import gzip
import tracemalloc

import pytest

from connectors.emfluence import errors
from connectors.emfluence.exchange import ANSWER_BYTES
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.scripted import response, serving, success

GZIPPED = ["Content-Encoding: gzip"]
UNKNOWN: dict[str, bytes] = {
    "N15 bad gzip": response(b"\x1f\x8b\x08 nonsense", headers=GZIPPED),
    "N15 gzip cut short": response(gzip.compress(b"{" * 10_000)[:-20], headers=GZIPPED),
    "N15 a gzip bomb": response(gzip.compress(b" " * (ANSWER_BYTES + 1)), headers=GZIPPED),
    "E04 a page": response("<html>Bad gateway</html>", kind="text/html"),
    "E04 an empty body": response(b""),
}


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN)
def test_a_response_that_cannot_be_read_is_unknown(body: bytes, clock: Clock) -> None:
    """Something came, but it says neither yes nor no; its connection must be free for the next attempt."""
    with (
        serving(body) as script,
        client_on(script.base_url, clock, connections=1) as client,
        pytest.raises(errors.UnknownAnswer),
    ):
        client.call("helper", "ping")
    assert script.requests == 6


def test_a_gzip_bomb_does_not_fill_the_memory(clock: Clock) -> None:
    """From 200 kB come 200 MB: reading stops at the cap."""
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=1)
    with serving(response(bomb, headers=GZIPPED), success()) as script, client_on(script.base_url, clock) as client:
        tracemalloc.start()
        try:
            client.call("helper", "ping")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert script.requests == 2
    assert peak < 120_000_000


def test_a_compressed_answer_is_read(clock: Clock) -> None:
    """The client says that it takes gzip."""
    body = gzip.compress(b'{"success":1,"code":0,"data":{"n":1}}')
    with serving(response(body, headers=GZIPPED)) as script, client_on(script.base_url, clock) as client:
        assert client.call("helper", "ping").data == {"n": 1}
    assert b"accept-encoding: gzip\r\n" in script.received[0][0].lower() + b"\r\n"
