"""Rehearsed faults, each as a client sees it on the wire, and whether the platform had applied the call."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from connectors.sandbox import Fault, FaultPlan, Sandbox
from connectors.sandbox.faults import NO_FAULT
from connectors.sandbox.limits import THROTTLE_HEADER
from tests.connectors.sandbox.api import call, people, post, read

IMPORT = "contacts/import"


@contextmanager
def faulty(folder: Path, *faults: Fault, sleep: Callable[[float], object] | None = None) -> Iterator[Sandbox]:
    """Run a sandbox that rehearses faults."""
    with Sandbox(folder, limits=None, faults=FaultPlan(faults, seed=1), sleep=sleep) as sandbox:
        yield sandbox


def send(sandbox: Sandbox) -> httpx.Response:
    """Import one contact."""
    return post(sandbox, IMPORT, {"contacts": people(1)})


def raw_exchange(sandbox: Sandbox, body: bytes) -> bytes:
    """Import on a plain socket and give every byte that comes back until the connection ends."""
    head = f"POST {urlsplit(sandbox.base_url).path}/{IMPORT} HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Authorization: Bearer {sandbox.token}\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        chunks = list(iter(lambda: connection.recv(65_536), b""))
    return b"".join(chunks)


@pytest.mark.parametrize(("drop", "applied"), [("before_reading", 0), ("before_applying", 0), ("after_applying", 1)])
def test_a_dropped_connection_is_reset(tmp_path: Path, drop: str, applied: int) -> None:
    """The client gets a reset and no byte, and only the server knows whether the call was applied."""
    with faulty(tmp_path, Fault(endpoint=IMPORT, first=1, drop=drop)) as sandbox:  # type: ignore[arg-type]
        with pytest.raises(ConnectionResetError):
            raw_exchange(sandbox, b'{"contacts": [{"email": "person0@example.com"}]}')
        record = sandbox.request_log[0]
        assert (record.status, record.applied, record.fault) == (0, bool(applied), "drop")
        assert len(sandbox.contacts()) == applied
        assert send(sandbox).json()["data"]["recordsUpdated"] == applied


def test_a_drop_while_the_body_is_being_sent_is_an_error_of_the_transport(tmp_path: Path) -> None:
    """With a body larger than the socket's buffers the client is still writing when the reset comes."""
    with faulty(tmp_path, Fault(drop="before_reading")) as sandbox:
        body = {"contacts": [{"email": "a@example.com", "notes": "x" * 9_000_000}]}
        with pytest.raises(httpx.TransportError):
            post(sandbox, IMPORT, body)


def test_delays_stand_before_and_after_applying(tmp_path: Path) -> None:
    """A client that gives up early finds the call not applied in one case and applied in the other."""
    seen: list[tuple[float, int]] = []
    running: list[Sandbox] = []

    def sleep(seconds: float) -> None:
        seen.append((seconds, len(running[0].contacts())))

    with faulty(tmp_path, Fault(delay=3, delay_answer=4), sleep=sleep) as sandbox:
        running.append(sandbox)
        assert read(send(sandbox)).code == 0
    assert seen == [(3, 0), (4, 1)]


def test_a_real_delay_ends_with_the_sandbox(tmp_path: Path) -> None:
    """Leaving the block does not wait an hour for a fault to end, and the client is not left hanging."""

    def give_up(sandbox: Sandbox) -> None:
        with suppress(httpx.TransportError):  # or an answer: the stop and the reply race
            send(sandbox)

    with faulty(tmp_path, Fault(delay=3600)) as sandbox:
        client = threading.Thread(target=give_up, args=(sandbox,))
        client.start()
        while not sandbox.request_log:
            pass
    client.join(10)
    assert not client.is_alive()


@pytest.mark.parametrize("status", [302, 403, 413, 429, 500, 502, 503, 504, 599])
def test_an_http_status_replaces_the_answer(tmp_path: Path, status: int) -> None:
    """The body is a page and no envelope, further headers come along, and nothing is applied."""
    fault = Fault(first=1, status=status, headers={"Retry-After": "7", "Location": "http://elsewhere.example/"})
    with faulty(tmp_path, fault) as sandbox:
        response = send(sandbox)
        assert (response.status_code, response.headers["Retry-After"]) == (status, "7")
        assert response.headers["Content-Type"].startswith("text/html")
        assert sandbox.contacts() == []
        assert read(send(sandbox)).code == 0


def test_a_failure_may_come_after_the_call_was_applied(tmp_path: Path) -> None:
    """The worst of the ambiguous ends: the platform did it and says it did not."""
    faults = (Fault(calls=(1,), status=500, apply=True), Fault(calls=(2,), code=1, apply=True))
    with faulty(tmp_path, *faults) as sandbox:
        assert send(sandbox).status_code == 500
        assert len(sandbox.contacts()) == 1
        assert read(send(sandbox)).code == 1
        assert [record.applied for record in sandbox.request_log] == [True, True]


@pytest.mark.parametrize(
    "code", [1, 2, 3, 4, 5, 100, 101, 200, 201, 202, 203, 204, 300, 301, 302, 303, 500, 501, 502, 999]
)
def test_an_api_code_replaces_the_answer(tmp_path: Path, code: int) -> None:
    """Every code can be rehearsed, HTTP status 200, and nothing is applied."""
    with faulty(tmp_path, Fault(code=code, message="No.", merge={"data": {"contactID": 7}})) as sandbox:
        response = send(sandbox)
        answer = read(response)
        assert (response.status_code, answer.success, answer.code, answer.errors) == (200, 0, code, ["No."])
        assert answer.data == {"contactID": 7}
        assert (sandbox.contacts(), sandbox.request_log[0].code) == ([], code)


def test_an_answer_can_be_malformed(tmp_path: Path) -> None:
    """No JSON at all, though the call was applied."""
    with faulty(tmp_path, Fault(body="malformed")) as sandbox:
        with pytest.raises(ValueError, match="Expecting"):
            send(sandbox).json()
        assert len(sandbox.contacts()) == 1


def test_an_answer_can_be_cut_off(tmp_path: Path) -> None:
    """Fewer bytes than the Content-Length promised, though the call was applied."""
    with faulty(tmp_path, Fault(body="truncated")) as sandbox:
        with pytest.raises(httpx.RemoteProtocolError):
            send(sandbox)
        assert len(sandbox.contacts()) == 1


def test_an_answer_can_be_of_another_type_or_empty(tmp_path: Path) -> None:
    """JSON without an envelope, and no body: neither is a success."""
    with faulty(tmp_path, Fault(calls=(1,), body="wrong_type"), Fault(calls=(2,), body="empty")) as sandbox:
        assert isinstance(send(sandbox).json(), list)
        assert send(sandbox).content == b""


def test_any_body_can_be_sent(tmp_path: Path) -> None:
    """Text, a status of one's own, a gzip bomb, a broken chunk: whatever a proxy may put in between."""
    bomb = gzip.compress(b"0" * 1_000_000)
    faults = (
        Fault(calls=(1,), raw="<html>Sign in</html>", headers={"content-type": "text/html"}),
        Fault(calls=(2,), raw='{"success": "maybe"}', status=502),
        Fault(calls=(3,), raw=bomb, headers={"Content-Encoding": "gzip"}),
        Fault(calls=(4,), raw=b"ZZ\r\nnot a chunk\r\n", headers={"Transfer-Encoding": "chunked"}),
    )
    with faulty(tmp_path, *faults) as sandbox:
        page = send(sandbox)
        assert (page.text, page.headers["Content-Type"]) == ("<html>Sign in</html>", "text/html")
        strange = send(sandbox)
        assert (strange.status_code, strange.json()) == (502, {"success": "maybe"})
        assert len(send(sandbox).content) == 1_000_000
        with pytest.raises(httpx.RemoteProtocolError):
            send(sandbox)
        assert sandbox.contacts() == []


def test_a_body_can_drip(tmp_path: Path) -> None:
    """One byte at a time: each read is quick, the whole is not."""
    slept: list[float] = []
    with faulty(tmp_path, Fault(drip=0.9), sleep=slept.append) as sandbox:
        response = send(sandbox)
    assert read(response).code == 0
    assert slept == [0.9] * (len(response.content) - 1)


@pytest.mark.parametrize("text", ["2", "slow down", "Tue, 24 Nov 2026 10:00:00 GMT", "", "-1", "1000000000"])
def test_the_throttle_header_can_hold_any_text(tmp_path: Path, text: str) -> None:
    """On a success as well: its presence is the message."""
    with faulty(tmp_path, Fault(throttled=text)) as sandbox:
        response = send(sandbox)
    assert (response.headers[THROTTLE_HEADER], read(response).code) == (text, 0)


def test_rows_can_get_lost_without_a_word(tmp_path: Path) -> None:
    """Not applied, not counted, no warning: only the sum tells. The warnings of other rows keep their numbers."""
    with faulty(tmp_path, Fault(endpoint=IMPORT, lose_rows=(2, 3))) as sandbox:
        answer = call(sandbox, IMPORT, contacts=[*people(4), {"email": "nobody"}])
        emails = [saved["email"] for saved in sandbox.contacts()]
    assert answer.data == {"recordsInserted": 2, "recordsUpdated": 0, "recordsInData": 5}
    assert emails == ["person0@example.com", "person3@example.com"]
    assert [warning[:5] for warning in answer.warnings] == ["Row 5"]


def test_keys_can_be_laid_over_the_true_answer(tmp_path: Path) -> None:
    """Counts that do not add up, a repeated requestID, warnings about strangers: one key each."""
    over: dict[str, object] = {"data": {"recordsInserted": 0}, "warnings": ["x@example.com?"], "requestID": "same"}
    with faulty(tmp_path, Fault(merge=over)) as sandbox:
        answer = send(sandbox).json()
    assert answer["data"] == {"recordsInserted": 0, "recordsUpdated": 0, "recordsInData": 1}
    assert (answer["success"], answer["warnings"], answer["requestID"]) == (1, ["x@example.com?"], "same")


def test_a_token_can_be_revoked_in_the_middle(tmp_path: Path) -> None:
    """From the third call on the token is worth nothing, at every endpoint, until the sandbox is started again."""
    with faulty(tmp_path, Fault(endpoint=IMPORT, calls=(3,), revoke_token=True)) as sandbox:
        codes = [call(sandbox, IMPORT, contacts=people(1)).code for _ in range(4)]
        assert (codes, call(sandbox, "helper/ping").code) == ([0, 0, 200, 200], 200)
    with faulty(tmp_path) as sandbox:
        assert call(sandbox, "helper/ping").code == 0


def drawn(plan: FaultPlan, endpoints: Sequence[str]) -> list[int]:
    """Give the numbers, from 1, of the calls that a fault happens to."""
    return [number for number, endpoint in enumerate(endpoints, 1) if plan.choose(endpoint) is not NO_FAULT]


@pytest.mark.parametrize(
    ("fault", "hit"),
    [
        (Fault(code=1), [1, 2, 3, 4, 5, 6]),
        (Fault(code=1, calls=(2, 5)), [2, 5]),
        (Fault(code=1, every=3), [3, 6]),
        (Fault(code=1, first=2), [1, 2]),
        (Fault(code=1, probability=0), []),
        (Fault(code=1, probability=1), [1, 2, 3, 4, 5, 6]),
    ],
)
def test_rules_say_which_calls(fault: Fault, hit: list[int]) -> None:
    """Each way of choosing calls chooses those and no others."""
    assert drawn(FaultPlan([fault]), [IMPORT] * 6) == hit


def test_calls_are_counted_among_those_that_the_pattern_meets() -> None:
    """The second import is the second, whatever else is called in between."""
    calls = [IMPORT, "helper/ping", "contacts/save", IMPORT]
    assert drawn(FaultPlan([Fault(endpoint=IMPORT, calls=(2,))]), calls) == [4]
    assert drawn(FaultPlan([Fault(endpoint="contacts/*", calls=(2,))]), calls) == [3]
    assert drawn(FaultPlan([Fault(calls=(2,))]), calls) == [2]


def test_the_first_rule_that_meets_a_call_wins_and_all_count() -> None:
    """Rules do not shift each other's numbers."""
    first, second = Fault(code=1, calls=(1,)), Fault(code=2, calls=(1, 2))
    plan = FaultPlan([first, second])
    assert [plan.choose(IMPORT) for _ in range(3)] == [first, second, NO_FAULT]


def test_the_same_seed_repeats_the_same_draws() -> None:
    """A failure seen once can be seen again; a plan without a seed draws one and tells it."""
    fault = Fault(code=1, probability=0.5)
    one = drawn(FaultPlan([fault], seed=7), [IMPORT] * 50)
    assert one == drawn(FaultPlan([fault], seed=7), [IMPORT] * 50)
    assert one != drawn(FaultPlan([fault], seed=8), [IMPORT] * 50)
    unseeded = FaultPlan([fault])
    assert drawn(unseeded, [IMPORT] * 50) == drawn(FaultPlan([fault], seed=unseeded.seed), [IMPORT] * 50)


def test_a_plan_can_be_changed_while_the_sandbox_runs(sandbox: Sandbox) -> None:
    """A test rehearses one night's fault and lets the next night go well, without another server."""
    assert sandbox.faults.faults == ()
    plan = FaultPlan([Fault(endpoint=IMPORT, status=503)])
    sandbox.faults = plan
    assert sandbox.faults is plan
    assert send(sandbox).status_code == 503
    sandbox.faults = FaultPlan()
    assert read(send(sandbox)).code == 0
    assert [record.call for record in sandbox.request_log] == [1, 2]
