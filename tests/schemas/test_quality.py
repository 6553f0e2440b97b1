"""Quality in numbers: every row counts once, the worst come first, and a jump is told from noise."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.issues import RULES, IssueCode, Severity
from schemas.quality import Jump, Quality, is_over, jumps, measure
from schemas.remedies import REMEDIES

SCHEMA = pl.Schema([("row", pl.Int64), ("field", pl.String), ("code", pl.String), ("severity", pl.String)])
Issue = tuple[int, str | None, str, str]

ISSUES: list[Issue] = [
    (1, "email", "email_typo", "warn"),
    (2, "dateOfBirth", "date_invalid", "blank"),
    (2, "custom1", "date_invalid", "blank"),
    (2, "phone", "phone_invalid", "warn"),
    (4, "email", "email_syntax", "reject"),
    (4, "phone", "phone_invalid", "warn"),
    (7, None, "total_line", "reject"),
]


def frame(issues: list[Issue]) -> pl.DataFrame:
    """Return issues as a frame."""
    return pl.DataFrame(issues, schema=SCHEMA, orient="row")


def test_every_row_counts_once_under_its_severest_issue() -> None:
    """The three shares add up with the rows that are fine, and a code that a row has twice is one row."""
    quality = measure([frame(ISSUES)], 7).quality
    codes = {"phone_invalid": 2, "email_typo": 1, "date_invalid": 1, "email_syntax": 1}
    assert quality == Quality(6, rejected=1, blanked=1, warned=1, codes=codes, reasons={"email_syntax": 1})
    assert quality.shares()["phone_invalid"] == pytest.approx(1 / 3)


def test_total_or_repeated_header_is_no_rejected_person() -> None:
    """An export that ends with its total is not worse for it, nor is the total one of its people."""
    others: list[Issue] = [(2, None, "repeated_header", "reject"), (3, None, "total_line", "reject")]
    found = measure([frame(others)], 3)
    assert (found.quality, found.findings.height, found.worst.height) == (Quality(1), 0, 0)
    assert measure([frame([])], 0).quality.shares() == {"rejected": 0.0, "blanked": 0.0, "warned": 0.0}


def test_findings_tell_a_code_apart_by_what_it_did() -> None:
    """The same code may have cost some rows a field and others, on an opt-out, their place."""
    found = measure([frame([*ISSUES, (9, "held", "date_invalid", "reject")])], 9).findings
    assert found.rows()[0] == ("phone_invalid", "warn", 2)
    assert set(found.filter(code="date_invalid").rows()) == {
        ("date_invalid", "blank", 1),
        ("date_invalid", "reject", 1),
    }


def test_worst_rows_come_first_and_are_ten_at_most() -> None:
    """One rejecting issue weighs more than several others; of equals the first row comes first."""
    found = measure([frame(ISSUES)], 7).worst
    assert found["row"].to_list() == [4, 2, 1]
    assert found.row(1, named=True)["codes"] == ["date_invalid", "phone_invalid"]
    assert found.row(1, named=True)["fields"] == ["dateOfBirth", "custom1", "phone"]
    many = frame([(row, "email", "email_syntax", "reject") for row in range(1, 50)])
    assert measure([many], 50).worst["row"].to_list() == list(range(1, 11))


@st.composite
def cut_issues(draw: st.DrawFn) -> tuple[list[Issue], list[int]]:
    """Return issues in the order of their rows, and where their table is cut into slices."""
    one = st.tuples(st.integers(1, 30), st.sampled_from(["email", None]), st.sampled_from(list(RULES)[:8]))
    found = sorted(draw(st.lists(one, max_size=60)), key=lambda issue: issue[0])
    cuts = draw(st.lists(st.integers(0, len(found)), max_size=6).map(sorted))
    return [(row, field, code.value, RULES[code].severity.value) for row, field, code in found], cuts


@given(cut_issues())
def test_slices_change_nothing(cut: tuple[list[Issue], list[int]]) -> None:
    """A row whose issues lie on both sides of a slice's edge is one row all the same."""
    issues, cuts = cut
    edges = [0, *cuts, len(issues)]
    parts = [frame(issues[start:end]) for start, end in pairwise(edges)]
    whole, sliced = measure([frame(issues)], 30), measure(parts, 30)
    assert dict(whole.quality.codes) == dict(sliced.quality.codes)
    assert whole.quality.counts() == sliced.quality.counts()
    assert whole.findings.equals(sliced.findings)
    assert whole.worst.select("row", "badness").equals(sliced.worst.select("row", "badness"))
    rejected = {
        row
        for row, _, code, severity in issues
        if severity == Severity.REJECT and code not in {"total_line", "repeated_header"}
    }
    assert whole.quality.rejected == len(rejected)


def days(share: float, people: int = 1000, count: int = 7) -> list[Quality]:
    """Return days that were alike."""
    return [Quality(people, rejected=round(people * share))] * count


@pytest.mark.parametrize(
    ("usual", "rejected", "jumped"),
    [
        (0.02, 70, True),  # 5 points more, and more than twice as many
        (0.02, 69, False),  # less than 5 points more
        (0.10, 199, False),  # not twice as many
        (0.10, 200, True),
        (0.60, 799, False),  # of what was fine, more than half still is
        (0.60, 800, True),  # what was fine is down to half
        (0.50, 100, False),  # better than usual
        (0.00, 50, True),
    ],
)
def test_jump_is_large_and_unlike_before(usual: float, rejected: int, *, jumped: bool) -> None:
    """A warning means something: it is neither noise, nor blind where a share is always high."""
    found = jumps(Quality(1000, rejected=rejected), days(usual))
    assert found == ([Jump("rejected", rejected / 1000, usual)] if jumped else [])


def test_small_files_do_not_flap() -> None:
    """Ten rows more than usual are the least that is worth a word."""
    assert jumps(Quality(40, rejected=9), days(0, people=40)) == []
    assert len(jumps(Quality(40, rejected=10), days(0, people=40))) == 1


def test_nothing_is_a_jump_before_it_is_known_what_is_usual() -> None:
    """The first days, and days on which nobody was read, make no warning."""
    assert jumps(Quality(1000, rejected=900), days(0.01, count=2)) == []
    assert jumps(Quality(1000, rejected=900), [*days(0.01, count=2), Quality(0), Quality(0)]) == []
    assert jumps(Quality(0), days(0.01)) == []


def test_one_bad_day_does_not_change_what_is_usual() -> None:
    """The median forgets an outlier, so that the day after a bad one is judged as before."""
    before = [*days(0.01, count=3), Quality(1000, rejected=900)]
    assert [jump.usual for jump in jumps(Quality(1000, rejected=300), before)] == [0.01]


def test_code_that_is_new_is_a_jump() -> None:
    """A new kind of fault is seen although as many rows were rejected as ever."""
    before = [Quality(1000, rejected=100, codes={"email_missing": 100})] * 3
    today = Quality(1000, rejected=100, codes={"email_missing": 20, "ragged_row": 80})
    assert [jump.what for jump in jumps(today, before)] == ["ragged_row"]


@pytest.mark.parametrize(
    ("people", "rejected", "over"),
    [(1000, 200, False), (1000, 201, True), (12, 9, False), (12, 10, True), (0, 0, False)],
)
def test_limit_is_for_shares_that_mean_something(people: int, rejected: int, *, over: bool) -> None:
    """A share just at the limit is allowed, and two bad rows of a list of four stop nothing."""
    assert is_over(Quality(people, rejected=rejected), 0.2) is over


def test_every_code_of_our_own_says_what_to_do() -> None:
    """Nobody is told of a fault without the way out; what the platform says comes after sending, and is not counted."""
    of_the_platform = {"platform_refused", "platform_warning", "not_confirmed", "platform_note"}
    assert {code.value for code in IssueCode} - {code.value for code in REMEDIES} == of_the_platform
