"""From a CSV to a fixed plan, beside polars' own scan_csv → sink_parquet of the same file."""

import datetime as dt
import os
import tempfile
import time
from pathlib import Path

import polars as pl
import yaml

from benchmarks.measuring import measure
from benchmarks.people import FIELDS, write_people
from pipelines.installation import open_installation
from pipelines.steps.contacts import choose_contacts
from pipelines.steps.extract import extract
from pipelines.steps.plan import make_plan
from pipelines.steps.validate import validate_source

DAY = dt.date(2026, 11, 24)
TARGETS = "target: at most 4 times polars' time at 10 M rows; peak at most 614 MiB at 1 M, 2,048 MiB at 10 M"


def run(rows: int) -> None:
    """Print both times, their ratio, the peaks and the steps' shares."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_people(folder / "people.csv", rows)
        source = {
            "name": "people",
            "kind": "csv",
            "path": "people.csv",
            "timezone": "America/Chicago",
            "fields": FIELDS,
        }
        (folder / "sync.yaml").write_text(yaml.safe_dump({"sources": [source]}))
        bare = measure("file_to_plan", "bare", name)
        ours = measure("file_to_plan", "ours", name)
    print(f"file to plan, {rows:,} rows, 1 % of them failing")
    print(f"  polars scan_csv to sink_parquet  {bare.seconds:7.2f} s  {bare.peak_mib:7.0f} MiB")
    print(f"  contact-sync, file to plan       {ours.seconds:7.2f} s  {ours.peak_mib:7.0f} MiB")
    print(f"  ratio {ours.seconds / bare.seconds:.1f}; {TARGETS}")
    print(f"  steps {ours.said}")


def bare(folder: str) -> None:
    """Do what polars alone does with the file."""
    pl.scan_csv(Path(folder, "people.csv")).sink_parquet(Path(folder, "people.parquet"))


def ours(folder: str) -> dict[str, float]:
    """Go from the file to a new plan; return each step's seconds."""
    with tempfile.TemporaryDirectory(dir=folder) as storage:
        installation = open_installation({**os.environ, "CONTACT_SYNC_STORAGE": storage}, Path(folder, "sync.yaml"))
        [source] = installation.settings.sources
        steps = {
            "extract": lambda: extract(installation, source, DAY),
            "validate": lambda: validate_source(installation, source, DAY),
            "contacts": lambda: choose_contacts(installation, DAY),
            "plan": lambda: make_plan(installation, DAY),
        }
        return {name: _seconds(step) for name, step in steps.items()}


def _seconds(step: object) -> float:
    started = time.perf_counter()
    step()  # type: ignore[operator]
    return round(time.perf_counter() - started, 2)
