"""Takes secrets and personal data out of the platform's sentences before they reach an exception or a log."""

import json
import re
from typing import Final

_ADDRESS: Final = re.compile(r"""(?:"[^"]*"|[^\s"<>(),;:\[\]]+)(?:@|%40|&#64;)[^\s"'<>(),;:]+""")
_PIECE: Final = re.compile(r"""\"([^\"]+)\"|'([^']+)'|([^\s\"'<>(),;:!?\[\]]+)""")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_READ_CHARACTERS: Final = 2000
_KEPT_CHARACTERS: Final = 300


def masked(sentence: str, secrets: tuple[str, ...] = (), body: bytes = b"") -> str:
    """Return a sentence without secrets, addresses, values of the request, line breaks and endless length.

    Args:
        sentence: What the platform said.
        secrets: Texts that must not show, in any case of letters.
        body: The request's JSON body: a quoted text or a word that is one of its values is masked; names are not.
    """
    text = _shortened(_CONTROL.sub(" ", sentence), _READ_CHARACTERS)
    text = without_secrets(text, secrets)
    text = _ADDRESS.sub("[address]", text)
    text = _PIECE.sub(lambda piece: _value_masked(piece, body), text)
    return _shortened(text, _KEPT_CHARACTERS)


def without_secrets(text: str, secrets: tuple[str, ...]) -> str:
    """Return a text without secrets, in any case of letters, and otherwise as it is."""
    for secret in filter(None, secrets):
        text = re.sub(re.escape(secret), "[secret]", text, flags=re.IGNORECASE)
    return text


def _value_masked(piece: re.Match[str], body: bytes) -> str:
    value = (piece[1] or piece[2] or piece[3]).rstrip(".")
    return piece[0] if not value or not _is_value(value, body) else "[value]"


def _is_value(text: str, body: bytes) -> bool:
    forms = {json.dumps(text, ensure_ascii=ascii_only).encode("utf-8", "replace") for ascii_only in (True, False)}
    # The plain search comes first because it is fast, and hardly any word is there at all.
    return any(form in body and re.search(re.escape(form) + rb"(?!\s*:)", body) for form in forms)


def _shortened(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    # A word that is cut in two could be half an address, and would no longer look like one.
    whole_words = text[:length].rpartition(" ")[0]
    return f"{whole_words} […]".lstrip()
