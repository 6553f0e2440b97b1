"""Envelopes and replies by themselves: what the platform's answer is, and what each fault makes of it."""

import json
from typing import Any

import pytest

from connectors.sandbox.answers import ApiError, Code, Download, Success, failure_envelope, success_envelope
from connectors.sandbox.faults import NO_FAULT, Fault
from connectors.sandbox.front_page import front_page
from connectors.sandbox.limits import THROTTLE_HEADER
from connectors.sandbox.replies import Reply, applied_reply, envelope_reply, faulty_reply, page_reply
from connectors.sandbox.request_log import RequestLog

TRUE = Success({"recordsInserted": 1, "recordsUpdated": 2}, ("Row 3 was not saved",))


def sent(fault: Fault) -> Reply:
    """Give what a fault makes of a true answer."""
    return faulty_reply(applied_reply(TRUE, fault), fault)


def body(reply: Reply) -> Any:
    """Decode a reply's body."""
    return json.loads(reply.body)


def test_a_success_has_its_keys_in_the_platforms_types() -> None:
    """`success` is 1 and not true; warnings are there only where there are some."""
    envelope = success_envelope(TRUE)
    assert type(envelope["success"]) is int
    assert (envelope["success"], envelope["code"], envelope["warnings"]) == (1, 0, ["Row 3 was not saved"])
    assert "warnings" not in success_envelope(Success())
    assert "errors" not in envelope


def test_a_failure_has_its_errors_and_its_data() -> None:
    """`data` is an empty object unless the refusal tells something."""
    envelope = failure_envelope(301, "Taken.", {"contactID": 7})
    assert (envelope["success"], envelope["code"], envelope["errors"]) == (0, 301, ["Taken."])
    assert envelope["data"] == {"contactID": 7}
    assert failure_envelope(1, "Oops.")["data"] == {}


def test_each_answer_has_an_id_of_its_own() -> None:
    """A GUID in capitals, as the platform writes them."""
    ids = {str(success_envelope(Success())["requestID"]) for _ in range(10)}
    assert len(ids) == 10
    assert all(len(request_id) == 36 and request_id == request_id.upper() for request_id in ids)


def test_codes_are_the_platforms() -> None:
    """The numbers of its page, all of them."""
    general, resources, access = [1, 2, 3, 4, 5], [100, 101], [200, 201, 202, 203, 204]
    rows, values = [300, 301, 302, 303], [500, 501, 502]
    assert [code.value for code in Code] == general + resources + access + rows + values
    assert ApiError(Code.DUPLICATE, "Taken.", {"contactID": 7}).data == {"contactID": 7}


def test_without_a_fault_the_answer_is_true() -> None:
    """Status 200, JSON in UTF-8, nothing added."""
    reply = sent(NO_FAULT)
    assert (reply.status, reply.content_type, reply.headers) == (200, "application/json; charset=UTF-8", {})
    assert (reply.missing_bytes, reply.drip, reply.drop) == (0, 0.0, False)
    assert body(reply)["data"] == TRUE.data


def test_a_download_is_sent_as_it_is() -> None:
    """A zip has no envelope, and nothing is merged into it."""
    reply = applied_reply(Download(b"PK"), Fault(merge={"success": 0}))
    assert (reply.body, reply.content_type) == (b"PK", "application/zip")


def test_text_is_sent_as_utf_8() -> None:
    """No escapes: a client that guesses the encoding is found out."""
    assert "ü 漢".encode() in envelope_reply(failure_envelope(501, "ü 漢")).body


@pytest.mark.parametrize(
    ("fault", "status", "content"),
    [
        (Fault(status=503), 503, b"<h1>503 Service Unavailable</h1>"),
        (Fault(status=599), 599, b"<h1>599 Unknown</h1>"),
        (Fault(raw="plain"), 200, b"plain"),
        (Fault(raw=b"\xff\x00"), 200, b"\xff\x00"),
        (Fault(raw="", status=204), 204, b""),
        (Fault(raw="plain", status=502), 502, b"plain"),
        (Fault(code=5, message="Busy."), 200, b'"errors":["Busy."]'),
        (Fault(code=5, status=500), 500, b'"code":5'),
    ],
)
def test_a_fault_replaces_the_answer(fault: Fault, status: int, content: bytes) -> None:
    """Status, code and body are each set by their own key, alone or together."""
    reply = sent(fault)
    assert reply.status == status
    assert content in reply.body
    assert b"recordsInserted" not in reply.body


def test_damage_is_done_to_the_true_answer() -> None:
    """And to nothing but its body."""
    whole = len(sent(NO_FAULT).body)
    assert body(sent(Fault(body="wrong_type")))[0]["data"] == TRUE.data
    assert sent(Fault(body="empty")).body == b""
    assert sent(Fault(body="truncated")).missing_bytes == whole // 2
    with pytest.raises(ValueError, match="property name"):
        body(sent(Fault(body="malformed")))


def test_even_an_empty_body_can_be_cut() -> None:
    """A promise of at least one byte that never comes."""
    assert faulty_reply(Reply(body=b"x"), Fault(body="truncated")).missing_bytes == 1


def test_headers_are_added_to_whatever_is_sent() -> None:
    """The throttle header as well, also where its text is empty."""
    reply = sent(Fault(status=429, headers={"Retry-After": "3"}, throttled="", drip=0.5))
    assert reply.headers == {"Retry-After": "3", THROTTLE_HEADER: ""}
    assert reply.drip == 0.5


def test_a_drop_sends_nothing() -> None:
    """Whatever else the fault says."""
    assert sent(Fault(drop="after_applying", status=500)) == Reply(drop=True)


def test_merging_goes_into_objects_and_replaces_the_rest() -> None:
    """The envelope stays whole but for the keys that are named."""
    over: dict[str, object] = {
        "success": "1",
        "data": {"recordsInserted": 9, "x": None},
        "warnings": [],
        "errors": ["?"],
    }
    merged = body(sent(Fault(merge=over)))
    assert merged["data"] == {"recordsInserted": 9, "recordsUpdated": 2, "x": None}
    assert (merged["success"], merged["warnings"], merged["errors"], merged["code"]) == ("1", [], ["?"], 0)
    assert body(sent(Fault(merge={"data": []})))["data"] == []


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        (NO_FAULT, True),
        (Fault(status=500), False),
        (Fault(code=1), False),
        (Fault(raw="x"), False),
        (Fault(status=500, apply=True), True),
        (Fault(body="malformed"), True),
        (Fault(throttled="x", delay=1, drip=1, merge={"a": 1}), True),
        (Fault(drop="before_reading"), False),
        (Fault(drop="before_applying", apply=True), False),
        (Fault(drop="after_applying"), True),
    ],
)
def test_a_fault_says_whether_the_call_is_carried_out(fault: Fault, applied: bool) -> None:  # noqa: FBT001 - expected
    """What replaces the answer keeps the call from happening, unless it says otherwise; what damages it does not."""
    assert fault.applies_call() is applied


def test_a_fault_is_summed_up_by_its_effects() -> None:
    """For the log: names only, never the texts."""
    fault = Fault(endpoint="contacts/*", first=1, status=503, headers={"Retry-After": "3"}, merge={"canary": 1})
    assert fault.summary() == "status merge headers"
    assert NO_FAULT.summary() == ""


def test_pages_are_html() -> None:
    """For people, with any status."""
    reply = page_reply("<p>ü</p>", 404)
    assert (reply.status, reply.content_type, reply.body) == (404, "text/html; charset=UTF-8", "<p>ü</p>".encode())


def test_the_front_page_escapes_what_people_named() -> None:
    """A group may be called anything."""
    html = front_page("http://x/v1", 1, 2, [{"groupID": 7, "groupName": "<b>&", "totalMembers": 3}])
    assert "&lt;b&gt;&amp;" in html
    assert "<b>" not in html
    assert "<strong>2</strong> automated e-mails" in html


def test_calls_are_numbered_by_endpoint() -> None:
    """And kept in order of arrival; without a stream nothing is written."""
    log = RequestLog(None)
    endpoints = ("a/b", "c/d", "a/b")
    records = [log.arrive(float(n), "POST", name, 1) for n, name in enumerate(endpoints)]
    log.finish(records[0], 200, 0.5)
    assert [(record.endpoint, record.call) for record in log.records()] == [("a/b", 1), ("c/d", 1), ("a/b", 2)]
    assert (records[0].status, records[0].seconds) == (200, 0.5)
