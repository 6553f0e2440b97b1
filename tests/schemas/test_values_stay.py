"""A value that was found wrong stands in the rejected table and nowhere else: no issue, message or log repeats it."""

import logging
import traceback
from dataclasses import replace

import polars as pl
import pytest

from schemas.fields import FieldType
from schemas.issues import IssueCode, Severity
from schemas.mapping import FieldMapping
from schemas.severities import SETTABLE
from schemas.validate import FrameError, Validated, validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, mapping_of
from tests.schemas.strategies import CELLS
from tests.schemas.test_properties import MAPPING

MARK = "Qzx7Vw"
WRONG = {
    EMAIL_COLUMN: [
        f"{MARK}@",
        MARK,
        f"{MARK} <{MARK}@{MARK}>",
        f"{MARK}@example..com",
        f"info@{MARK}",
        f"\u00e9{MARK}@b.co",
    ],
    "Other": [f"{MARK}@", f"{MARK}@@b.co"],
    "Name": [MARK * 5, f"{MARK * 3}\x00"],
    "Born": [MARK, f"2024-02-30 {MARK}"],
    "Met": [MARK, f"03/04/2024 {MARK}"],
    "Seen": [MARK, f"2024-03-10 02:30 {MARK}"],
    "Bought": [MARK],
    "Out": [MARK],
    "Status": [f"unsubscribed {MARK}"],
    "Owner": [MARK],
    "Code": [f"{MARK}!"],
}
GOOD = {EMAIL_COLUMN: "a@example.com", "Out": "no", "Status": "active"}

# What a text that is merely doubtful is sent as is no finding of an error: phones, countries and such stay as they are.
STRICTEST = dict.fromkeys(SETTABLE, Severity.REJECT)


def wrong_row(column: str, cell: str, severity: dict[IssueCode, Severity]) -> Validated:
    """Validate one good row but for one cell."""
    cells = {name: [cell if name == column else GOOD.get(name)] for name in CELLS}
    return validate(extracted(cells), replace(MAPPING, severity=severity))


def holds(table: pl.DataFrame) -> bool:
    """Tell whether the mark stands in a table, in whatever case, be it inside of an address's ASCII form."""
    return MARK.lower() in str(table.to_dicts()).lower()


@pytest.mark.parametrize("column", list(WRONG))
@pytest.mark.parametrize("severity", [{}, STRICTEST], ids=["as the rules say", "all rejected"])
def test_a_wrong_value_stays_in_the_rejected_table(
    column: str,
    severity: dict[IssueCode, Severity],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What stands in a cell by mistake may be anything: somebody's health, or a card's number."""
    caplog.set_level(logging.DEBUG)
    for cell in WRONG[column]:
        result = wrong_row(column, cell, severity)
        assert not result.issues.is_empty()
        assert not holds(result.issues)
        assert not holds(result.contacts)
        assert not holds(result.rejected.select("codes", "reasons"))
        assert holds(result.rejected) or result.rejected.is_empty()
        assert (severity == STRICTEST) <= holds(result.rejected)
    assert MARK not in caplog.text
    assert MARK not in "".join(capfd.readouterr())


def test_an_issue_names_a_person_by_an_address_that_is_one() -> None:
    """The row of a wrong birthday is found by its address; where the address is wrong, by its number."""
    result = wrong_row("Born", MARK, STRICTEST)
    assert result.issues["email"].to_list() == ["a@example.com"]
    assert wrong_row(EMAIL_COLUMN, MARK, {}).issues["email"].to_list() == [None]


def test_a_check_that_fails_as_a_whole_shows_no_value() -> None:
    """The message of a defect that pandera writes quotes what stood in the cells, and would end up in a run's log."""
    broken = FieldMapping("custom2", FieldType.TEXT, "Name", pattern="(")  # which no settings let through
    rows = extracted({EMAIL_COLUMN: [f"{MARK}@"], "Name": [MARK]})
    with pytest.raises(FrameError) as raised:
        validate(rows, mapping_of(broken))
    shown = "".join(traceback.format_exception(raised.value))
    assert MARK not in shown
    assert "pattern_mismatch" in shown
