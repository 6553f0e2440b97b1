"""The destination's conformance by error code: one request for each terminal or unknown one."""

from pathlib import Path

import pytest

from connectors.emfluence import Fate, contacts, errors
from connectors.sandbox import Fault, FaultPlan, Sandbox
from tests.connectors.emfluence.clocks import Clock
from tests.connectors.emfluence.nights import BATCH, PEOPLE, Night, import_requests, two_nights
from tests.connectors.emfluence.sandboxes import client_of

IMPORT = "contacts/import"

STOPPING = {
    "F002": (2, errors.WrongSettings),
    "F003": (3, errors.WrongSettings),
    "F004": (4, errors.WrongSettings),
    "F100": (100, errors.WrongSettings),
    "F101": (101, errors.WrongSettings),
    "F200": (200, errors.Reauthorise),
    "F201": (201, errors.Reauthorise),
    "F202": (202, errors.Reauthorise),
    "F203": (203, errors.Reauthorise),
    "F204": (204, errors.PermissionNeeded),
    "F999 seven": (7, errors.UnknownCode),
    "F999 four digits": (9999, errors.UnknownCode),
    "F999 negative": (-1, errors.UnknownCode),
}
REFUSING = {
    "F300": (300, errors.RequestRefused),
    "F301": (301, errors.DuplicateRecord),
    "F302": (302, errors.RequestRefused),
    "F303": (303, errors.RequestRefused),
    "F500": (500, errors.RequestRefused),
    "F501": (501, errors.RequestRefused),
    "F502": (502, errors.RequestRefused),
}
TERMINAL = STOPPING | REFUSING


@pytest.mark.parametrize(("code", "kind"), STOPPING.values(), ids=STOPPING)
@pytest.mark.parametrize("before", [0, 3, 5], ids=["first", "middle", "last"])
def test_a_code_that_no_row_can_mend_stops_the_night(
    code: int, kind: type[errors.Failure], before: int, tmp_path: Path, clock: Clock
) -> None:
    """One request, no wait, and every row that was not told is pending and goes out the next night."""
    plan = FaultPlan([Fault(endpoint=IMPORT, calls=tuple(range(before + 1, 99)), code=code, message="No.")])
    with Sandbox(tmp_path, limits=None) as sandbox:
        first, second = two_nights(sandbox, clock, plan)
        assert import_requests(sandbox) == len(PEOPLE) // BATCH + 1
    assert [type(failure) for failure in first.failures] == [kind]
    assert first.failures[0].facts.messages == ("No.",)
    assert (len(first.applied), len(second.applied)) == (before * BATCH, len(PEOPLE) - before * BATCH)


@pytest.mark.parametrize("code", [code for code, _ in REFUSING.values()], ids=REFUSING)
def test_a_code_for_one_row_refuses_that_row(code: int, tmp_path: Path, clock: Clock) -> None:
    """A batch of one is not sent again: exactly one request, and the row has the platform's words as its reason."""
    with (
        Sandbox(tmp_path, faults=FaultPlan([Fault(code=code, message="No.")]), limits=None) as sandbox,
        client_of(sandbox, clock) as client,
    ):
        told = Night()
        told.send(client, PEOPLE[:1])
        assert (import_requests(sandbox), sandbox.contacts()) == (1, [])
    assert told.with_fate(Fate.REFUSED) == {PEOPLE[0]}
    assert told.results[0].verdicts[0].sentences == ("No.",)
    assert clock.slept == []


@pytest.mark.parametrize("code", [code for code, _ in REFUSING.values()], ids=REFUSING)
def test_a_code_for_one_batch_passes(code: int, tmp_path: Path, clock: Clock) -> None:
    """A batch of several is split, because one row may be to blame: here none is, and nobody is refused."""
    plan = FaultPlan([Fault(endpoint=IMPORT, calls=(3,), code=code)])
    with Sandbox(tmp_path, limits=None) as sandbox:
        first, _ = two_nights(sandbox, clock, plan)
    assert len(first.applied) == len(PEOPLE)


@pytest.mark.parametrize(("code", "kind"), TERMINAL.values(), ids=TERMINAL)
def test_any_other_call_gets_exactly_one_request_too(
    code: int, kind: type[errors.Failure], tmp_path: Path, clock: Clock
) -> None:
    """A single contact that cannot be saved is an error, of the kind that says what to do."""
    with (
        Sandbox(tmp_path, faults=FaultPlan([Fault(code=code)]), limits=None) as sandbox,
        client_of(sandbox, clock) as client,
    ):
        with pytest.raises(errors.Failure) as raised:
            contacts.save(client, email="a@example.com")
        assert len(sandbox.request_log) == 1
    assert type(raised.value) is kind
    assert clock.slept == []


def test_a_token_revoked_in_the_middle_ends_the_night(tmp_path: Path, clock: Clock) -> None:
    """A01: nothing more is sent, the rest is pending, and the message speaks of the token and not of the data."""
    plan = FaultPlan([Fault(endpoint=IMPORT, calls=(4,), revoke_token=True)])
    with Sandbox(tmp_path, limits=None) as sandbox:
        sandbox.faults = plan
        with client_of(sandbox, clock) as client:
            first = Night()
            for start in range(0, len(PEOPLE), BATCH):
                first.send(client, PEOPLE[start : start + BATCH])
        assert import_requests(sandbox) == 4
        assert len(first.applied) == len(sandbox.contacts()) == 3 * BATCH
    assert {type(failure) for failure in first.failures} == {errors.Reauthorise}
    assert "access token" in str(first.failures[0])
