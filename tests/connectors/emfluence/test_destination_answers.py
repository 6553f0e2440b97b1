"""The destination's conformance by answer: odd bodies, kinds of warning, counts, throttle headers, statuses.

Each comes through a real server; the closed tables themselves are in `test_envelope` and `test_verdicts`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.emfluence import Fate, errors, import_contacts
from connectors.sandbox import Fault, FaultPlan, Sandbox
from tests.connectors.emfluence.bodies import AMBIGUOUS, GOOD, ODD_BODIES, changed
from tests.connectors.emfluence.clocks import Clock
from tests.connectors.emfluence.nights import BATCH, PEOPLE, Night, counted, night, two_nights
from tests.connectors.emfluence.sandboxes import client_of

IMPORT = "contacts/import"
KINDS = {
    "E04": ("empty", "blank", "html"),
    "E05": ("truncated", "two documents", "single quotes", "NUL", "UTF-16", "success twice"),
    "E06": ("deep list", "deep data", "NaN", "Infinity", "infinite float", "5000 digits", "bad UTF-8"),
    "E07": ("list", "list of envelopes", "null", "true", "number", "text", "no envelope"),
}
ODD = {f"{row} {name}": ODD_BODIES[name] for row, names in KINDS.items() for name in names}
UNCLEAR = {f"E08 {name}": changed(GOOD, change) for name, change in AMBIGUOUS.items() if "errors" not in change}


@pytest.fixture
def sandbox(tmp_path: Path, clock: Clock) -> Iterator[Sandbox]:
    """A sandbox on the same clock as the client."""
    with Sandbox(tmp_path, clock=clock, sleep=clock.sleep) as running:
        yield running


def test_every_odd_body_has_its_kind() -> None:
    """A body that is added to the table is rehearsed through the server too."""
    assert sorted(name for names in KINDS.values() for name in names) == sorted(ODD_BODIES)


@pytest.mark.parametrize("body", [*ODD.values(), *UNCLEAR.values()], ids=[*ODD, *UNCLEAR])
def test_an_odd_body_is_never_taken_for_success(body: bytes, sandbox: Sandbox, clock: Clock) -> None:
    """All night from the fourth batch on: what was told before stays told, the rest arrives the next night.

    It is applied each time, so a success would even be true; but nobody said so.
    """
    plan = FaultPlan([Fault(endpoint=IMPORT, calls=tuple(range(4, 99)), raw=body, apply=True)])
    first, second = two_nights(sandbox, clock, plan)
    assert [type(failure) for failure in first.failures] == [errors.UnknownAnswer]
    assert len(first.applied) == 3 * BATCH
    assert counted(first, second) == len(PEOPLE)


STATUSES = {f"E02 {status}": status for status in (429, 500, 502, 503, 504)}
STATUSES |= {f"E03 {status}": status for status in (301, 302, 404, 405, 415)}


@pytest.mark.parametrize("status", STATUSES.values(), ids=STATUSES)
def test_a_status_that_stays_ends_in_pending_rows(status: int, sandbox: Sandbox, clock: Clock) -> None:
    """API: any status but 200 is an error; it is tried again a bounded number of times and named in the end."""
    first, _ = two_nights(sandbox, clock, FaultPlan([Fault(endpoint=IMPORT, status=status)]))
    assert isinstance(first.failures[0], errors.BadStatus)
    assert first.failures[0].facts.status == status


def test_a_413_shrinks_the_batch(sandbox: Sandbox, clock: Clock) -> None:
    """E03: what is too large is sent in two halves, in the same night."""
    first, _ = two_nights(sandbox, clock, FaultPlan([Fault(endpoint=IMPORT, calls=(2,), status=413)]))
    assert len(first.applied) == len(PEOPLE)
    assert any("too large" in anomaly for result in first.results for anomaly in result.anomalies)


SAID: dict[str, tuple[list[str], set[str], int]] = {
    "G01 an e-mail": ([f"The contact {PEOPLE[1].upper()} has an odd name"], {PEOPLE[1]}, 0),
    "G02 a row number": (["Row 2 has an odd name"], {PEOPLE[1]}, 0),
    "G02 a row number that was not sent": (["Row 0 has an odd name", "Row 2 is odd"], set(), 2),
    "G03 nobody": (["Something is odd"], set(), 1),
    "G04 somebody who was not sent": (["eve@example.com is odd"], set(), 1),
    "G05 one row twice": ([f"{PEOPLE[1]}: odd name", "Row 2: odd date"], {PEOPLE[1]}, 0),
}


@pytest.mark.parametrize(("said", "warned", "unplaced"), SAID.values(), ids=SAID)
def test_a_warning_beside_full_counts_is_a_note(
    said: list[str], warned: set[str], unplaced: int, sandbox: Sandbox, clock: Clock
) -> None:
    """All rows are counted, so all are applied; what is said is kept at its row, or beside the batch."""
    plan = FaultPlan([Fault(endpoint=IMPORT, calls=(1,), merge={"warnings": said})])
    first, _ = two_nights(sandbox, clock, plan)
    assert first.with_fate(Fate.APPLIED_WITH_WARNING) == warned
    assert len(first.applied) == len(PEOPLE)
    assert len(first.results[0].unplaced) == unplaced
    if warned:
        assert first.results[0].verdicts[1].sentences == tuple(said)


@pytest.mark.parametrize(("said", "warned", "unplaced"), SAID.values(), ids=SAID)
def test_a_warning_beside_a_lost_row_refuses_nobody_else(
    said: list[str], warned: set[str], unplaced: int, sandbox: Sandbox, clock: Clock
) -> None:
    """The platform lost another row than the warning speaks of: whoever was applied is never told to be refused."""
    fault = Fault(endpoint=IMPORT, calls=(1,), lose_rows=(2,), merge={"warnings": said})
    with client_of(sandbox, clock) as client:
        sandbox.faults = FaultPlan([fault])
        told = night(client, PEOPLE)
    assert told.applied == {str(contact["email"]) for contact in sandbox.contacts()}
    assert told.with_fate(Fate.REFUSED) == warned
    assert unplaced == 0 or told.applied == set(PEOPLE)


COUNTS: dict[str, dict[str, object]] = {
    "E10 more than were sent": {"recordsInserted": 9},
    "E10 fewer than were sent": {"recordsInserted": 3},
    "E10 less than nothing": {"recordsInserted": -1},
    "E10 no number": {"recordsInserted": "many"},
    "E10 none": {"recordsInserted": None, "recordsUpdated": None},
    "E10 rows read that do not match": {"recordsInData": 7},
}


@pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS)
@pytest.mark.parametrize("calls", [(1,), ()], ids=["once", "always"])
def test_counts_that_cannot_be_refuse_nobody(
    counts: dict[str, object], calls: tuple[int, ...], sandbox: Sandbox, clock: Clock
) -> None:
    """The rows are there, so none may be told refused for a count; what is not explained is pending and flagged."""
    first, _ = two_nights(sandbox, clock, FaultPlan([Fault(endpoint=IMPORT, calls=calls, merge={"data": counts})]))
    assert first.with_fate(Fate.REFUSED) == set()
    assert any(result.anomalies or result.requests > 1 for result in first.results)


@pytest.mark.parametrize(
    "request_id", [None, "", "R-1", 7], ids=["E11 none", "E11 empty", "E11 repeated", "E11 number"]
)
def test_a_request_id_decides_nothing(request_id: object, sandbox: Sandbox, clock: Clock) -> None:
    """It is the platform's own, for its support; a batch is known by ours. Where it is missing, that is flagged."""
    first, _ = two_nights(sandbox, clock, FaultPlan([Fault(endpoint=IMPORT, merge={"requestID": request_id})]))
    assert len(first.applied) == len(PEOPLE)
    assert {ids for result in first.results for ids in result.request_ids} <= {"R-1"}
    flag = "An answer bears no request id of its own."
    assert request_id == "R-1" or all(flag in result.anomalies for result in first.results)


ERRORS = {
    "E09 an e-mail": ([f"{PEOPLE[1]} failed"], {PEOPLE[1]}),
    "E09 a row number": (["Row 2 failed"], {PEOPLE[1]}),
    "E09 nobody": (["Something failed"], set(PEOPLE[:BATCH])),
}


@pytest.mark.parametrize(("said", "unknown"), ERRORS.values(), ids=ERRORS)
def test_errors_beside_a_success_leave_their_rows_pending(
    said: list[str], unknown: set[str], sandbox: Sandbox, clock: Clock
) -> None:
    """Counted and failed at once: nobody can tell, so the row is sent again the next night; the others are told."""
    plan = FaultPlan([Fault(endpoint=IMPORT, calls=(1,), merge={"errors": said})])
    first, second = two_nights(sandbox, clock, plan)
    assert first.with_fate(Fate.UNKNOWN) == unknown == second.applied


HEADERS = {
    "H01 seconds": "2",
    "H02 a sentence": "slow down",
    "H03 a date": "Wed, 21 Oct 2026 07:28:00 GMT",
    "H04 nothing": "",
    "H05 negative": "-3",
    "H05 huge": "1000000000",
    "H06 as documented, on a success": "Request was throttled for 2 seconds. 2 requests are running.",
}


@pytest.mark.parametrize("text", HEADERS.values(), ids=HEADERS)
def test_a_throttle_header_slows_and_changes_no_row(text: str, sandbox: Sandbox, clock: Clock) -> None:
    """Its presence halves the rate once; the body alone says what became of the rows."""
    sandbox.faults = FaultPlan([Fault(endpoint=IMPORT, calls=(1,), throttled=text)])
    with client_of(sandbox, clock) as client:
        started = clock()
        told = night(client, PEOPLE)
        report = client.report()
    assert told.applied == set(PEOPLE)
    assert (report.throttled, report.slowdowns, report.retries) == (1, 1, 0)
    assert 1 < clock() - started < 65


def test_a_throttle_header_on_a_failure_refuses_nobody(sandbox: Sandbox, clock: Clock) -> None:
    """H06: a code 1 that is throttled as well is sent again as any other."""
    plan = FaultPlan([Fault(endpoint=IMPORT, calls=(1,), code=1, throttled="2")])
    first, _ = two_nights(sandbox, clock, plan)
    assert len(first.applied) == len(PEOPLE)


def test_bad_rows_among_good_ones_are_the_only_ones_refused(sandbox: Sandbox, clock: Clock) -> None:
    """G01: refused by the sandbox itself, which names them; told from one request."""
    with client_of(sandbox, clock) as client:
        told = Night()
        told.send(client, ["no address", *PEOPLE[:4]])
        silent = import_contacts(client, ['{"email":"a@example.com","custom99":"x"}'], ["a@example.com"])
    assert told.with_fate(Fate.REFUSED) == {"no address"}
    assert told.applied == set(PEOPLE[:4])
    assert silent.requests == 1
