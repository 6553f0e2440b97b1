"""From a CSV to the day's contacts, step by step, beside polars' own scan_csv → sink_parquet of the same file.

Both take turns, so that a busy machine is as busy for the one as for the other.
"""

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import polars as pl
import yaml

from benchmarks.measuring import Measured, measure_once, medians
from benchmarks.people import FIELDS, write_people
from connectors.sources.registry import AnySource
from pipelines.installation import Installation, open_installation
from pipelines.steps.contacts import choose_contacts
from pipelines.steps.extract import extract
from pipelines.steps.validate import validate_source

DAY: Final = dt.date(2026, 11, 24)
FAILING: Final = (0.01, 0.1)
TURNS: Final = 3
TARGETS: Final = "targets at 10,000,000 rows: at most 3.5 times polars' time, at most 2,048 MiB"

_STEPS: Final[dict[str, Callable[[Installation, AnySource], object]]] = {
    "extract": lambda installation, source: extract(installation, source, DAY),
    "validate": lambda installation, source: validate_source(installation, source, DAY),
    "contacts": lambda installation, _source: choose_contacts(installation, DAY),
}


def run(rows: int, failing: Sequence[float] = FAILING, turns: int = TURNS) -> None:
    """Print, for each share of failing rows, the times and peaks of both, step by step, and their ratio."""
    for share in failing:
        print(f"file to contacts, {rows:,} rows, {share:.0%} of them failing; medians of {turns}")
        with tempfile.TemporaryDirectory() as name:
            # In a process of its own: Linux counts what a parent holds as the least that its children ever held.
            measure_once("file_to_contacts", "write_source", name, rows, share)
            _print(*_measured(name, turns))


def write_source(name: str, rows: int, failing: float) -> None:
    """Write a contact list to a folder, and the settings of a source that reads it."""
    folder = Path(name)
    write_people(folder / "people.csv", rows, failing)
    source = {"name": "people", "kind": "csv", "path": "people.csv", "timezone": "America/Chicago", "fields": FIELDS}
    (folder / "sync.yaml").write_text(yaml.safe_dump({"sources": [source]}))


def bare(folder: str) -> None:
    """Do what polars alone does with the file; as ours, it reads every cell as text and takes ragged rows."""
    rows = pl.scan_csv(Path(folder, "people.csv"), infer_schema=False, truncate_ragged_lines=True)
    rows.sink_parquet(Path(folder, "people.parquet"))


def step(folder: str, name: str) -> None:
    """Do one step on what the steps before have left in the folder."""
    installation, source = opened(folder)
    _STEPS[name](installation, source)


def opened(folder: str, storage: str = "storage") -> tuple[Installation, AnySource]:
    """Open the installation in a folder, and its one source."""
    environ = {**os.environ, "CONTACT_SYNC_STORAGE": str(Path(folder, storage))}
    installation = open_installation(environ, Path(folder, "sync.yaml"))
    [source] = installation.settings.sources
    return installation, source


def _measured(folder: str, turns: int) -> tuple[Measured, dict[str, Measured]]:
    ours: dict[str, list[Measured]] = {name: [] for name in _STEPS}
    polars = []
    for _ in range(turns):
        polars.append(measure_once("file_to_contacts", "bare", folder))
        for name, runs in ours.items():
            runs.append(measure_once("file_to_contacts", "step", folder, name))
        shutil.rmtree(Path(folder, "storage"))
    return medians(polars), {name: medians(runs) for name, runs in ours.items()}


def _print(polars: Measured, steps: dict[str, Measured]) -> None:
    whole = Measured(
        sum(one.seconds for one in steps.values()),
        sum(one.cpu_seconds for one in steps.values()),
        max(one.peak_mib for one in steps.values()),
        None,
    )
    for name, one in {"polars, scan_csv to sink_parquet": polars, **steps, "file to contacts": whole}.items():
        print(f"  {name:34}{one.seconds:8.2f} s  {one.cpu_seconds:8.2f} s of CPU  {one.peak_mib:6.0f} MiB")
    print(
        f"  ratio {whole.seconds / polars.seconds:.1f} by the clock, {whole.cpu_seconds / polars.cpu_seconds:.1f} of "
        f"CPU; {TARGETS}"
    )
