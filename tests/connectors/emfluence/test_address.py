"""Where a token may go, and what may be one."""

import pytest

from connectors.emfluence.address import checked_secret, checked_url, is_loopback
from connectors.emfluence.errors import WrongSettings


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("HTTPS://API.example.com:8443/v1", "https://api.example.com:8443/v1"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("http://127.9.9.9/v1", "http://127.9.9.9/v1"),
        ("http://localhost:1/v1", "http://localhost:1/v1"),
        ("http://[::1]:1/v1", "http://[::1]:1/v1"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"),
    ],
)
def test_https_and_this_machine_are_allowed(url: str, checked: str) -> None:
    """Plain http never leaves this machine; a slash at the end must not double."""
    assert checked_url(url, "The base URL") == checked


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://localhost.example.com/v1",
        "http://10.0.0.1/v1",
        "ftp://api.example.com",
        "//api.example.com/v1",
        "api.example.com/v1",
        "",
        "https://",
        "https://user:canary@api.example.com/v1",
        "https://api.example.com/v1?accessToken=canary",
        "https://api.example.com/v1#canary",
        "https://api.example.com/v1?",
        "https://api.example.com/v1#",
        "https://exa mple.com\n",
        "https://api.example.com:99999/v1",
        f"https://{'a' * 64}.example.com/v1",
        "https://..example.com/v1",
        "https://xn--a.com/v1",
        "https://[::1/v1",
    ],
)
def test_everything_else_is_refused_without_being_repeated(url: str) -> None:
    """A token on plain http is a token lost; a URL may hold a password of its own."""
    with pytest.raises(WrongSettings) as raised:
        checked_url(url, "The base URL")
    assert str(raised.value).startswith("The base URL")
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(("host", "loopback"), [("::1", True), ("127.0.0.2", True), ("0.0.0.0", False), ("::2", False)])  # noqa: S104 - named, not bound
def test_loopback_is_this_machine_only(host: str, *, loopback: bool) -> None:
    """The unspecified address is every machine's, not this one's."""
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("secret", ["", " ", "a b", "a\tb", "a\r\nX-Evil: 1", "ä", "a\x00", "a\x7f"])
def test_a_secret_that_no_header_can_hold_is_refused(secret: str) -> None:
    """A line break would smuggle a header in."""
    with pytest.raises(WrongSettings):
        checked_secret(secret, "The access token")


def test_a_secret_that_a_header_can_hold_is_returned() -> None:
    """Tokens are GUIDs, but nothing says that they stay so."""
    assert checked_secret("3BC9-~!_", "The access token") == "3BC9-~!_"
