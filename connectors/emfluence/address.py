"""Where a token may be sent: over https only, to the configured host only; plain http to this machine alone."""

import ipaddress
import re
from typing import Final

import httpx

from connectors.emfluence.errors import WrongSettings

_HIGHEST_PORT: Final = 65535
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")


def checked_url(url: str, what: str) -> str:
    """Return a URL that a secret may be sent to, without a slash at its end.

    Args:
        url: The URL as configured.
        what: What it is, for the sentence of an error: "The base URL".

    Raises:
        WrongSettings: It is no https URL, or carries a user, a query or a fragment; its text is not repeated.
    """
    try:
        parsed = httpx.URL(url)
        host = parsed.host
        # The system's resolver encodes the name once more, and would fail in the middle of a call.
        parsed.raw_host.decode("ascii").encode("idna")
    except (httpx.InvalidURL, TypeError, ValueError):
        raise WrongSettings(f"{what} is no URL.") from None
    if not host or (parsed.port or 0) > _HIGHEST_PORT:
        raise WrongSettings(f"{what} is no absolute URL; it starts with https://.")
    if parsed.userinfo or "?" in url or "#" in url:
        raise WrongSettings(f"{what} may hold no user, password, query or fragment.")
    if parsed.scheme != "https" and not (parsed.scheme == "http" and is_loopback(host)):
        raise WrongSettings(f"{what} must start with https://; plain http is for this machine alone.")
    return str(parsed).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_secret(secret: str, what: str) -> str:
    """Return a secret that can stand in a header.

    Raises:
        WrongSettings: It is empty or holds spaces, line breaks or letters beyond ASCII; it is not repeated.
    """
    if not _PRINTABLE.fullmatch(secret):
        raise WrongSettings(f"{what} is empty, or holds a character that no token has, a space or line break perhaps.")
    return secret
