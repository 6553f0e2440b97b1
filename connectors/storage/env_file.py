"""A `.env` file that a secret is written into: readable by its owner alone, its other lines left as they are."""

import re
from pathlib import Path

from connectors.storage.files import replace_file


def set_variable(path: Path, name: str, value: str) -> None:
    """Set a variable in a `.env` file, which is made if it is not there.

    Args:
        path: The file.
        name: The variable.
        value: Its value, without quotes or line breaks.

    Raises:
        StorageError: The file cannot be written.
    """
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    ours = re.compile(rf"\s*(export\s+)?{re.escape(name)}\s*=")
    kept = [line for line in lines if not ours.match(line)]
    replace_file(path, "".join(f"{line}\n" for line in (*kept, f"{name}={value}")).encode())
