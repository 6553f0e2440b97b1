"""The closed truth table: which bodies are a success, which a failure, and that all others are `Unreadable`."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.emfluence.envelope import Envelope, Unreadable, read_envelope, read_object, whole_number

GOOD: dict[str, Any] = {"success": 1, "code": 0, "data": {"a": 1}, "requestID": "R"}
BAD: dict[str, Any] = {"success": 0, "code": 500, "errors": ["No."], "data": {}}

ODD_BODIES = {
    "empty": b"",
    "blank": b" \r\n ",
    "html": b"<!DOCTYPE html><html><body>502</body></html>",
    "truncated": json.dumps(GOOD).encode()[:-5],
    "two documents": json.dumps(GOOD).encode() * 2,
    "list": b"[]",
    "list of envelopes": json.dumps([GOOD]).encode(),
    "null": b"null",
    "true": b"true",
    "number": b"1",
    "text": b'"success"',
    "no envelope": b"{}",
    "deep list": b"[" * 100_000 + b"]" * 100_000,
    "deep data": b'{"success":1,"code":0,"data":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "NaN": b'{"success":1,"code":0,"data":{"n":NaN}}',
    "Infinity": b'{"success":1,"code":0,"data":{"n":-Infinity}}',
    "infinite float": b'{"success":1,"code":0,"data":{"n":1e999}}',
    "5000 digits": b'{"success":1,"code":0,"data":{"n":' + b"9" * 5000 + b"}}",
    "bad UTF-8": b'{"success":1,"code":0,"data":{"n":"\xff"}}',
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "single quotes": b"{'success': 1}",
    "success twice": b'{"success":0,"code":0,"data":{},"success":1}',
    "NUL": b"\x00" * 20,
}

AMBIGUOUS: dict[str, dict[str, Any]] = {
    "success missing": {"success": ...},
    "success null": {"success": None},
    "success 2": {"success": 2},
    "success 1.0": {"success": 1.0},
    "success 0.0": {"success": 0.0},
    "success yes": {"success": "yes"},
    "success empty": {"success": ""},
    "success list": {"success": [1]},
    "success object": {"success": {"value": 1}},
    "code missing": {"code": ...},
    "code null": {"code": None},
    "code of an error": {"code": 500},
    "code no number": {"code": "none"},
    "code true": {"code": True},
    "errors too": {"errors": ["Row 3 failed."]},
    "an error text too": {"errors": "Row 3 failed."},
    "an error object too": {"errors": {"row": 3}},
    "data missing": {"data": ...},
    "data null": {"data": None},
    "data list": {"data": []},
    "data text": {"data": "ok"},
}


def changed(envelope: dict[str, Any], change: dict[str, Any]) -> bytes:
    """Write an envelope with some names changed; `...` takes one out."""
    return json.dumps({name: value for name, value in {**envelope, **change}.items() if value is not ...}).encode()


@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES)
def test_an_odd_body_is_unreadable(body: bytes) -> None:
    """A proxy's page or half an answer must never pass for a success, nor crash the run."""
    with pytest.raises(Unreadable):
        read_envelope(body)


@pytest.mark.parametrize("change", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_an_ambiguous_success_is_unreadable(change: dict[str, Any]) -> None:
    """What says success and something else beside it is not believed."""
    with pytest.raises(Unreadable):
        read_envelope(changed(GOOD, change))


@pytest.mark.parametrize("success", [1, True, "1", "true", "TRUE"])
@pytest.mark.parametrize("code", [0, "0"])
def test_success_has_these_forms(success: object, code: object) -> None:
    """Documented as a boolean, recorded as 1: both are taken, and as texts too."""
    envelope = read_envelope(changed(GOOD, {"success": success, "code": code}))
    assert envelope == Envelope(True, 0, {"a": 1}, (), (), "", "R")


@pytest.mark.parametrize("success", [0, False, "0", "false", "False"])
def test_failure_has_these_forms(success: object) -> None:
    """A failure must be seen in every form, or its code and sentences are lost."""
    envelope = read_envelope(changed(BAD, {"success": success}))
    assert (envelope.success, envelope.code, envelope.errors) == (False, 500, ("No.",))


@pytest.mark.parametrize("change", [{"code": 0}, {"code": "0"}, {"code": None}, {"code": ...}])
def test_a_failure_without_an_error_code_is_unreadable(change: dict[str, Any]) -> None:
    """Without a code it cannot be told whether to send again."""
    with pytest.raises(Unreadable):
        read_envelope(changed(BAD, change))


@pytest.mark.parametrize(
    ("code", "read"),
    [(200, 200), ("200", 200), ("soon", None), (2.5, None), (True, None), ([], None), ("9" * 5000, None)],
)
def test_a_failure_s_code(code: object, read: int | None) -> None:
    """A code that is no number stays unknown; it is no reason to take the answer for another."""
    assert read_envelope(changed(BAD, {"code": code})).code == read


@pytest.mark.parametrize("empty", [None, [], "", {}, ["", " "], ...])
def test_no_errors_has_these_forms(empty: object) -> None:
    """An empty list of errors beside a success means nothing."""
    assert read_envelope(changed(GOOD, {"errors": empty})).success


@pytest.mark.parametrize(
    ("warnings", "read"),
    [
        (["a", "b"], ("a", "b")),
        ("a", ("a",)),
        ([{"email": "x"}, 3], ('{"email": "x"}', "3")),
        ({"row": 3}, ('{"row": 3}',)),
        ([None, "", "a"], ("a",)),
        (None, ()),
    ],
)
def test_warnings_are_kept_in_any_form(warnings: object, read: tuple[str, ...]) -> None:
    """A warning that is dropped is a refused row that nobody hears of."""
    assert read_envelope(changed(GOOD, {"warnings": warnings})).warnings == read


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    """JSON can spell what no UTF-8 file can hold; it would break the table that keeps the sentence."""
    body = rb'{"success":1,"code":0,"data":{},"warnings":["bad \ud800"],"extrainfo":"\udfff"}'
    envelope = read_envelope(body)
    assert (envelope.warnings, envelope.extrainfo) == (("bad ?",), "?")


def test_a_warning_nested_to_the_limit_is_unreadable() -> None:
    """Reading may go deeper than writing back; neither may end the run."""
    for depth in range(100, 1000, 7):
        body = b'{"success":1,"code":0,"data":{},"warnings":' + b"[" * depth + b"1" + b"]" * depth + b"}"
        try:
            read_envelope(body)
        except Unreadable:
            continue


def test_a_byte_order_mark_is_no_fault() -> None:
    """RFC 8259 lets a reader ignore it; some servers send it."""
    assert read_envelope(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()).success


def test_surplus_and_missing_names_are_no_fault() -> None:
    """The platform may add names at any time."""
    envelope = read_envelope(b'{"success":1,"code":0,"data":{},"new":[1],"requestID":7,"extrainfo":null}')
    assert (envelope.request_id, envelope.extrainfo) == ("", "")


def test_a_name_twice_inside_the_data_is_no_fault() -> None:
    """Only the envelope's own names decide about success."""
    assert read_envelope(b'{"success":1,"code":0,"data":{"a":1,"a":2}}').data == {"a": 2}


def test_the_envelope_s_text_shows_no_personal_data() -> None:
    """An envelope may be printed in a traceback."""
    body = changed(BAD, {"errors": ["canary@example.com"], "data": {"email": "canary@example.com"}})
    assert "canary" not in repr(read_envelope(body))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_unreadable(body: bytes) -> None:
    """Nothing but `Unreadable` may escape, whatever comes."""
    try:
        read_object(body)
    except Unreadable:
        return


ODD_VALUES = st.sampled_from(
    [0, 1, 2, -1, "0", "1", "true", "false", "", "x", True, False, None, 1.0, [], {}, ["x"], {"a": 1}]
)
ENVELOPE_NAMES = ["success", "code", "data", "errors", "warnings", "extrainfo", "requestID"]


@given(st.dictionaries(st.sampled_from(ENVELOPE_NAMES), ODD_VALUES))
def test_whatever_is_a_success_says_so_plainly(record: dict[str, Any]) -> None:
    """Over all forms: a success has a true flag, code 0, data and no errors; anything else is none."""
    try:
        envelope = read_envelope(json.dumps(record).encode())
    except Unreadable:
        return
    if envelope.success:
        assert str(record["success"]).lower() in {"1", "true"}
        assert str(record["code"]) == "0"
        assert isinstance(record["data"], dict)
        assert not envelope.errors


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        ("7", 7),
        ("-7", -7),
        (True, None),
        (1.0, None),
        ("", None),
        ("1e3", None),
        (None, None),
        ("٣", None),
        ({}, None),
    ],
)
def test_whole_numbers_may_arrive_as_text(value: object, number: int | None) -> None:
    """The recorded answers hold both; a boolean or a fraction is no count."""
    assert whole_number(value) == number
