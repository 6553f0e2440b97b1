"""How near sending comes to the pace that the platform allows, and what it costs: against a sandbox in its own process.

The sandbox judges, not the client: the worst sliding second and the most in flight are what it saw arrive.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from benchmarks.measuring import measure
from connectors.emfluence import Client, import_contacts
from connectors.sandbox import Fault, FaultPlan, Limits, RequestRecord, Sandbox

SECONDS = 60
LATENCIES = (0.0, 0.2, 0.5)
SMALL, LARGE = 10, 1000
LARGE_SECONDS = 20
LIMITS = Limits()
TARGETS = "target: at least 98 % of the allowed rate, worst second at most 9, in flight at most 5, at most 5 ms of CPU"


def run(_rows: int, seconds: float = SECONDS) -> None:
    """Print a line per latency, and one for the client's processor time with large batches."""
    print(f"pace, {seconds:g} s each, {SMALL} contacts a batch; as the sandbox saw it")
    for latency in LATENCIES:
        said = measure("pace", "case", latency, SMALL, seconds, repeat=1).said
        print(f"  {latency * 1000:3.0f} ms latency  {_sentence(said)}")
    said = measure("pace", "case", 0.0, LARGE, LARGE_SECONDS, repeat=1).said
    print(f"  {LARGE:,} a batch   {_sentence(said)}")
    print(f"  {TARGETS}")


def case(latency: float, contacts: int, seconds: float) -> dict[str, float]:
    """Send batches for some seconds over five threads; return what the sandbox saw, and the client's own cost."""
    with tempfile.TemporaryDirectory() as folder, _sandbox(folder, latency) as (server, base_url, token):
        with Client(base_url, token) as client:
            batches, cpu = _send(client, contacts, time.monotonic() + seconds)
        seen = json.loads(server.communicate("")[0])
    return {**seen, "cpu_ms": 1000 * cpu / batches}


def serve(folder: str, latency: float) -> None:
    """Run a sandbox until the standard input ends; then print what it saw."""
    faults = FaultPlan([Fault(delay=latency)] if latency else [])
    with Sandbox(Path(folder), faults=faults) as sandbox:
        print(json.dumps([sandbox.base_url, sandbox.token]), flush=True)
        sys.stdin.read()
        print(json.dumps(_seen(sandbox.request_log)))


@contextmanager
def _sandbox(folder: str, latency: float) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    program = "import sys; from benchmarks.pace import serve; serve(sys.argv[1], float(sys.argv[2]))"
    command = [sys.executable, "-c", program, folder, str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own words
        if server.stdout is None:
            raise RuntimeError("the sandbox has no output to read its address from")
        base_url, token = json.loads(server.stdout.readline())
        yield server, base_url, token


def _send(client: Client, contacts: int, until: float) -> tuple[int, float]:
    """Send the same batches again and again; return how many went out, and the processor seconds of this process."""
    batches = [_batch(number, contacts) for number in range(20)]

    def work(thread: int) -> int:
        sent = 0
        while time.monotonic() < until:
            import_contacts(client, *batches[(thread + LIMITS.connections * sent) % len(batches)])
            sent += 1
        return sent

    before = time.process_time()
    with ThreadPoolExecutor(LIMITS.connections) as pool:
        sent = sum(pool.map(work, range(LIMITS.connections)))
    return sent, time.process_time() - before


def _batch(number: int, contacts: int) -> tuple[list[str], list[str]]:
    emails = [f"person{number}-{row}@example.com" for row in range(contacts)]
    rest = '"firstName":"Ann","lastName":"Example","city":"Springfield","customFields":{"custom1":{"value":"yes"}}'
    return [f'{{"email":"{email}",{rest}}}' for email in emails], emails


def _seen(records: Sequence[RequestRecord]) -> dict[str, float]:
    arrivals = sorted(record.arrived for record in records)
    span = arrivals[-1] - arrivals[0]
    return {
        "share": (len(arrivals) - 1) / span / LIMITS.requests_per_second,
        "worst_second": max(
            sum(start <= at < start + 1 for at in arrivals[i : i + 50]) for i, start in enumerate(arrivals)
        ),
        "in_flight": max(record.in_flight for record in records),
        "throttled": sum(record.throttled for record in records),
        "requests": len(arrivals),
    }


def _sentence(said: object) -> str:
    seen = cast("dict[str, float]", said)
    return (
        f"{100 * seen['share']:5.1f} % of the allowed rate  worst second {seen['worst_second']}  "
        f"in flight {seen['in_flight']}  throttled {seen['throttled']}  {seen['cpu_ms']:.1f} ms of CPU a batch"
    )
