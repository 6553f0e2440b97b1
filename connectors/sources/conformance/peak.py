"""A program of its own that reads a source to its end, and says how much memory that took; read by the suite."""

import json
import os
import resource
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from pydantic import TypeAdapter

from connectors.sources.conformance.people import CODE
from connectors.sources.reading import Request
from connectors.sources.registry import AnySource, open_source
from connectors.sources.settings import SourceSettings

_SETTINGS: Final[TypeAdapter[SourceSettings]] = TypeAdapter(AnySource)
_STATUS: Final = Path("/proc/self/status")
_KIB: Final = 1024


def growth(given: dict[str, Any], folder: Path, day: date) -> dict[str, int | str | None]:
    """Read a source; return its rows, by how many bytes the process grew at most, and the last of its codes, if any."""
    settings = _SETTINGS.validate_python(given)
    with TemporaryDirectory() as scratch:
        before, rows, code = _forget_peak(), 0, None
        with open_source(settings, Request(day, folder, os.environ, Path(scratch))) as reading:
            for batch in reading.batches:
                rows += batch.num_rows
                if batch.num_rows and CODE in batch.schema.names:
                    code = str(batch.column(CODE)[-1])
    return {"rows": rows, "bytes": _peak() - before, "code": code}


def _forget_peak() -> int:
    """Forget what importing took; return what is held now."""
    reset = Path("/proc/self/clear_refs")
    if reset.exists():
        reset.write_text("5")  # proc(5): resets the peak resident set size
    return _peak()


def _peak() -> int:
    """Return the most bytes that were resident; Linux counts the parent's into ru_maxrss of a child."""
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * _KIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * _KIB


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    sys.stdout.write(json.dumps(growth(asked["settings"], Path(asked["folder"]), date.fromisoformat(asked["day"]))))
