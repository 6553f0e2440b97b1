"""Reading sync.yaml: every mistake is named with its line, its key and, for a misspelt word, the nearest valid one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ValidationError

from connectors.sources.account_fields import AccountField
from connectors.sources.by_kind import WRONG_KIND
from connectors.sources.nearest import did_you_mean
from connectors.sources.registry import usable_kinds
from connectors.sources.secret import Secret
from connectors.sources.settings import FieldSettings
from pipelines.run_settings import Backfill, Retention, Schedule
from pipelines.settings import Destination, Guards, OAuth, Settings, SourceGuards

Path_ = tuple[int | str, ...]

_MODELS: Final[tuple[type[BaseModel], ...]] = (
    Settings,
    Destination,
    AccountField,
    OAuth,
    Schedule,
    Backfill,
    Retention,
    Guards,
    SourceGuards,
    FieldSettings,
)


class SettingsError(Exception):
    """The settings file is missing or wrong: mend it. The message has one line per mistake."""


def read_settings(path: Path) -> Settings:
    """Return the checked settings of a file.

    Raises:
        SettingsError: The file is missing, is no YAML, or says something that is not allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        message = (
            f'There is no settings file {path}. Write one with "contact-sync init", or name another with --config.'
        )
        raise SettingsError(message) from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read as UTF-8 text: {error.__class__.__name__}."
        raise SettingsError(message) from error
    return parse_settings(text, str(path))


def parse_settings(text: str, name: str) -> Settings:
    """Return checked settings from YAML text.

    Args:
        text: The YAML.
        name: What messages call the file.

    Raises:
        SettingsError: The text is no YAML, or says something that is not allowed.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        given = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"{name} line {line}: this is not YAML: {error.problem}."
        raise SettingsError(message) from error
    except yaml.YAMLError as error:
        message = f"{name}: this is not YAML: {error}"
        raise SettingsError(message) from error
    repeated = [f'{name} line {line}: the key "{key}" stands twice; keep one.' for line, key in _repeated_keys(root)]
    if repeated:
        raise SettingsError("\n".join(repeated))
    try:
        return Settings.model_validate({} if given is None else given)
    except ValidationError as error:
        lines = sorted((_line(root, _place(wrong)), _sentence(wrong)) for wrong in error.errors(include_url=False))
        raise SettingsError("\n".join(f"{name} line {line}: {sentence}" for line, sentence in lines)) from error


def _place(wrong: Any) -> Path_:  # noqa: ANN401 - pydantic's ErrorDetails, a TypedDict of its core
    place: Path_ = wrong["loc"]
    return place


def _sentence(wrong: Any) -> str:  # noqa: ANN401 - as above
    key = ".".join(str(part) for part in _place(wrong) if part != "FieldSettings")
    match wrong["type"]:
        case "extra_forbidden":
            last = str(_place(wrong)[-1])
            models = (*_MODELS, *(kind.settings for kind in usable_kinds().values()))
            known = {name for model in models for name in model.model_fields}
            return f"{key} is not a setting.{did_you_mean(last, known - {last})}"
        case "missing":
            return f"{key} is missing."
        case name if name == WRONG_KIND:
            return f"{key} {wrong['msg']}"
        case "model_type" if wrong["ctx"]["class_name"] == Secret.__name__:
            return f"{key}: a secret is never in the file. Write {{env: NAME}}, and set the variable NAME."
        case "value_error":
            return f"{key}: {wrong['ctx']['error']}"
        case _:
            return f"{key}: {wrong['msg']}."


def _line(root: yaml.Node | None, place: Path_) -> int:
    """Return the line of the deepest node on the way to a place; parts that are no keys (union tags) are skipped."""
    node, line = root, 1
    for part in place:
        for key, value in _children(node):
            if (key.value if isinstance(key, yaml.Node) else key) == part:
                node, line = value, (key if isinstance(key, yaml.Node) else value).start_mark.line + 1
                break
    return line


def _children(node: yaml.Node | None) -> Iterator[tuple[yaml.Node | int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from node.value
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)


def _repeated_keys(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Yield keys that stand twice in one mapping, of which YAML would silently take the last."""
    seen: set[str] = set()
    for key, value in _children(node):
        if isinstance(key, yaml.Node):
            if key.value in seen:
                yield key.start_mark.line + 1, key.value
            seen.add(key.value)
        yield from _repeated_keys(value)
