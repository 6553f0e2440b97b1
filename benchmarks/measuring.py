"""Times and peak memory of work done in a process of its own, so that one measurement does not colour the next."""

import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

_CHILD = """
import json, resource, sys, time
from benchmarks.{module} import {function} as work
started = time.perf_counter()
said = work(*json.loads(sys.argv[1]))
print(json.dumps([time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, said]))
"""


@dataclass(frozen=True)
class Measured:
    """The median of some repetitions: wall seconds, peak MiB, and what the work returned the last time."""

    seconds: float
    peak_mib: float
    said: object


def measure(module: str, function: str, *arguments: object, repeat: int = 3) -> Measured:
    """Run a function of a benchmark's module in fresh processes."""
    command = [sys.executable, "-c", _CHILD.format(module=module, function=function), json.dumps(arguments)]
    runs = [json.loads(_output(command).splitlines()[-1]) for _ in range(repeat)]
    return Measured(median(run[0] for run in runs), median(run[1] for run in runs) / 1024, runs[-1][2])


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - our own words
