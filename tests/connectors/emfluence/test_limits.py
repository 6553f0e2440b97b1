"""What slows a client down or stops all its threads: code 5, HTTP 403, the throttle header, a refused token."""

import threading

import pytest

from connectors.emfluence import errors
from connectors.emfluence.retrying import TOTAL_SECONDS
from tests.connectors.emfluence.clocks import Clock, client_on
from tests.connectors.emfluence.scripted import failure, response, serving, success


def test_code_5_waits_without_using_up_attempts_and_ends_in_time(clock: Clock) -> None:
    """A limit is waited out; but a limit that never ends is an error."""
    with serving(failure(5, "Too many.")) as script, client_on(script.base_url, clock) as client:
        started = clock()
        with pytest.raises(errors.SlowDown):
            client.call("helper", "ping")
    assert script.requests > 6
    assert clock() - started <= TOTAL_SECONDS + 5


def test_code_5_goes_on_with_one_connection(clock: Clock) -> None:
    """Fewer connections are what the platform asks for with code 5."""
    with serving(failure(5, "Too many."), success()) as script, client_on(script.base_url, clock) as client:
        client.call("helper", "ping")
        report = client.report()
    assert script.requests == 2
    assert sum(clock.slept) >= 5
    assert (report.requests, report.retries, report.slowdowns) == (2, 1, 1)


def test_after_a_403_half_a_minute_passes(clock: Clock) -> None:
    """API: more than 5 connections per address may answer 403; coming back at once makes it worse."""
    with serving(response(status="403 Forbidden"), success()) as script, client_on(script.base_url, clock) as client:
        client.call("helper", "ping")
    assert sum(clock.slept) >= 30


def test_three_403s_in_a_row_end_the_call(clock: Clock) -> None:
    """Somebody else holds the connections, or the address is blocked: a person must look."""
    with (
        serving(response(status="403 Forbidden")) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.SlowDown),
    ):
        client.call("helper", "ping")
    assert script.requests == 3


def test_403s_that_are_not_in_a_row_are_waited_out(clock: Clock) -> None:
    """A good answer in between shows that the limit is not for good."""
    forbidden = response(status="403 Forbidden")
    steps = [forbidden, forbidden, success(), forbidden, forbidden, success()]
    with serving(*steps) as script, client_on(script.base_url, clock) as client:
        client.call("helper", "ping")
        client.call("helper", "ping")
    assert script.requests == 6


def test_a_refusal_ends_a_row_of_403s_too(clock: Clock) -> None:
    """It is an answer: the platform let the request in."""
    forbidden = response(status="403 Forbidden")
    steps = [forbidden, forbidden, failure(500, "No."), forbidden, forbidden, success()]
    with serving(*steps) as script, client_on(script.base_url, clock) as client:
        with pytest.raises(errors.RequestRefused):
            client.call("contacts", "save")
        client.call("helper", "ping")
    assert script.requests == 6


def test_no_answer_does_not_end_a_row_of_403s(clock: Clock) -> None:
    """A connection that is refused says nothing about the limit."""
    forbidden = response(status="403 Forbidden")
    steps = [forbidden, forbidden, b"", forbidden, success()]
    with (
        serving(*steps) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.SlowDown),
    ):
        client.call("helper", "ping")
    assert script.requests == 4


@pytest.mark.parametrize("text", ["2", "slow down", "Wed, 21 Oct 2026 07:28:00 GMT", "", "-3", "1000000000"])
def test_the_throttle_header_slows_by_its_presence(text: str, clock: Clock) -> None:
    """The header's text is not specified; the body alone decides whether the call succeeded."""
    throttled = response({"success": 1, "code": 0, "data": {}}, headers=[f"X-API-RateLimit-Throttled: {text}"])
    with serving(throttled) as script, client_on(script.base_url, clock) as client:
        assert client.call("helper", "ping").throttled == text
        report = client.report()
    assert (script.requests, report.throttled, report.slowdowns, report.retries) == (1, 1, 1, 0)


def test_a_throttled_failure_slows_too(clock: Clock) -> None:
    """The header may come with any answer."""
    step = failure(500, "No.", headers=["X-API-RateLimit-Throttled: yes"])
    with serving(step) as script, client_on(script.base_url, clock) as client:
        with pytest.raises(errors.RequestRefused):
            client.call("helper", "ping")
        assert client.report().throttled == 1


def test_a_refused_token_is_not_tried_again(clock: Clock) -> None:
    """Once a token is revoked, calls that wait their turn must stop, not knock on."""
    with serving(failure(200, "Invalid access token.")) as script, client_on(script.base_url, clock) as client:
        for _ in range(3):
            with pytest.raises(errors.Reauthorise, match="Invalid access token"):
                client.call("helper", "ping")
        assert client.report().requests == 1
    assert script.requests == 1


def test_a_missing_permission_stops_only_what_needs_it(clock: Clock) -> None:
    """Code 204 names one permission; other calls may still be allowed."""
    denied = failure(204, "Access to this endpoint requires the permission 'Contacts (Import)'")
    with serving(denied, success()) as script, client_on(script.base_url, clock) as client:
        with pytest.raises(errors.PermissionNeeded) as raised:
            client.call("contacts", "import")
        client.call("helper", "ping")
    assert raised.value.permission == "Contacts (Import)"
    assert script.requests == 2


def test_threads_that_wait_stop_when_the_token_is_refused(clock: Clock) -> None:
    """Revoked in the middle of a run: at most the requests in flight still go out."""
    with serving(failure(200, "Invalid access token.")) as script, client_on(script.base_url, clock) as client:
        failures: list[BaseException] = []

        def work() -> None:
            try:
                client.call("contacts", "import")
            except errors.Reauthorise as failure:
                failures.append(failure)

        threads = [threading.Thread(target=work) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(failures) == 20
    assert script.requests <= 5


def test_limits_hold_over_threads(clock: Clock) -> None:
    """Five threads on one client must not make more requests a second than one would."""
    with serving(success()) as script, client_on(script.base_url, clock, connections=3) as client:
        threads = [threading.Thread(target=client.call, args=("helper", "ping")) for _ in range(30)]
        started = clock()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.report().requests == 30
    assert script.requests == 30
    assert clock() - started > 3
