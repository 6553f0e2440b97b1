"""Times and peak memory of work done in a process of its own, so that one measurement does not colour the next."""

import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

_CHILD = """
import json, resource, sys, time
from benchmarks.{module} import {function} as work
started, busy = time.perf_counter(), time.process_time()
said = work(*json.loads(sys.argv[1]))
times = time.perf_counter() - started, time.process_time() - busy
print(json.dumps([*times, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, said]))
"""


@dataclass(frozen=True)
class Measured:
    """The medians of some repetitions.

    Attributes:
        seconds: By the clock; on a busy machine this is mostly waiting.
        cpu_seconds: Of all cores together, the system's part included.
        peak_mib: The most memory that was held at once.
        said: What the work returned the last time.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    said: Any


def measure(module: str, function: str, *arguments: object, repeat: int = 3) -> Measured:
    """Run a function of a benchmark's module in fresh processes."""
    return medians([measure_once(module, function, *arguments) for _ in range(repeat)])


def measure_once(module: str, function: str, *arguments: object) -> Measured:
    """Run a function of a benchmark's module in one fresh process; for work that takes turns with other work."""
    command = [sys.executable, "-c", _CHILD.format(module=module, function=function), json.dumps(arguments)]
    return Measured(*json.loads(_output(command).splitlines()[-1]))


def medians(runs: list[Measured]) -> Measured:
    """Return the medians of the same work's measurements."""
    return Measured(
        median(run.seconds for run in runs),
        median(run.cpu_seconds for run in runs),
        median(run.peak_mib for run in runs),
        runs[-1].said,
    )


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - our own words
