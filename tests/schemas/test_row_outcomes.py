"""Every source row's one outcome."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.decisions import Decision
from schemas.outcomes import Outcome
from schemas.row_outcomes import ROW_OUTCOMES, Verdict, rejected_row_outcomes, valid_row_outcomes
from tests.schemas.strategies import EXAMPLES

ROW = {"row": pl.Int64, "line": pl.Int64, "email": pl.String}
DUPLICATE = {"row": pl.Int64, "winner_source": pl.String, "winner_row": pl.Int64}
DECIDED = {"row": pl.Int64, "decision": pl.String, "batch": pl.String, "verdict": pl.String}
ISSUE = {"row": pl.Int64, "severity": pl.String, "code": pl.String}

Rows = list[tuple[object, ...]]


def outcomes(rows: int, decided: Rows, duplicates: Rows | None = None, issues: Rows | None = None) -> pl.DataFrame:
    """Return the outcomes of rows numbered from 1, of the people `P1`, `P2` and so on."""
    people = [(number, number + 1, f"P{number}") for number in range(1, rows + 1)]
    return valid_row_outcomes(
        pl.LazyFrame(people, schema=ROW, orient="row"),
        pl.LazyFrame(duplicates or [], schema=DUPLICATE, orient="row"),
        pl.LazyFrame(decided, schema=DECIDED, orient="row"),
        pl.LazyFrame(issues or [], schema=ISSUE, orient="row"),
    ).collect()


@pytest.mark.parametrize(
    ("decision", "verdict", "clean", "with_issue"),
    [
        ("insert", "applied", "acknowledged", "acknowledged_with_warning"),
        ("update", "applied", "acknowledged", "acknowledged_with_warning"),
        ("insert", "warned", "acknowledged_with_warning", "acknowledged_with_warning"),
        ("update", "refused", "refused", "refused"),
        ("insert", "unknown", "pending", "pending"),
        ("update", None, "pending", "pending"),
        ("insert", "a word of a later version", "pending", "pending"),
        ("unchanged", None, "unchanged", "unchanged"),
        ("superseded", None, "superseded", "superseded"),
        (None, None, "pending", "pending"),
        ("a word of a later version", None, "pending", "pending"),
    ],
)
def test_every_decision_and_verdict_has_its_outcome(
    decision: str | None, verdict: str | None, clean: str, with_issue: str
) -> None:
    """Whatever is not known to be applied is pending: it is never guessed, and sent again."""
    decided: Rows = [(1, decision, "b1", verdict), (2, decision, "b1", verdict)]
    found = outcomes(2, decided, issues=[(2, "warn", "time_repeated")])
    assert found["outcome"].to_list() == [clean, with_issue]


def test_a_contact_that_nobody_decided_on_is_pending() -> None:
    """It was not planned, so it was not applied."""
    assert outcomes(1, [])["outcome"].to_list() == ["pending"]


def test_a_duplicate_is_a_duplicate_whatever_became_of_the_winner() -> None:
    """It names the row that won, and no batch, since it was not sent itself."""
    found = outcomes(2, [(1, "insert", "b1", "refused"), (2, "insert", "b1", "applied")], [(1, "shop", 9)])
    assert found.select("outcome", "winner_source", "winner_row", "batch").rows() == [
        ("duplicate", "shop", 9, None),
        ("acknowledged", None, None, "b1"),
    ]


def test_the_columns_and_the_order_are_those_of_the_rows() -> None:
    """Outcomes are read beside the source's own file."""
    found = outcomes(3, [(3, "insert", "b1", "applied"), (1, "update", "b2", "applied")])
    assert found.columns == [name for name in ROW_OUTCOMES.names() if name != "source"]
    assert found.select("row", "line", "email", "batch").rows() == [
        (1, 2, "P1", "b2"),
        (2, 3, "P2", None),
        (3, 4, "P3", "b1"),
    ]
    assert found.schema == {name: dtype for name, dtype in ROW_OUTCOMES.items() if name != "source"}


def test_several_issues_of_a_row_are_one_list_of_codes() -> None:
    """A row with two issues must not become two rows."""
    issues: Rows = [(1, "blank", "date_invalid"), (1, "warn", "control_characters"), (1, "blank", "date_invalid")]
    found = outcomes(2, [(1, "insert", "b1", "applied"), (2, "insert", "b1", "applied")], issues=issues)
    assert found["codes"].to_list() == [["control_characters", "date_invalid"], None]


def test_rejected_rows_are_invalid() -> None:
    """They fit into the same table, with the codes that set them aside; what is no address is shown nowhere else."""
    rejected = pl.LazyFrame(
        {
            "row": [4, 5, 6],
            "line": [5, 6, 7],
            "email": ["bad", "a@example.com", "b@example.com"],
            "codes": [["email_syntax"], ["date_invalid"], ["email_syntax"]],  # the last of another field of addresses
            "found": [{"a": "b"}] * 3,
        }
    )
    found = rejected_row_outcomes(rejected).collect()
    assert found.schema == outcomes(1, []).schema
    assert found.rows() == [
        (4, 5, None, "invalid", None, None, None, ["email_syntax"]),
        (5, 6, "a@example.com", "invalid", None, None, None, ["date_invalid"]),
        (6, 7, "b@example.com", "invalid", None, None, None, ["email_syntax"]),
    ]


WORDS = st.tuples(st.none() | st.sampled_from([*Decision, "other"]), st.none() | st.sampled_from([*Verdict, "other"]))


@EXAMPLES
@given(st.lists(WORDS, max_size=20), st.sets(st.integers(1, 20)), st.lists(st.integers(1, 20), max_size=30))
def test_every_row_has_one_outcome_of_the_closed_list(
    words: list[tuple[str | None, str | None]], lost: set[int], noted: list[int]
) -> None:
    """Rows read are the sum over outcomes."""
    count = len(words)
    decided: Rows = [
        (number, decision and str(decision), "b", verdict and str(verdict))
        for number, (decision, verdict) in enumerate(words, start=1)
    ]
    issues: Rows = [(row, "warn", "time_repeated") for row in noted if row <= count]
    found = outcomes(count, decided, [(row, "shop", 1) for row in lost if row <= count], issues)
    assert found["row"].to_list() == list(range(1, count + 1))
    assert set(found["outcome"]) <= {outcome.value for outcome in Outcome}
    assert (found["outcome"] == Outcome.DUPLICATE).sum() == len([row for row in lost if row <= count])


def test_the_outcomes_are_nine() -> None:
    """Reports, checks and exit codes count on the closed list."""
    assert [outcome.value for outcome in Outcome] == [
        "acknowledged",
        "acknowledged_with_warning",
        "unchanged",
        "duplicate",
        "invalid",
        "refused",
        "held_back",
        "superseded",
        "pending",
    ]
