"""Scores against public test sets; docs/rules.md shows them, and `corpora/LICENSES.md` says whose they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.fields import FieldType
from schemas.mapping import AddressForm, FieldMapping, SourceMapping
from schemas.validate import validate
from tests.schemas.frames import extracted, read

CORPORA = Path(__file__).parent / "corpora"


def corpus(name: str) -> Any:
    """Return a test set's document."""
    return json.loads((CORPORA / f"{name}.json").read_text(encoding="ascii"))


FORMATS = corpus("json_schema_formats")


def accepted(addresses: list[str], *allow: AddressForm) -> dict[str, str]:
    """Return which addresses a source's rows are accepted with, and as what."""
    email = FieldMapping("email", FieldType.EMAIL, column="cell", allow=allow)
    contacts = validate(extracted({"cell": addresses}), SourceMapping("crm", (email,))).contacts
    return {addresses[row - 1]: sent for row, sent in contacts.select("row", "email").rows()}


def wrong(cases: list[tuple[str, bool]], *allow: AddressForm) -> list[str]:
    """Return the addresses that are judged otherwise than the test set does."""
    found = accepted([text for text, _ in cases], *allow)
    return [text for text, valid in cases if (text in found) is not valid]


def test_the_test_sets_are_whole() -> None:
    """A score over half a set would be a better one."""
    assert [len(FORMATS[name]) for name in ("email", "idn-email", "date", "date-time")] == [16, 4, 41, 19]


def test_json_schema_addresses() -> None:
    """All are judged alike once their forms are allowed, and without that only the unusual ones are not."""
    assert all('"' in text or "[" in text for text in wrong(FORMATS["email"]))
    assert len(wrong(FORMATS["email"])) == 5
    assert wrong(FORMATS["email"], AddressForm.QUOTED, AddressForm.LITERAL) == []
    assert len(wrong(FORMATS["idn-email"])) == 1
    assert wrong(FORMATS["idn-email"], AddressForm.INTERNATIONAL) == []


@pytest.mark.parametrize(
    ("name", "kind", "read_all_the_same"),
    [
        ("date", FieldType.DATE, ["1998-1-20", "1998-01-1"]),
        (
            "date-time",
            FieldType.DATETIME,
            [
                *("1998-12-31T23:58:60Z", "1998-12-31T22:59:60Z"),
                *("1963-6-19T08:30:06.283185Z", "1963-06-1T08:30:06.283185Z"),
            ],
        ),
    ],
)
def test_json_schema_dates(name: str, kind: FieldType, read_all_the_same: list[str]) -> None:
    """What is a date is read, and what is read beside can mean one thing only."""
    values, _ = read(FieldMapping("custom1", kind, column="cell"), [text for text, _ in FORMATS[name]])
    other = [
        text for (text, valid), value in zip(FORMATS[name], values, strict=True) if (value is not None) is not valid
    ]
    assert other == read_all_the_same
