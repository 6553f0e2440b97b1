"""Takes secrets and personal data out of the platform's sentences before they reach an exception or a log."""

import json
import re
from typing import Final

_ADDRESS: Final = re.compile(r"""(?:"[^"]*"|[^\s"<>(),;:\[\]]+)(?:@|%40|&#64;)[^\s"'<>(),;:]+""")
_QUOTED: Final = re.compile(r'"([^"]+)"|\'([^\']+)\'')
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_READ_CHARACTERS: Final = 2000
_KEPT_CHARACTERS: Final = 300


def masked(sentence: str, secrets: tuple[str, ...] = (), body: bytes = b"") -> str:
    """Return a sentence without secrets, addresses, values of the request, line breaks and endless length.

    Args:
        sentence: What the platform said.
        secrets: Texts that must not show, in any case of letters.
        body: The request's JSON body: a quoted text that is one of its values is masked, one of its names is not.
    """
    text = _shortened(_CONTROL.sub(" ", sentence), _READ_CHARACTERS)
    text = without_secrets(text, secrets)
    text = _ADDRESS.sub("[address]", text)
    text = _QUOTED.sub(lambda match: _value_masked(match, body), text)
    return _shortened(text, _KEPT_CHARACTERS)


def without_secrets(text: str, secrets: tuple[str, ...]) -> str:
    """Return a text without secrets, in any case of letters, and otherwise as it is."""
    for secret in filter(None, secrets):
        text = re.sub(re.escape(secret), "[secret]", text, flags=re.IGNORECASE)
    return text


def _value_masked(quoted: re.Match[str], body: bytes) -> str:
    value = quoted[1] or quoted[2]
    forms = {json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "replace") for ascii_only in (True, False)}
    sent = any(re.search(re.escape(form) + rb"(?!\s*:)", body) for form in forms)
    return "[value]" if sent else quoted[0]


def _shortened(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    # A word that is cut in two could be half an address, and would no longer look like one.
    whole_words = text[:length].rpartition(" ")[0]
    return f"{whole_words} […]".lstrip()
