"""What the client does with each kind of answer: which are sent again, which stop at once, and what they become."""

import json
import socket

import pytest

from connectors.emfluence import errors
from tests.connectors.emfluence.clocks import TOKEN, Clock, client_on
from tests.connectors.emfluence.scripted import Early, failure, response, serving, success

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


def test_a_413_that_comes_before_the_body_is_read_is_understood(clock: Clock) -> None:
    """A proxy that refuses a large body says so at once; the client must listen although it is still sending."""

    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(response(status="413 Too Large"))
        while connection.recv(65536):
            pass

    with (
        serving(Early(refuse)) as script,
        client_on(script.base_url, clock) as client,
        pytest.raises(errors.RequestTooLarge),
    ):
        client.send("contacts", "import", b" " * 5_000_000)
    assert script.requests == 1
