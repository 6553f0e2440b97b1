"""Reads a fault plan from YAML. Everything wrong with the file is said with its line, its key and what is allowed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, get_args

import yaml

from connectors.sandbox.faults import Damage, Drop, Fault, FaultPlan
from connectors.sandbox.routes import ROUTES

_WHICH_CALLS: Final = ("calls", "every", "first", "probability")


class FaultFileError(Exception):
    """The fault file must be mended; the sentence says where and how."""


@dataclass(frozen=True)
class _Kind:
    """What a key may hold."""

    allowed: str
    accepts: Callable[[object], bool]


def load_faults(path: Path) -> FaultPlan:
    """Read a fault plan: `seed` (optional) and `faults`, a list of the keys of `Fault`.

    Raises:
        FaultFileError: The file cannot be read, is no YAML, or holds what is not allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FaultFileError(f"{path.name} cannot be read as UTF-8 text: {type(error).__name__}.") from error
    try:
        loader = yaml.SafeLoader(text)
        return _plan(_Place(path.name, loader), loader.get_single_node())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FaultFileError(f"{path.name}, line {line}: this is not YAML: {error.problem}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        sentence = "control characters" if isinstance(error, yaml.YAMLError) else "too deep a nesting"
        raise FaultFileError(f"{path.name}: this is not YAML that can be read: it has {sentence}.") from error


@dataclass(frozen=True)
class _Place:
    """The file being read, to turn nodes into values and into places in sentences."""

    name: str
    loader: yaml.SafeLoader

    def error(self, node: yaml.Node | None, sentence: str) -> FaultFileError:
        line = node.start_mark.line + 1 if node is not None else 1
        return FaultFileError(f"{self.name}, line {line}: {sentence}")

    def value(self, node: yaml.Node) -> object:
        value: object = self.loader.construct_object(node, deep=True)
        return value

    def pairs(self, node: yaml.Node | None, allowed: tuple[str, ...]) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"here must be keys with values; the keys are: {', '.join(allowed)}.")
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(self.value(key_node))
            if key in seen:
                raise self.error(key_node, f'"{key}" stands here twice.')
            if key not in allowed:
                raise self.error(key_node, f'there is no key "{key}".{_nearest(key, allowed)}')
            seen.add(key)
            yield key, key_node, value_node


def _plan(place: _Place, node: yaml.Node | None) -> FaultPlan:
    faults: list[Fault] = []
    seed: int | None = None
    for key, _, value_node in place.pairs(node, ("seed", "faults")):
        if key == "seed":
            seed = _checked_seed(place, value_node)
        elif isinstance(value_node, yaml.SequenceNode):
            faults = [_fault(place, item) for item in value_node.value]
        else:
            raise place.error(value_node, '"faults" must be a list.')
    return FaultPlan(faults, seed)


def _checked_seed(place: _Place, node: yaml.Node) -> int:
    value = place.value(node)
    if not isinstance(value, int) or isinstance(value, bool):
        raise place.error(node, '"seed" must be a whole number.')
    return value


def _fault(place: _Place, node: yaml.Node) -> Fault:
    values: dict[str, object] = {}
    for key, key_node, value_node in place.pairs(node, tuple(_KINDS)):
        value = place.value(value_node)
        if not _KINDS[key].accepts(value):
            raise place.error(value_node, f'"{key}" must be {_KINDS[key].allowed}.')
        if key == "endpoint" and not any(fnmatchcase(name, str(value)) for name in ROUTES):
            raise place.error(value_node, f'no endpoint is called "{value}".{_nearest(str(value), tuple(ROUTES))}')
        if key in _WHICH_CALLS and any(other in values for other in _WHICH_CALLS):
            raise place.error(key_node, f"only one of {', '.join(_WHICH_CALLS)} can say which calls.")
        values[key] = tuple(value) if isinstance(value, list) else value
    return Fault(**values)  # type: ignore[arg-type]  # every value was checked against its key just above


def _nearest(word: str, allowed: tuple[str, ...]) -> str:
    near = get_close_matches(word, allowed, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f"{hint} Allowed: {', '.join(allowed)}."


def _number_from(least: float, most: float = float("inf")) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _whole_from(least: int, most: float = float("inf")) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_whole_from(1), value))


def _header_text(value: object) -> bool:
    # A line break would end the header and start whatever follows it.
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _headers(value: object) -> bool:
    return isinstance(value, dict) and all(_header_text(text) for pair in value.items() for text in pair)


def _json_object(value: object) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return isinstance(value, dict)


_TEXT: Final = _Kind("a text", lambda value: isinstance(value, str))
_ROWS: Final = _Kind("a list of whole numbers from 1", _rows)
_COUNT: Final = _Kind("a whole number from 1", _whole_from(1))
_SECONDS: Final = _Kind("a number of seconds from 0 to 3600", _number_from(0, 3600))
_FLAG: Final = _Kind("true or false", lambda value: isinstance(value, bool))

_KINDS: Final[dict[str, _Kind]] = {
    "endpoint": _TEXT,
    "calls": _ROWS,
    "every": _COUNT,
    "first": _COUNT,
    "probability": _Kind("a number from 0 to 1", _number_from(0, 1)),
    "drop": _Kind(f"one of: {', '.join(get_args(Drop))}", lambda value: value in get_args(Drop)),
    "delay": _SECONDS,
    "delay_answer": _SECONDS,
    "status": _Kind("an HTTP status from 200 to 599", _whole_from(200, 599)),
    "code": _Kind("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "message": _TEXT,
    "apply": _FLAG,
    "headers": _Kind("names with values, all of them printable ASCII texts", _headers),
    "body": _Kind(f"one of: {', '.join(get_args(Damage))}", lambda value: value in get_args(Damage)),
    "raw": _Kind("a text, or bytes after !!binary", lambda value: isinstance(value, str | bytes)),
    "drip": _SECONDS,
    "throttled": _Kind("a printable ASCII text", _header_text),
    "merge": _Kind("keys with values that JSON has", _json_object),
    "lose_rows": _ROWS,
    "revoke_token": _FLAG,
}
"""Every key of a fault and what it may hold."""
