"""The JSON Schema Test Suite's addresses, dates and times (optional formats, any draft)."""

import json
from pathlib import Path

from schemas.fields import FieldType
from schemas.mapping import AddressForm, FieldMapping
from tests.corpora.addresses import sent_as
from tests.corpora.score import Score
from tests.schemas.frames import read

FORMS = {
    "email": (AddressForm.QUOTED, AddressForm.LITERAL),
    "idn-email": (AddressForm.QUOTED, AddressForm.INTERNATIONAL),
}
KINDS = {"date": FieldType.DATE, "date-time": FieldType.DATETIME}


def score(folder: Path) -> Score:
    """Score a draft's folder `optional/format`; addresses with the forms allowed that a set is about.

    A date may be read beyond the format where it can mean one thing only, as `1998-1-20`; the counts say how often.
    """
    result = Score()
    for name in (*FORMS, *KINDS):
        for text, valid in cases(folder / f"{name}.json"):
            taken = sent_as(text, *FORMS[name]) is not None if name in FORMS else is_read(text, KINDS[name])
            end = "alike" if taken is valid else "valid, not taken" if valid else "invalid, taken"
            result.add(f"{name} {text!r}", f"{name} {end}", wrong=end == "invalid, taken" and name in FORMS)
    return result


def cases(file: Path) -> list[tuple[str, bool]]:
    """Return a format's texts, and whether they are valid; what is no text is none of a cell's."""
    groups = json.loads(file.read_text(encoding="utf-8"))
    tests = [test for group in groups for test in group["tests"]]
    return [(test["data"], test["valid"]) for test in tests if isinstance(test["data"], str)]


def is_read(text: str, kind: FieldType) -> bool:
    """Tell whether a cell has a value in a field of this type."""
    [value], _ = read(FieldMapping("custom1", kind, column="cell"), [text])
    return value is not None
