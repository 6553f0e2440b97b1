"""Kinds of sources that installed packages add by an entry point; nothing of them runs before a source uses them."""

from collections import defaultdict
from importlib.metadata import EntryPoint, entry_points
from typing import Final, get_args

from pydantic.fields import FieldInfo

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.kind import Kind
from connectors.sources.settings import SourceSettings

GROUP: Final = "contact_sync.sources"
"""The group of the entry points; an entry point's name is the kind's."""


def installed_kinds() -> dict[str, list[EntryPoint]]:
    """Return the entry points by the name of the kind; more than one of a name is one too many."""
    found: defaultdict[str, list[EntryPoint]] = defaultdict(list)
    for entry in entry_points(group=GROUP):
        found[entry.name].append(entry)
    return dict(found)


def package_of(entry: EntryPoint) -> str:
    """Return the name of the package that an entry point comes from."""
    return entry.dist.name if entry.dist is not None else entry.module


def load_kind(entry: EntryPoint) -> Kind:
    """Import a kind.

    Raises:
        SourceSettingsWrong: The package does not load, or its entry point is no kind of that name.
    """
    try:
        found = entry.load()
    except AttributeError as error:
        if error.name not in entry.attr.split("."):
            raise _unusable(entry, "cannot be loaded: AttributeError") from None
        raise _unusable(entry, f'names {entry.value}, and there is no "{error.name}" in it') from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a package may fail with anything while it loads
        missing = f" of {error.name}" if isinstance(error, ImportError) and error.name else ""
        raise _unusable(entry, f"cannot be loaded: {type(error).__name__}{missing}") from None
    if not isinstance(found, Kind) or not issubclass(found.settings, SourceSettings):
        raise _unusable(entry, f"names {entry.value}, which is no Kind")
    if get_args(found.settings.model_fields["kind"].annotation) != (entry.name,):
        raise _unusable(entry, f'has settings whose kind is not Literal["{entry.name}"]')
    if taken := _taken(found.settings):
        raise _unusable(entry, f"gives another meaning to {taken}, which every source is told; rename it there")
    return found


def _taken(settings: type[SourceSettings]) -> str:
    """Return the names of what every source is told, or does, that a kind's settings use for something else."""
    every, own = SourceSettings.model_fields, settings.model_fields
    changed = [name for name in every if name != "kind" and _meaning(own[name]) != _meaning(every[name])]
    methods = [name for name, one in vars(SourceSettings).items() if callable(one) and not name.startswith("_")]
    return ", ".join(f'"{name}"' for name in [*changed, *(name for name in methods if name in own)])


def _meaning(field: FieldInfo) -> tuple[object, object]:
    """Return what may be written; a kind may have a default of its own."""
    return field.annotation, field.metadata


def _unusable(entry: EntryPoint, why: str) -> SourceSettingsWrong:
    return SourceSettingsWrong(
        f'"{entry.name}" cannot be used: the package {package_of(entry)}, which adds it, {why}. '
        "Mend the package, or install another version of it."
    )
