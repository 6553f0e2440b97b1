"""A call's parameters, read with the type that each must have. What they mean is the endpoints' business."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NoReturn, cast
from urllib.parse import parse_qsl

from connectors.sandbox.answers import ApiError, Code

_LARGEST_INTEGER: Final = 2**63 - 1
_TRUE: Final = ("1", "true")
_FALSE: Final = ("0", "false")


class Parameters:
    """The parameters of one call. URL parameters win over those of the body (API: Passing Request Data).

    Every reader raises `ApiError`: 500 for a wrong type, 501 for a bad value, 502 where one is missing.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        """Hold the decoded values."""
        self.values = dict(values)

    def allow(self, names: Iterable[str]) -> None:
        """Refuse any parameter that the endpoint does not know: a misspelt filter would match everything."""
        allowed = tuple(names)
        for name in self.values:
            if name not in allowed:
                known = ", ".join(allowed) or "none"
                raise ApiError(Code.BAD_VALUE, f'There is no parameter "{name[:40]}" here; there are: {known}.')

    def required(self, name: str) -> object:
        """Give a parameter's value, whatever its type."""
        if name not in self.values:
            raise ApiError(Code.MISSING, f'The parameter "{name}" is required.')
        return self.values[name]

    def text(self, name: str) -> str | None:
        """Give a text, or None where it was not passed."""
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise ApiError(Code.WRONG_TYPE, f'The parameter "{name}" must be a string.')
        return value if name in self.values else None

    def integer(self, name: str) -> int | None:
        """Give a whole number, also one that came as digits in the URL, or None where it was not passed."""
        if name not in self.values:
            return None
        return read_integer(self.values[name], name)

    def boolean(self, name: str) -> bool | None:
        """Give a yes or no (1, 0, true, false), or None where it was not passed."""
        if name not in self.values:
            return None
        value = str(self.values[name]).lower()
        if value not in (*_TRUE, *_FALSE):
            raise ApiError(Code.WRONG_TYPE, f'The parameter "{name}" must be a boolean.')
        return value in _TRUE

    def day(self, name: str) -> str | None:
        """Give a date as `yyyy-mm-dd`, its time part ignored (API: Handling Dates/Times), or None."""
        value = self.text(name)
        return None if value is None else read_date(value, name)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """Give one of the allowed words, or None where it was not passed."""
        value = self.text(name)
        if value is not None and value not in allowed:
            raise ApiError(Code.BAD_VALUE, f'The parameter "{name}" must be one of: {", ".join(allowed)}.')
        return value

    def integers(self, name: str) -> tuple[int, ...]:
        """Give whole numbers, from a list or from a comma-separated text; none where it was not passed."""
        value = self.values.get(name, [])
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list):
            raise ApiError(Code.WRONG_TYPE, f'The parameter "{name}" must be a list of integers.')
        return tuple(read_integer(item, name) for item in items)

    def words(self, name: str) -> tuple[str, ...]:
        """Give texts, from a list or from a comma-separated text; none where it was not passed."""
        value = self.values.get(name, [])
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ApiError(Code.WRONG_TYPE, f'The parameter "{name}" must be a list of strings.')
        return tuple(item.strip() for item in items)


def read_integer(value: object, name: str) -> int:
    """Read a whole number from 0 on; digits in a text count, a boolean or a fraction does not."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < len(str(_LARGEST_INTEGER)):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ApiError(Code.WRONG_TYPE, f'The parameter "{name}" must be an integer.')
    if not 0 <= value <= _LARGEST_INTEGER:
        raise ApiError(Code.BAD_VALUE, f'The parameter "{name}" is out of range.')
    return value


def read_date(value: str, name: str) -> str:
    """Read a date as `yyyy-mm-dd`; what follows a space or a T is ignored."""
    day = value.replace("T", " ").split(" ")[0]
    try:
        # `fromisoformat` also takes 20240131 and week dates: only what it writes back unchanged is the API's form.
        canonical = date.fromisoformat(day).isoformat()
    except ValueError:
        canonical = ""
    if not day or canonical != day:
        raise ApiError(Code.WRONG_TYPE, f'The parameter "{name}" must be a date: yyyy-mm-dd.')
    return day


def decode(query: str, body: bytes) -> Parameters:
    """Join the parameters of a URL and of a JSON body.

    Raises:
        ApiError: 500 where the body is not one JSON object in UTF-8.
    """
    return Parameters({**_decode_body(body), **dict(parse_qsl(query, keep_blank_values=True))})


def _decode_body(body: bytes) -> dict[str, object]:
    if not body:
        return {}
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant)
        if b"\\u" in body:
            # A lone surrogate is valid JSON but no text that could be stored.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ApiError(Code.WRONG_TYPE, "The request body is not valid JSON in UTF-8.") from error
    if not isinstance(value, dict):
        raise ApiError(Code.WRONG_TYPE, "The request body must be a JSON object.")
    return cast("dict[str, object]", value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
