"""The destination's conformance under faults: each at the first, middle and last batch, at all, and at random ones.

What is checked after each: `nights.two_nights`. Read and write parts that a real account takes: `test_destination`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.emfluence import errors
from connectors.sandbox import Fault, FaultPlan, Limits, Sandbox
from tests.connectors.emfluence.clocks import Clock
from tests.connectors.emfluence.nights import (
    BATCH,
    PEOPLE,
    Night,
    addresses,
    counted,
    import_requests,
    two_nights,
)
from tests.connectors.emfluence.sandboxes import client_of

BATCHES = len(PEOPLE) // BATCH
IMPORT = "contacts/import"

PASSING = {
    "N05 reset before the request is read": Fault(drop="before_reading"),
    "N09 reset before it is applied": Fault(drop="before_applying"),
    "N09 reset after it is applied": Fault(drop="after_applying"),
    "N07 not applied, and silent beyond the deadline": Fault(delay=120, status=503),
    "N08 applied, then silent beyond the deadline": Fault(delay_answer=120),
    "N12 applied, and the answer cut short": Fault(body="truncated"),
    "N13 applied, and a chunk that is none": Fault(headers={"Transfer-Encoding": "chunked"}),
    "N14 a redirect": Fault(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "N15 applied, and gzip that is none": Fault(headers={"Content-Encoding": "gzip"}),
    "E01 HTTP 403": Fault(status=403),
    "E02 HTTP 503, not applied": Fault(status=503),
    "E02 HTTP 504, applied": Fault(status=504, apply=True),
    "E04 applied, and an empty answer": Fault(body="empty"),
    "E05 applied, and malformed JSON": Fault(body="malformed"),
    "E07 applied, and a list": Fault(body="wrong_type"),
    "E08 applied, and no word of success": Fault(merge={"success": None}),
    "F001 unexpected, not applied": Fault(code=1),
    "F001 unexpected, applied": Fault(code=1, apply=True),
    "F005 too many requests": Fault(code=5),
}
POSITIONS = {
    "first": {"calls": (1,)},
    "middle": {"calls": (BATCHES // 2,)},
    "last": {"calls": (BATCHES,)},
    "all": {},
    "random": {"probability": 0.3},
}


@pytest.fixture
def sandbox(tmp_path: Path, clock: Clock) -> Iterator[Sandbox]:
    """A sandbox on the same clock as the client, so that delays pass and limits hold without waiting."""
    with Sandbox(tmp_path, clock=clock, sleep=clock.sleep) as running:
        yield running


@pytest.mark.parametrize("where", POSITIONS)
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_nobody_is_lost_and_nobody_counted_twice(fault: Fault, where: str, sandbox: Sandbox, clock: Clock) -> None:
    """One night after the faults stop nothing is pending, whether the platform had applied it or not."""
    plan = FaultPlan([replace(fault, endpoint=IMPORT, **POSITIONS[where])])  # type: ignore[arg-type]  # fields of it
    print(f"seed {plan.seed}")  # noqa: T201 - shown where the test fails, to repeat its draws
    first, second = two_nights(sandbox, clock, plan)
    assert counted(first, second) == len(PEOPLE)
    if where in ("first", "middle", "last"):
        assert (first.failures, len(first.applied)) == ([], len(PEOPLE))
        assert import_requests(sandbox) == BATCHES + 1
    if where == "all":
        assert isinstance(first.failures[0], errors.Retryable)
        assert first.applied == set()


def test_five_threads_lose_nobody_either(tmp_path: Path, clock: Clock) -> None:
    """Faults of several kinds at a third of the requests, over the connections that a sync uses."""
    kinds = [
        Fault(endpoint=IMPORT, probability=0.12, drop="after_applying"),
        Fault(probability=0.2, code=1, apply=True),
    ]
    plan = FaultPlan([*kinds, Fault(endpoint=IMPORT, probability=0.1, status=503)])
    print(f"seed {plan.seed}")  # noqa: T201 - shown where the test fails, to repeat its draws
    batches = [PEOPLE[start : start + BATCH] for start in range(0, len(PEOPLE), BATCH)]
    with Sandbox(tmp_path, faults=plan, limits=Limits(requests_per_second=100_000)) as sandbox:
        first, second = Night(), Night()
        with client_of(sandbox, clock) as client, ThreadPoolExecutor(5) as pool:
            list(pool.map(lambda batch: first.send(client, batch), batches))
        sandbox.faults = FaultPlan()
        with client_of(sandbox, clock) as client:
            second.send(client, first.pending(PEOPLE))
        assert addresses(sandbox) == sorted(PEOPLE)
        assert len(sandbox.sent_mails()) == len(PEOPLE)
    assert counted(first, second) == len(PEOPLE)
    assert first.applied | second.applied == set(PEOPLE)
