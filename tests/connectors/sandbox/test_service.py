"""The platform behind one function, without a socket: what is read, in which order, and what is on record."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connectors.sandbox.access import ADMINISTRATOR, DEFAULT_TOKEN, grant
from connectors.sandbox.answers import ApiError, Code
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.database import Database
from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.limits import THROTTLE_HEADER, Admission
from connectors.sandbox.oauth import RequestTokens
from connectors.sandbox.replies import Reply
from connectors.sandbox.request_log import RequestLog
from connectors.sandbox.service import Arrival, Service, answer
from tests.connectors.sandbox.state import NOW, planted, stored

SAVE = b'{"email": "canary@example.com"}'


@dataclass
class Platform:
    """A service with what a test looks at."""

    database: Database
    stream: io.StringIO = field(default_factory=io.StringIO)
    slept: list[float] = field(default_factory=list)

    def ask(
        self,
        path: str = "/v1/contacts/save",
        body: bytes | Exception = SAVE,
        *faults: Fault,
        admission: Admission | None = None,
        authorization: str = f"Bearer {DEFAULT_TOKEN}",
        content_type: str = "application/json",
    ) -> Reply:
        """Answer one request that arrived at second 100 and is done at second 100.25."""
        self.log = RequestLog(self.stream)
        service = Service(
            "http://sandbox",
            self.database,
            Behaviour(),
            FaultPlan(faults),
            self.log,
            RequestTokens(),
            lambda: 100.25,
            self.slept.append,
            lambda: NOW,
        )

        def read_body() -> bytes:
            if isinstance(body, Exception):
                raise body
            return body

        path, _, query = path.partition("?")
        arrival = Arrival("POST", path, query, authorization, content_type, 100.0, read_body)
        return answer(service, arrival, admission or Admission(1))

    def contacts(self) -> int:
        """Count the contacts."""
        with self.database.transaction() as db:
            return len(stored(db))


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A platform with the default token."""
    with planted(tmp_path) as database:
        with database.transaction() as db:
            grant(db, DEFAULT_TOKEN, 1, (ADMINISTRATOR,))
        yield Platform(database)


def test_a_request_is_answered_and_on_record(platform: Platform) -> None:
    """Everything a test or a benchmark measures by, and one line for a person."""
    reply = platform.ask()
    (record,) = platform.log.records()
    assert (reply.status, platform.contacts()) == (200, 1)
    assert (record.arrived, record.seconds, record.status, record.code, record.applied) == (100.0, 0.25, 200, 0, True)
    assert platform.stream.getvalue() == "POST contacts/save 200 code 0 250 ms\n"


def test_the_content_type_is_looked_at_where_there_is_a_body(platform: Platform) -> None:
    """In any case and with parameters; no body needs none."""
    for content_type in ("application/json", "Application/JSON ; charset=utf-8"):
        assert b'"code":0' in platform.ask(content_type=content_type).body
    for content_type in ("", "text/json", "application/x-www-form-urlencoded"):
        assert b'"code":500' in platform.ask(content_type=content_type).body
    assert b'"code":0' in platform.ask("/v1/helper/ping", b"", content_type="").body


def test_a_body_that_cannot_be_read_is_refused(platform: Platform) -> None:
    """Too large, for one: an envelope, and on record."""
    reply = platform.ask("/v1/contacts/save", ApiError(Code.BAD_VALUE, "too large"))
    assert b'"code":501' in reply.body
    assert [record.code for record in platform.log.records()] == [501]


def test_a_client_that_went_away_is_no_failure_of_the_platform(platform: Platform) -> None:
    """There is nobody to answer, so nothing is answered and nothing applied."""
    with pytest.raises(ConnectionError):
        platform.ask("/v1/contacts/save", ConnectionResetError())
    assert platform.contacts() == 0


def test_a_failure_inside_is_logged_without_its_message(platform: Platform) -> None:
    """The place in the code helps; the message might hold what somebody sent."""
    reply = platform.ask("/v1/contacts/save", OSError("canary"))
    assert b'"code":1,' in reply.body
    assert "unexpected OSError" in platform.stream.getvalue()
    assert "canary" not in platform.stream.getvalue()


def test_waits_are_those_of_limits_and_faults_in_order(platform: Platform) -> None:
    """First the throttle, then the delay before applying, then the one before answering; never one of nothing."""
    admission = Admission(2, throttled="slow", wait=1.5)
    reply = platform.ask("/v1/contacts/save", SAVE, Fault(delay=2.5, delay_answer=3.5), admission=admission)
    assert platform.slept == [1.5, 2.5, 3.5]
    assert reply.headers[THROTTLE_HEADER] == "slow"
    platform.ask()
    assert len(platform.slept) == 3


def test_a_rehearsed_throttle_header_wins(platform: Platform) -> None:
    """Whoever rehearses a text wants to see that one."""
    admission = Admission(2, throttled="slow", wait=1.5)
    reply = platform.ask("/v1/contacts/save", SAVE, Fault(throttled="soon"), admission=admission)
    assert reply.headers[THROTTLE_HEADER] == "soon"


def test_a_forbidden_request_goes_no_further(platform: Platform) -> None:
    """No fault is counted, nothing is applied, and it is on record."""
    reply = platform.ask("/v1/contacts/save", SAVE, Fault(code=1), admission=Admission(6, forbidden=True))
    (record,) = platform.log.records()
    assert (reply.status, record.status, record.code, record.fault, record.in_flight) == (403, 403, None, "", 6)
    assert platform.contacts() == 0


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault(drop="after_applying"), "POST contacts/save dropped 250 ms [fault: drop]"),
        (Fault(status=503), "POST contacts/save 503 250 ms [fault: status]"),
        (Fault(code=5), "POST contacts/save 200 code 5 250 ms [fault: code]"),
        (Fault(status=500, apply=True), "POST contacts/save 500 code 0 250 ms [fault: status]"),
        (Fault(revoke_token=True), "POST contacts/save 200 code 200 250 ms [fault: revoke_token]"),
    ],
)
def test_the_line_of_a_fault_says_what_it_was(platform: Platform, fault: Fault, line: str) -> None:
    """Whoever rehearses sees in the log why something failed."""
    platform.ask("/v1/contacts/save", SAVE, fault)
    assert platform.stream.getvalue() == f"{line}\n"


def test_a_call_that_only_reads_is_never_applied(platform: Platform) -> None:
    """`applied` is about changes: a test of retries counts them."""
    platform.ask("/v1/contacts/search", b"{}")
    assert [record.applied for record in platform.log.records()] == [False]


def test_unknown_paths_are_on_record_without_their_text(platform: Platform) -> None:
    """A misspelt URL may hold an address."""
    platform.ask("/v1/contacts/canary@example.com?email=canary")
    assert [record.endpoint for record in platform.log.records()] == ["unknown"]
    assert "canary" not in platform.stream.getvalue()


def test_pages_are_not_on_record(platform: Platform) -> None:
    """The log is about the API."""
    assert platform.ask("/", b"").status == 200
    assert platform.ask("/nowhere", b"").status == 404
    assert platform.ask("/oauth/authorize", b"").status == 400
    assert b'"code":500' in platform.ask("/oauth/user-token", b"{").body
    assert platform.log.records() == []
