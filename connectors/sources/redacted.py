"""Keeps a source's secrets out of what is said about it: wherever their values stand in a text, they are replaced."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Final
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import BaseModel, SecretBytes, SecretStr

from connectors.sources.secret import Secret

_INSTEAD: Final = "…"
_NOTHING: Final = re.compile(r"(?:\w+:/*)?\s*")  # also an address that ends after its scheme, as in an advice


def secrets_of(settings: BaseModel, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of all secrets in the settings, in every form in which a text may hold them, longest first.

    Args:
        settings: A source's settings.
        environ: The environment that its secrets are read from; what is not set there is no secret yet.
    """
    whole = set(_values(settings, environ))
    values = whole | {part for value in whole for part in _parts(value)}
    forms = {form for value in values for form in _forms(value) if not _NOTHING.fullmatch(form)}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def redacted(text: str, secrets: Sequence[str]) -> str:
    """Return a text without these secrets.

    Args:
        text: Any text.
        secrets: What `secrets_of` returned.
    """
    for secret in secrets:
        text = text.replace(secret, _INSTEAD)
    return text


def _values(given: object, environ: Mapping[str, str]) -> Iterator[str]:
    if isinstance(given, Secret):
        yield environ.get(given.env, "")
    elif isinstance(given, SecretStr):
        yield given.get_secret_value()
    elif isinstance(given, SecretBytes):
        yield given.get_secret_value().decode(errors="replace")
    elif isinstance(given, BaseModel):
        yield from _values({**vars(given), **(given.model_extra or {})}, environ)
    elif isinstance(given, Mapping):
        yield from _values(list(given.values()), environ)
    elif isinstance(given, Sequence | AbstractSet) and not isinstance(given, str | bytes):
        for one in given:
            yield from _values(one, environ)


def _parts(value: str) -> Iterator[str]:
    """Yield what of a secret is one by itself: without blanks at its ends, and the password of an address."""
    yield value.strip()
    with suppress(ValueError):  # it is no address
        password = urlsplit(value).password or ""
        yield from (password, unquote(password))


def _forms(value: str) -> Iterator[str]:
    """Yield how addresses, printed forms and JSON hold a value."""
    octets = value.encode(errors="surrogateescape")  # an environment may hold what is no text
    yield from (value, quote(octets, safe=""), quote(octets), quote_plus(octets))
    yield from (repr(value)[1:-1], json.dumps(value)[1:-1])
