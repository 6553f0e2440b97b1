"""Installs packages that add kinds of sources, as pip would: a folder on the path with modules and their metadata."""

import importlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from connectors.sources.installed import GROUP


def install(folder: Path, name: str, kinds: Mapping[str, str], patch: pytest.MonkeyPatch, **modules: str) -> Path:
    """Install a package until the end of the test.

    Args:
        folder: Where packages are installed to; it comes onto the path.
        name: The package's name.
        kinds: By kind, what its entry point names, as `module:KIND`.
        patch: Takes the folder off the path again.
        modules: The text of its modules by name.
    """
    information = folder / f"{name}-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"[{GROUP}]", *(f"{kind} = {value}" for kind, value in kinds.items())]
    (information / "entry_points.txt").write_text("\n".join(lines) + "\n")
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(text)
    patch.syspath_prepend(folder)
    importlib.invalidate_caches()
    return folder
