"""The closed truth table: which bodies are a success, which a failure, and that all others are `Unreadable`."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.emfluence.envelope import Envelope, Unreadable, read_envelope, read_object, whole_number
from tests.connectors.emfluence.bodies import AMBIGUOUS, BAD, GOOD, ODD_BODIES, changed


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


@pytest.mark.parametrize("change", [change for name, change in AMBIGUOUS.items() if name.startswith("success")])
def test_an_ambiguous_failure_is_unreadable(change: dict[str, Any]) -> None:
    """An error code beside a flag that says nothing may be anybody's."""
    with pytest.raises(Unreadable):
        read_envelope(changed(BAD, change))


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
    for depth in range(sys.getrecursionlimit() - 300, sys.getrecursionlimit()):
        body = b'{"success":1,"code":0,"data":{},"warnings":' + b"[" * depth + b"1" + b"]" * depth + b"}"
        try:
            envelope = read_envelope(body)
        except Unreadable:
            continue
        assert envelope.warnings == (f"{'[' * depth}1{']' * depth}"[1:-1],)


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
