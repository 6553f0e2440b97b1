"""The keys of hive partitions: folders named `day=2026-11-24` say what every row below them has in common."""

from typing import Final
from urllib.parse import unquote

from connectors.sources.errors import SourceBroken

_NULL: Final = "__HIVE_DEFAULT_PARTITION__"

Keys = dict[str, str | None]


def is_partition(name: str) -> bool:
    """Tell whether a folder's name is that of a partition."""
    key, equals, _ = name.partition("=")
    return bool(key and equals)


def partition_keys(path: str, name: str) -> Keys:
    """Return the keys in the folders of a file's path, outermost first; `%20` and the like are read as Hive wrote them.

    Args:
        path: The path, with slashes.
        name: What messages call the file.

    Raises:
        SourceBroken: A key stands there twice.
    """
    keys: Keys = {}
    for folder in path.split("/")[:-1]:
        if not is_partition(folder):
            continue
        key, _, value = folder.partition("=")
        key = unquote(key)
        if key in keys:
            raise SourceBroken(f'{name} lies in two partitions of the same key "{key}". Name one of them otherwise.')
        keys[key] = None if value == _NULL else unquote(value)
    return keys
