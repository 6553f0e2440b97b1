"""A file's path in the settings: what may stand in it, which file it means on a day, and how messages show it."""

import re
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from connectors.sources.nearest import did_you_mean

S3, GCS, AZURE, SFTP, HTTPS, HTTP = "s3", "gs", "az", "sftp", "https", "http"
_OTHER_NAMES: Final = {"gcs": GCS, "s3a": S3, "abfs": AZURE, "abfss": AZURE}
_SCHEMES: Final = (S3, GCS, AZURE, SFTP, HTTPS, HTTP)
_SCHEME: Final = re.compile(r"\A([A-Za-z][A-Za-z0-9+.-]*)://")
_DAY: Final = re.compile(r"\{date(?::((?:[^{}%]|%[YymdjbBGVu])*%[YymdjbBGVu](?:[^{}%]|%[YymdjbBGVu])*))?\}")
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_MAGIC: Final = re.compile(r"[*?\[]")


def _possible(path: str) -> str:
    if set("{}") & set(_DAY.sub("", path)):
        raise ValueError("A path may hold {date}, or a form of it such as {date:%Y%m%d}, and no other braces.")
    found = _SCHEME.match(path)
    if found is None:
        return path
    named = found[1].lower()
    if named not in (*_SCHEMES, *_OTHER_NAMES):
        hint = did_you_mean(named, (*_SCHEMES, *_OTHER_NAMES))
        raise ValueError(f"Files are not read from {named}://.{hint}")
    parts = urlsplit(path)
    if scheme_of(path) != SFTP and "@" in parts.netloc:
        raise ValueError("A user or a password must not stand in a path: use storage_options, by {env: NAME}.")
    if ":" in parts.netloc.rpartition("@")[0]:
        raise ValueError("A password must not stand in a path: use storage_options, by {env: NAME}.")
    if scheme_of(path) == HTTP and parts.hostname not in _LOOPBACK:
        raise ValueError("Contacts are read over https, and over http from this machine alone.")
    return path


DeliveryPath = Annotated[str, AfterValidator(_possible)]
"""A path or URL in the settings; `{date}` stands for the day of the sync, as YYYY-MM-DD or in a form of its own."""


def on_day(path: str, day: date) -> str:
    """Return a path with the day of the sync in it.

    Args:
        path: The path; `{date}` stands for YYYY-MM-DD, `{date:%Y%m%d}` for any other form.
        day: The day.
    """
    return _DAY.sub(lambda found: day.strftime(found[1]) if found[1] else day.isoformat(), path)


def scheme_of(path: str) -> str | None:
    """Return the scheme of a URL under the one name we have for it, None for a path of this machine."""
    found = _SCHEME.match(path)
    return None if found is None else _OTHER_NAMES.get(found[1].lower(), found[1].lower())


def is_pattern(path: str) -> bool:
    """Tell whether a path may fit several files; in an https URL a question mark starts its query."""
    return scheme_of(path) not in (HTTP, HTTPS) and _MAGIC.search(path) is not None


def shown(path: str) -> str:
    """Return how messages name a path: without a query, which may hold a signature, and without a user."""
    if scheme_of(path) is None:
        return path
    scheme, _, rest = path.partition("://")
    if scheme.lower() in (HTTP, HTTPS):
        rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    host, slash, where = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{where}"
