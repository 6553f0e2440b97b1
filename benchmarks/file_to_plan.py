"""From a CSV to a fixed plan, beside polars' own scan_csv → sink_parquet of the same file."""

import tempfile
import time
from collections.abc import Callable

from benchmarks.file_to_contacts import DAY, opened
from benchmarks.measuring import measure, measure_once
from pipelines.steps.contacts import choose_contacts
from pipelines.steps.extract import extract
from pipelines.steps.plan import make_plan
from pipelines.steps.validate import validate_source

TARGETS = "target: at most 4 times polars' time at 10 M rows; peak at most 614 MiB at 1 M, 2,048 MiB at 10 M"


def run(rows: int) -> None:
    """Print both times, their ratio, the peaks and the steps' shares."""
    with tempfile.TemporaryDirectory() as name:
        # In a process of its own: Linux counts what a parent holds as the least that its children ever held.
        measure_once("file_to_contacts", "write_source", name, rows, 0.01)
        bare = measure("file_to_contacts", "bare", name)
        ours = measure("file_to_plan", "ours", name)
    print(f"file to plan, {rows:,} rows, 1 % of them failing")
    for title, one in {"polars, scan_csv to sink_parquet": bare, "file to plan": ours}.items():
        print(f"  {title:34}{one.seconds:8.2f} s  {one.cpu_seconds:8.2f} s of CPU  {one.peak_mib:6.0f} MiB")
    print(
        f"  ratio {ours.seconds / bare.seconds:.1f} by the clock, {ours.cpu_seconds / bare.cpu_seconds:.1f} of CPU; "
        f"{TARGETS}"
    )
    print(f"  steps {ours.said}")


def ours(folder: str) -> dict[str, float]:
    """Go from the file to a new plan; return each step's seconds."""
    with tempfile.TemporaryDirectory(dir=folder) as storage:
        installation, source = opened(folder, storage)
        steps: dict[str, Callable[[], object]] = {
            "extract": lambda: extract(installation, source, DAY),
            "validate": lambda: validate_source(installation, source, DAY),
            "contacts": lambda: choose_contacts(installation, DAY),
            "plan": lambda: make_plan(installation, DAY),
        }
        return {name: _seconds(step) for name, step in steps.items()}


def _seconds(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return round(time.perf_counter() - started, 2)
