"""Fault plans from YAML: what may stand there, and what the sentence says about everything else."""

from dataclasses import fields
from pathlib import Path

import pytest

from connectors.sandbox import Fault, FaultFileError, load_faults
from connectors.sandbox.fault_file import _KINDS


def write(folder: Path, text: str) -> Path:
    """Write a fault file."""
    path = folder / "faults.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_every_key(tmp_path: Path) -> None:
    """What can be built in code can be written in a file, and comes out the same."""
    path = write(
        tmp_path,
        """\
seed: 7
faults:
  - {endpoint: contacts/import, calls: [1, 3], drop: after_applying}
  - {endpoint: "exports/*", every: 2, status: 503, headers: {Retry-After: "2"}, apply: true}
  - {first: 2, delay: 1, delay_answer: 0.5, body: truncated, drip: 0.1, throttled: slow down}
  - {probability: 0.25, code: 5, message: Busy., merge: {data: {contactID: 7}}}
  - {lose_rows: [2], revoke_token: true, raw: !!binary AAE=}
""",
    )
    plan = load_faults(path)
    assert plan.seed == 7
    assert plan.faults == (
        Fault(endpoint="contacts/import", calls=(1, 3), drop="after_applying"),
        Fault(endpoint="exports/*", every=2, status=503, headers={"Retry-After": "2"}, apply=True),
        Fault(first=2, delay=1, delay_answer=0.5, body="truncated", drip=0.1, throttled="slow down"),
        Fault(probability=0.25, code=5, message="Busy.", merge={"data": {"contactID": 7}}),
        Fault(lose_rows=(2,), revoke_token=True, raw=b"\x00\x01"),
    )


def test_every_effect_has_a_key() -> None:
    """A new effect that the file could not name would be half a feature."""
    assert set(_KINDS) == {item.name for item in fields(Fault)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: here must be keys with values; the keys are: seed, faults."),
        ("- 1", "line 1: here must be keys with values"),
        ("faults: [1]", "line 1: here must be keys with values; the keys are: endpoint, calls,"),
        ("faults: 1", 'line 1: "faults" must be a list.'),
        ("seed: x", 'line 1: "seed" must be a whole number.'),
        ("seed: 1\nfault: []", 'line 2: there is no key "fault". Did you mean "faults"? Allowed: seed, faults.'),
        ("seed: 1\nseed: 2", 'line 2: "seed" stands here twice.'),
        ("faults:\n  - staus: 500", 'line 2: there is no key "staus". Did you mean "status"? Allowed: endpoint,'),
        (
            "faults:\n  - endpoint: contacts/imprt",
            'no endpoint is called "contacts/imprt". Did you mean "contacts/import"?',
        ),
        (
            "faults:\n  - {calls: [1],\n     first: 2}",
            "line 3: only one of calls, every, first, probability can say which",
        ),
        ("faults:\n  - calls: 1", '"calls" must be a list of whole numbers from 1.'),
        ("faults:\n  - calls: [0]", '"calls" must be a list of whole numbers from 1.'),
        ("faults:\n  - every: 0", '"every" must be a whole number from 1.'),
        ("faults:\n  - first: true", '"first" must be a whole number from 1.'),
        ("faults:\n  - probability: 1.5", '"probability" must be a number from 0 to 1.'),
        ("faults:\n  - drop: later", '"drop" must be one of: before_reading, before_applying, after_applying.'),
        ("faults:\n  - body: odd", '"body" must be one of: malformed, truncated, wrong_type, empty.'),
        ("faults:\n  - body: [odd]", '"body" must be one of: malformed'),
        ("faults:\n  - delay: -1", '"delay" must be a number of seconds from 0 to 3600.'),
        ("faults:\n  - delay: .nan", '"delay" must be a number of seconds from 0 to 3600.'),
        ("faults:\n  - status: 42", '"status" must be an HTTP status from 200 to 599.'),
        ("faults:\n  - code: soon", '"code" must be a whole number.'),
        ("faults:\n  - raw: 7", '"raw" must be a text, or bytes after !!binary.'),
        ('faults:\n  - throttled: "a\\nb"', '"throttled" must be a printable ASCII text.'),
        (
            'faults:\n  - headers: {X: "a\\r\\nb"}',
            '"headers" must be names with values, all of them printable ASCII texts.',
        ),
        ("faults:\n  - headers: {Retry-After: 2}", '"headers" must be names with values'),
        ("faults:\n  - merge: [1]", '"merge" must be keys with values that JSON has.'),
        ("faults:\n  - merge: {date: 2026-01-01}", '"merge" must be keys with values that JSON has.'),
        ("faults:\n  - revoke_token: maybe", '"revoke_token" must be true or false.'),
        ("faults:\n  - {a: b", "line 2: this is not YAML"),
        ("seed: !!python/object:os.system {}", "this is not YAML: could not determine a constructor"),
        ("seed: 1\n---\nseed: 2", "line 2: this is not YAML: but found another document."),
        ("seed: \x01", "this is not YAML that can be read: it has control characters."),
        ("[" * 600, "this is not YAML that can be read: it has too deep a nesting."),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_is_allowed(tmp_path: Path, text: str, sentence: str) -> None:
    """A person mends the file from the sentence alone."""
    with pytest.raises(FaultFileError) as caught:
        load_faults(write(tmp_path, text))
    assert str(caught.value).startswith("faults.yaml")
    assert sentence in str(caught.value)


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    """Missing, or no UTF-8."""
    with pytest.raises(FaultFileError, match=r"absent\.yaml cannot be read as UTF-8 text: FileNotFoundError"):
        load_faults(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"# \xe9\xe9")
    with pytest.raises(FaultFileError, match=r"latin\.yaml cannot be read as UTF-8 text"):
        load_faults(tmp_path / "latin.yaml")
