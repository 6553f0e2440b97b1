"""How a call becomes bytes, and what each status and code becomes; the truth table itself is in `test_envelope`."""

import json
from collections import UserDict
from datetime import UTC, datetime

import pytest

from connectors.emfluence import errors
from connectors.emfluence.protocol import Call, decode, encode
from tests.connectors.emfluence.bodies import AMBIGUOUS, GOOD, ODD_BODIES, changed

TOKEN = "CANARY-TOKEN"
CALL = encode("https://api.example.com/v1", "contacts", "save", {"email": "canary@example.com"}, TOKEN)


def test_a_call_is_encoded_as_the_page_says() -> None:
    """POST, JSON, and the token as a bearer (API: "Passing Request Data", "Authenticating Requests")."""
    assert (CALL.method, CALL.url, CALL.endpoint) == (
        "POST",
        "https://api.example.com/v1/contacts/save",
        "contacts/save",
    )
    assert CALL.body == b'{"email":"canary@example.com"}'
    assert CALL.headers["Authorization"] == f"Bearer {TOKEN}"
    assert CALL.headers["Content-Type"] == "application/json"


def test_the_same_call_is_the_same_bytes() -> None:
    """A re-send that differs could be taken for another request."""
    again = encode("https://api.example.com/v1", "contacts", "save", {"email": "canary@example.com"}, TOKEN)
    assert again == CALL


def test_a_body_that_is_encoded_already_goes_out_as_it_is() -> None:
    """A batch is encoded once, when it is planned."""
    assert (
        encode("https://a.example/v1", "contacts", "import", b'{"contacts": [ ]}', TOKEN).body == b'{"contacts": [ ]}'
    )


def test_a_call_s_text_shows_neither_token_nor_body() -> None:
    """A call may be printed in a traceback."""
    assert "anary" not in repr(CALL).lower()


@pytest.mark.parametrize(
    ("resource", "method"),
    [("", "ping"), ("helper", ""), ("../x", "ping"), ("helper", "ping?accessToken=1"), ("a/b", "c"), ("é", "x")],
)
def test_names_that_are_none_are_refused(resource: str, method: str) -> None:
    """A name with a slash or a question mark would call something else, with parameters in the URL."""
    with pytest.raises(errors.WrongSettings):
        encode("https://a.example/v1", resource, method, {}, TOKEN)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}, UserDict(), b"bytes"])
def test_values_that_are_no_json_are_refused_without_being_repeated(value: object) -> None:
    """Half a surrogate pair or a NaN would be sent as invalid JSON."""
    with pytest.raises(errors.WrongSettings) as raised:
        encode("https://a.example/v1", "contacts", "save", {"notes": "canary", "value": value}, TOKEN)
    assert "canary" not in str(raised.value)


def test_a_success_is_an_answer() -> None:
    """Everything that the envelope says beside the data must arrive too."""
    body = changed(GOOD, {"warnings": [f"w {TOKEN}"], "extrainfo": f"x {TOKEN}"})
    answer = decode(CALL, 200, {"X-API-RateLimit-Throttled": "2"}, body)
    assert (answer.data, answer.warnings, answer.extrainfo, answer.request_id) == (
        {"a": 1},
        ("w [secret]",),
        "x [secret]",
        "R",
    )
    assert answer.throttled == "2"


@pytest.mark.parametrize("body", [*ODD_BODIES.values(), *(changed(GOOD, change) for change in AMBIGUOUS.values())])
def test_what_cannot_be_told_is_an_unknown_answer(body: bytes) -> None:
    """It is sent again, and never taken for a success."""
    with pytest.raises(errors.UnknownAnswer) as raised:
        decode(CALL, 200, {"content-type": "text/html; charset=utf-8"}, body)
    assert f"{len(body)} bytes of text/html" in str(raised.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, errors.SlowDown),
        (413, errors.RequestTooLarge),
        (500, errors.BadStatus),
        (301, errors.BadStatus),
        (204, errors.BadStatus),
    ],
)
def test_a_status_other_than_200_is_a_failure_whatever_the_body(status: int, kind: type[errors.Failure]) -> None:
    """API: "any non-200 HTTP status code is an error"."""
    with pytest.raises(errors.Failure) as raised:
        decode(CALL, status, {}, json.dumps(GOOD).encode())
    assert type(raised.value) is kind
    assert raised.value.facts.status == status


def test_a_status_carries_the_wait_that_the_server_asks_for() -> None:
    """Header names come in any case."""
    with pytest.raises(errors.BadStatus) as raised:
        decode(CALL, 503, {"Retry-After": "9"}, b"")
    assert raised.value.facts.retry_after == 9.0


def test_an_error_s_text_holds_what_is_needed_and_nothing_personal() -> None:
    """API, "Best Practices": log as much as possible; never the token, and here never an address either."""
    body = changed(
        {"success": 0, "code": 301, "data": {"contactID": "456"}, "requestID": "6F9619FF-8B86-D011-B42D-00C04FC964FF"},
        {"errors": [f'Email "canary@example.com" belongs to another record of {TOKEN}.']},
    )
    with pytest.raises(errors.DuplicateRecord) as raised:
        decode(CALL, 200, {}, body)
    assert str(raised.value) == (
        "POST contacts/save: Another record has this address already. "
        'The platform says: "Email "[address]" belongs to another record of [secret]." '
        "(HTTP status 200, code 301, requestID 6F9619FF-8B86-D011-B42D-00C04FC964FF)"
    )
    assert raised.value.facts.contact_id == 456
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("request_id", [TOKEN, "two words", "x" * 65, "line\nbreak", 7, None])
def test_a_request_id_that_is_none_is_left_out(request_id: object) -> None:
    """Whatever stands there goes into logs, so it must look like an id and not be the token."""
    with pytest.raises(errors.RequestRefused) as raised:
        decode(CALL, 200, {}, changed({"success": 0, "code": 500}, {"requestID": request_id}))
    assert raised.value.facts.request_id == ""
    assert decode(CALL, 200, {}, changed(GOOD, {"requestID": request_id})).request_id == ""


@pytest.mark.parametrize("owner", [None, "x", "9" * 5000, {}, True])
def test_an_owner_that_is_no_id_is_left_out(owner: object) -> None:
    """Code 301 is a refused row in any case."""
    with pytest.raises(errors.DuplicateRecord) as raised:
        decode(CALL, 200, {}, changed({"success": 0, "code": 301}, {"data": {"contactID": owner}}))
    assert raised.value.facts.contact_id is None


def test_a_media_type_is_repeated_only_if_it_is_one() -> None:
    """A header is text of the server's own choice, and the reason goes into logs."""
    with pytest.raises(errors.UnknownAnswer, match="an unknown type"):
        decode(Call("POST", "https://a.example", "a/b", {}, b"{}"), 200, {"content-type": "canary@example.com"}, b"")


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Tue, 24 Nov 2026 02:00:00 GMT", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 02:00:00 -0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_servers_clock_is_told_where_it_can_be_read(date: str, moment: datetime | None) -> None:
    """A wrong clock of ours is noticed by it; a header that is none stops no call."""
    assert decode(CALL, 200, {"Date": date}, changed(GOOD, {})).date == moment
