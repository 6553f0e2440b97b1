"""What the client does with each kind of answer: which are sent again, which stop at once, and what they become."""

import json
import threading

import pytest

from connectors.emfluence import Client, errors
from connectors.emfluence.retrying import TOTAL_SECONDS
from tests.connectors.emfluence.clocks import TOKEN, Clock, client_on
from tests.connectors.emfluence.scripted import failure, response, serving, success

TERMINAL = {
    2: errors.WrongSettings,
    3: errors.WrongSettings,
    4: errors.WrongSettings,
    100: errors.WrongSettings,
    101: errors.WrongSettings,
    200: errors.Reauthorise,
    201: errors.Reauthorise,
    202: errors.Reauthorise,
    203: errors.Reauthorise,
    204: errors.PermissionNeeded,
    300: errors.RequestRefused,
    301: errors.DuplicateRecord,
    302: errors.RequestRefused,
    303: errors.RequestRefused,
    500: errors.RequestRefused,
    501: errors.RequestRefused,
    502: errors.RequestRefused,
    999: errors.UnknownCode,
    7: errors.UnknownCode,
    -1: errors.UnknownCode,
    "soon": errors.UnknownCode,
    1.5: errors.UnknownCode,
}


def test_a_call_is_one_post_with_the_token_in_its_header_only(clock: Clock) -> None:
    """A token in a URL or a body ends up in logs."""
    with serving(success({"pong": 1})) as script, client_on(script.base_url, clock) as client:
        answer = client.call("helper", "ping", echo="ü")
    head, body = script.received[0]
    assert answer.data == {"pong": 1}
    assert head.startswith(b"POST /v1/helper/ping HTTP/1.1\r\n")
    assert f"authorization: bearer {TOKEN}".encode().lower() in head.lower()
    assert head.count(TOKEN.encode()) == 1
    assert json.loads(body) == {"echo": "ü"}
    assert f"content-length: {len(body)}".encode() in head.lower()


def test_parameters_may_have_any_name(clock: Clock) -> None:
    """`resource` and `method` are names that an API method may use for its own parameters."""
    with serving(success()) as script, client_on(script.base_url, clock) as client:
        client.call("any", "thing", resource=1, method=2, self=3)
    assert json.loads(script.received[0][1]) == {"resource": 1, "method": 2, "self": 3}


@pytest.mark.parametrize(("code", "kind"), TERMINAL.items())
def test_a_terminal_code_gets_exactly_one_request(code: object, kind: type[errors.Failure], clock: Clock) -> None:
    """Sending again what can never succeed only loads the platform (API: "Retrying Failed Requests")."""
    with (
        serving(failure(code, "It will not do.")) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.Failure) as raised,
    ):
        client.call("contacts", "save", email="a@example.com")
    assert type(raised.value) is kind
    assert script.requests == 1
    assert clock.slept == []
    assert raised.value.facts.messages == ("It will not do.",)
    assert raised.value.facts.request_id == "R-2"


@pytest.mark.parametrize("answer", [failure(1, "Oops."), response(status="503 Busy"), response("<html>")])
def test_a_passing_fault_is_sent_again_byte_for_byte(answer: bytes, clock: Clock) -> None:
    """The platform must be able to take the second attempt for the first."""
    with serving(answer, answer, success({"n": 3})) as script, client_on(script.base_url, clock) as client:
        assert client.call("contacts", "save", email="a@example.com").data == {"n": 3}
    assert len(script.received) == 3
    assert len(set(script.received)) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failure(1, "Oops."), errors.UnexpectedError),
        (response(status="429 Slow"), errors.BadStatus),
        (response(status="500 Oops"), errors.BadStatus),
        (response(status="502 Oops"), errors.BadStatus),
        (response(status="503 Oops"), errors.BadStatus),
        (response(status="504 Oops"), errors.BadStatus),
        (response(status="302 Found", headers=["Location: http://127.0.0.1:1/"]), errors.BadStatus),
        (response(status="404 No"), errors.BadStatus),
        (response(status="405 No"), errors.BadStatus),
        (response(status="415 No"), errors.BadStatus),
        (response(status="201 Made"), errors.BadStatus),
        (response("<html>", kind="text/html"), errors.UnknownAnswer),
    ],
)
def test_retries_end_after_six_attempts(answer: bytes, kind: type[errors.Failure], clock: Clock) -> None:
    """A platform that stays broken must end in an error that says so, not in an endless night."""
    with serving(answer) as script, client_on(script.base_url, clock) as client:
        with pytest.raises(errors.Retryable) as raised:
            client.call("helper", "ping")
        assert client.report().retries == 5
    assert type(raised.value) is kind
    assert script.requests == 6
    assert clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0]


def test_a_success_with_another_status_is_no_success(clock: Clock) -> None:
    """API: any HTTP status but 200 is an error, whatever the body says."""
    body = {"success": 1, "code": 0, "data": {}}
    with (
        serving(response(body, status="202 Accepted")) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.BadStatus),
    ):
        client.call("helper", "ping")
    assert script.requests == 6


def test_retry_after_is_honoured(clock: Clock) -> None:
    """A server that says when to come back knows better than our jitter."""
    busy = response(status="503 Busy", headers=["Retry-After: 17"])
    with serving(busy, success()) as script, client_on(script.base_url, clock) as client:
        client.call("helper", "ping")
    assert clock.slept == [17.0]


def test_a_wait_beyond_the_total_time_ends_the_call(clock: Clock) -> None:
    """Nobody is helped by a request that sleeps into the next day."""
    busy = response(status="503 Busy", headers=["Retry-After: 86400"])
    with (
        serving(busy) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.BadStatus),
    ):
        client.call("helper", "ping")
    assert script.requests == 1
    assert clock.slept == []


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


def test_code_301_says_whose_address_it_is(clock: Clock) -> None:
    """The owner's id is what a person needs to mend it."""
    step = failure(301, 'Email "john.doe@example.com" belongs to another record.', data={"contactID": 456})
    with (
        serving(step) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.DuplicateRecord) as raised,
    ):
        client.call("contacts", "save", email="john.doe@example.com")
    assert raised.value.facts.contact_id == 456
    assert "john.doe" not in str(raised.value)


def test_the_token_is_not_in_the_client_s_text() -> None:
    """A client is printed in notebooks and in tracebacks with local variables."""
    client = Client("http://127.0.0.1:9/v1", TOKEN)
    assert TOKEN not in repr(client)
    assert "127.0.0.1" in repr(client)
    client.close()


@pytest.mark.parametrize("option", ["connections", "requests_per_second", "deadline"])
def test_a_limit_of_nothing_is_refused(option: str, clock: Clock) -> None:
    """A client that may never send would wait for ever."""
    with pytest.raises(errors.WrongSettings):
        client_on("http://127.0.0.1:9/v1", clock, **{option: 0})


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "tokén"])
def test_a_token_that_no_header_can_hold_is_refused(token: str) -> None:
    """A line break in a token would add headers of its own; the sentence must not repeat the token."""
    with pytest.raises(errors.WrongSettings) as raised:
        Client("http://127.0.0.1:9/v1", token)
    assert token == "" or token not in str(raised.value)


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
