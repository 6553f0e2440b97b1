"""Bodies that are an envelope, and many that are none or say two things at once."""

import json
from typing import Any

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
