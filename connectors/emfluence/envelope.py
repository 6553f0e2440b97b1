"""Reads a response's body into the envelope that every answer comes in, by a closed truth table.

Whatever is neither plainly a success nor plainly a failure is an `Unreadable`; nothing else escapes.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

_TOO_DEEP: Final = "The answer is nested too deeply."
_TRUE: Final = {"1", "true"}
_FALSE: Final = {"0", "false"}
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,15}")
_UNIQUE_NAMES: Final = frozenset({"success", "code", "errors", "data"})


class Unreadable(Exception):  # noqa: N818 - a verdict on the body that `protocol` turns into a Failure
    """The body is no envelope; the text says why and quotes none of it."""


@dataclass(frozen=True)
class Envelope:
    """One answer of the platform. API: "Successful Response", "Failed Response".

    Attributes:
        success: Whether the call succeeded.
        code: 0 for a success; else the error code, None for one that is no whole number.
        data: The answer's data; empty for a failure without any.
        errors: What went wrong, in the platform's words; may hold personal data. Beside a success only if asked for.
        warnings: What to look at although the call succeeded; may hold personal data.
        extrainfo: Help for developers; may be empty.
        request_id: The platform's id of the request; may be empty.
    """

    success: bool
    code: int | None
    data: Mapping[str, Any] = field(repr=False)
    errors: tuple[str, ...] = field(repr=False)
    warnings: tuple[str, ...] = field(repr=False)
    extrainfo: str = field(repr=False)
    request_id: str


def read_envelope(body: bytes, *, errors_beside_success: bool = False) -> Envelope:
    """Read a body.

    Args:
        body: What came.
        errors_beside_success: Whether a success may carry errors: those of some rows, where the caller can tell rows
            apart. Everywhere else it says both.

    Raises:
        Unreadable: The body says neither success nor failure, or says both.
    """
    record = read_object(body)
    try:
        envelope = _envelope(record)
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    if envelope.success and envelope.errors and not errors_beside_success:
        raise Unreadable("The answer is a success with errors.")
    return envelope


def read_object(body: bytes) -> dict[str, Any]:
    """Read a body that is one JSON object (RFC 8259: finite numbers, UTF-8).

    Raises:
        Unreadable: It is something else.
    """
    if not body.strip():
        raise Unreadable("The answer is empty.")
    try:
        record = json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_without_twice_said,
        )
    except UnicodeDecodeError:
        raise Unreadable("The answer is not UTF-8.") from None
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    except ValueError:
        # Its text would quote the body; it covers bad JSON, NaN, and numbers of thousands of digits.
        raise Unreadable("The answer is not JSON.") from None
    if not isinstance(record, dict):
        raise Unreadable(f"The answer is a JSON {type(record).__name__}, not an object.")
    return record


def _envelope(record: Mapping[str, Any]) -> Envelope:
    success = _success(record.get("success"))
    code = _code(record)
    data = record.get("data")
    if success:
        _check_success(code, data)
    elif code == 0:
        raise Unreadable("The answer is a failure with the code of a success.")
    return Envelope(
        success=success,
        code=code,
        data=data if isinstance(data, dict) else {},
        errors=sentences(record.get("errors")),
        warnings=sentences(record.get("warnings")),
        extrainfo=_text(record.get("extrainfo")),
        request_id=_text(record.get("requestID")),
    )


def sentences(value: object) -> tuple[str, ...]:
    """Return a list of sentences as texts: a single one and odd items are taken as they are, blanks left out."""
    items = value if isinstance(value, list) else [value]
    texts = (item if isinstance(item, str) else json.dumps(item) for item in items if item not in (None, {}, False))
    return tuple(_text(text) for text in texts if text.strip())


def whole_number(value: object) -> int | None:
    """Return a number that may arrive as text; None for what is no whole number (a boolean is none)."""
    if isinstance(value, str):
        return int(value) if _WHOLE_NUMBER.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("infinite")
    return number


def _without_twice_said(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs if name in _UNIQUE_NAMES]
        if len(names) != len(set(names)):
            raise ValueError("said twice")
    return record


def _success(value: object) -> bool:
    # Only these forms: 1.0 equals 1 in Python, and no JSON writer makes a flag of it.
    if isinstance(value, bool | int | str):
        word = str(value).lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    raise Unreadable('The answer does not say whether the call succeeded ("success").')


def _code(record: Mapping[str, Any]) -> int | None:
    code = record.get("code")
    if code is None:
        raise Unreadable('The answer has no "code".')
    return whole_number(code)


def _check_success(code: int | None, data: object) -> None:
    if code != 0:
        raise Unreadable("The answer is a success with an error code.")
    if not isinstance(data, dict):
        raise Unreadable('The answer is a success without "data".')


def _text(value: object) -> str:
    # JSON can spell half a surrogate pair, which no UTF-8 file or log can hold.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
