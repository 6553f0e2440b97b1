"""The platform's limits: by themselves with a clock that tests turn, and at a real server."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from connectors.sandbox import Fault, FaultPlan, Limits, Sandbox
from connectors.sandbox.limits import THROTTLE_HEADER, Gate
from tests.connectors.sandbox.api import NO_TLS, call, people, post


@dataclass
class Clock:
    """A clock that stands still until it is turned, and remembers how long anybody slept."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Note a wait without waiting."""
        self.slept.append(seconds)


def enter(gate: Gate, now: float, times: int) -> list[bool]:
    """Let requests come and go one after the other; tell which were throttled."""
    throttled = []
    for _ in range(times):
        throttled.append(gate.enter(now).throttled is not None)
        gate.leave()
    return throttled


def test_the_tenth_request_of_a_second_is_throttled() -> None:
    """Nine are let through, whatever the connection; the text is worded as the platform's page shows it."""
    gate = Gate(Limits(throttle_seconds=2))
    assert enter(gate, 100.0, 9) == [False] * 9
    admission = gate.enter(100.999)
    assert admission.wait == 2
    assert admission.throttled == (
        "Request was throttled for 2 seconds. 1 requests are running.  "
        "The maximum is 5 requests.  10 requests processed in the last 1 second"
    )


def test_the_second_slides() -> None:
    """What counts is any second, not the one on the clock's face."""
    gate = Gate(Limits())
    assert enter(gate, 100.9, 5) == [False] * 5
    assert enter(gate, 101.5, 5) == [False, False, False, False, True]
    assert enter(gate, 101.9, 5) == [False, False, False, False, True]


def test_the_sixth_connection_is_forbidden_until_one_is_done() -> None:
    """Only requests in flight count, and a forbidden one is not throttled as well."""
    gate = Gate(Limits(requests_per_second=0))
    first = [gate.enter(100.0) for _ in range(5)]
    assert [admission.forbidden for admission in first] == [False] * 5
    sixth = gate.enter(100.0)
    assert (sixth.forbidden, sixth.throttled, sixth.in_flight) == (True, None, 6)
    gate.leave()
    gate.leave()
    assert gate.enter(100.0).forbidden is False


def test_without_limits_requests_are_only_counted() -> None:
    """Tests of other things switch the limits off and still see what was in flight."""
    gate = Gate(None)
    admissions = [gate.enter(100.0) for _ in range(20)]
    assert admissions[-1].in_flight == 20
    assert not any(admission.forbidden or admission.throttled for admission in admissions)


def test_a_throttled_request_is_slowed_down_and_applied(tmp_path: Path) -> None:
    """Throttling is no error: the answer is true, late, and carries the header."""
    clock = Clock()
    with Sandbox(tmp_path, clock=clock, sleep=clock.sleep) as sandbox:
        answers = [post(sandbox, "contacts/import", {"contacts": people(1, start=n)}) for n in range(10)]
        assert [THROTTLE_HEADER in answer.headers for answer in answers] == [False] * 9 + [True]
        assert answers[-1].headers[THROTTLE_HEADER].startswith("Request was throttled for 1 seconds.")
        assert answers[-1].json()["data"]["recordsInserted"] == 1
        assert clock.slept == [1.0]
        assert [record.throttled for record in sandbox.request_log] == [False] * 9 + [True]


@pytest.fixture
def gated() -> Iterator[tuple[threading.Semaphore, threading.Event]]:
    """A semaphore that counts who sleeps in the server, and the event that wakes them all."""
    release = threading.Event()
    yield threading.Semaphore(0), release
    release.set()


def test_a_sixth_simultaneous_connection_gets_http_403(
    tmp_path: Path, gated: tuple[threading.Semaphore, threading.Event]
) -> None:
    """Five requests are held in flight; the sixth is forbidden and not applied; then there is room again."""
    asleep, release = gated

    def sleep(_seconds: float) -> None:
        asleep.release()
        release.wait(10)

    plan = FaultPlan([Fault(endpoint="contacts/save", delay=1)])
    with Sandbox(tmp_path, faults=plan, sleep=sleep) as sandbox, ThreadPoolExecutor(5) as pool:
        held = [pool.submit(call, sandbox, "contacts/save", email=f"a{n}@example.com") for n in range(5)]
        for _ in range(5):
            assert asleep.acquire(timeout=10)
        sixth = post(sandbox, "contacts/import", {"contacts": people(1)})
        release.set()
        assert [answer.result().code for answer in held] == [0] * 5
        assert (sixth.status_code, sixth.headers["Server"]) == (403, "contact-sync-sandbox")
        assert call(sandbox, "helper/ping").code == 0
        assert [(record.in_flight, record.forbidden) for record in sandbox.request_log][5] == (6, True)
        assert len(sandbox.contacts()) == 5


def test_five_busy_connections_are_never_forbidden(tmp_path: Path) -> None:
    """A client that sends the next request the moment it has an answer stays within five: no false alarm."""
    with Sandbox(tmp_path, limits=Limits(requests_per_second=100_000)) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.token}"}

        def work(_worker: int) -> list[int]:
            with httpx.Client(verify=NO_TLS, headers=headers, base_url=sandbox.base_url) as client:
                return [client.post("/helper/ping", json={}).status_code for _ in range(40)]

        with ThreadPoolExecutor(5) as pool:
            statuses = [status for worker in pool.map(work, range(5)) for status in worker]
        assert statuses == [200] * 200
        assert max(record.in_flight for record in sandbox.request_log) <= 5


def test_requests_that_are_told_of_out_of_order_are_counted_in_their_own_second() -> None:
    """A thread that got to its request late must not charge it with what arrived after."""
    gate = Gate(Limits(requests_per_second=2))
    assert enter(gate, 100.0, 1) + enter(gate, 101.05, 1) == [False, False]
    assert enter(gate, 100.95, 1) == [False]
    assert enter(gate, 101.06, 1) == [True]
