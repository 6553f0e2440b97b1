"""What lies in a folder, and with which permissions."""

import stat
from pathlib import Path


def lying_in(folder: Path) -> list[str]:
    """Return the names in a folder, locks aside."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def mode(path: Path) -> int:
    """Return a path's permissions."""
    return stat.S_IMODE(path.stat().st_mode)
