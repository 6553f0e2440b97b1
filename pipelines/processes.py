"""Which process works on a run, so that a run whose process has died is told from one that is still at it."""

import os
import socket
from pathlib import Path
from typing import Final

import dagster as dg

PROCESS_TAG: Final = "contact-sync/process"
"""Which process works on a run, as `host:process:start`."""

_STARTED_AT: Final = 19
"""Where, after the program's name, /proc has the moment at which a process started."""


def this_process() -> str:
    """Return what tells this process from every other one, also from one that gets its number later."""
    number = os.getpid()
    return f"{socket.gethostname()}:{number}:{_start(number)}"


def bury_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark runs as failed whose process ended without saying so, as after kill -9 or a power cut; return their ids.

    Of a run on another host nothing can be told; `dagster/max_runtime` ends it.
    """
    under_way = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    runs = instance.get_runs(dg.RunsFilter(statuses=under_way))
    dead = [run for run in runs if _is_dead(run.tags.get(PROCESS_TAG, ""))]
    for run in dead:
        instance.report_run_failed(run, "Its process has ended without finishing it. Run it again: it goes on there.")
    return [run.run_id for run in dead]


def _is_dead(process: str) -> bool:
    host, _, rest = process.partition(":")
    number, _, start = rest.partition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    return not _is_alive(int(number)) or (start != "" and _start(int(number)) not in ("", start))


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start(number: int) -> str:
    """Return when a process started, in ticks after the machine and with the machine's start; empty if not known."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # there is no /proc on macOS
        return ""
    return f"{stat.rpartition(')')[2].split()[_STARTED_AT]}-{boot}"
