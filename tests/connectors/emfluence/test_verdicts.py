"""What one answer says about its rows: applied, refused, unknown, or not enough without splitting."""

from typing import Any

import pytest

from connectors.emfluence.protocol import Answer
from connectors.emfluence.verdicts import NOT_COUNTED, Fate, Judgement, judge

EMAILS = ["a@example.com", "b@example.com", "c@example.com"]


def judged(
    warnings: list[str] | None = None, emails: list[str] | None = None, first_row: int = 1, **counts: object
) -> Judgement:
    """Judge an answer with these counts: `inserted`, `updated`, `in_data`."""
    names = {"inserted": "recordsInserted", "updated": "recordsUpdated", "in_data": "recordsInData"}
    data = {names[name]: value for name, value in counts.items()}
    return judge(Answer(data, tuple(warnings or ())), EMAILS if emails is None else emails, first_row)


def fates(judgement: Judgement) -> str:
    """Return one letter per row, or "split"."""
    if judgement.verdicts is None:
        return "split"
    letters = {Fate.APPLIED: "a", Fate.APPLIED_WITH_WARNING: "w", Fate.REFUSED: "r", Fate.UNKNOWN: "?"}
    return "".join(letters[verdict.fate] for verdict in judgement.verdicts)


def test_all_counted_is_all_applied() -> None:
    """The usual case."""
    judgement = judged(inserted=1, updated=2, in_data=3)
    assert (fates(judgement), judgement.counted) == ("aaa", (1, 2))
    assert (judgement.unplaced, judgement.anomalies) == ((), ())


def test_counts_may_be_texts_and_the_third_may_be_missing() -> None:
    """A public client's recorded answers hold numbers; others' may not."""
    assert fates(judged(inserted="1", updated="2")) == "aaa"


@pytest.mark.parametrize("warning", ["B@example.com has an odd name", "Row 2 has an odd name"])
def test_a_row_that_is_named_and_counted_is_applied_with_a_warning(warning: str) -> None:
    """A warning is no refusal where the count says that every row was applied."""
    judgement = judged([warning], inserted=0, updated=3, in_data=3)
    assert fates(judgement) == "awa"
    assert judgement.verdicts is not None
    assert judgement.verdicts[1].sentences == (warning,)


@pytest.mark.parametrize("warning", ["B@example.com is not valid", "Row 2 is not valid"])
@pytest.mark.parametrize("in_data", [2, 3])
def test_a_row_that_is_named_and_not_counted_is_refused(warning: str, in_data: int) -> None:
    """API: "1 record might fail due to invalid data while all the others succeed"."""
    judgement = judged([warning], inserted=2, updated=0, in_data=in_data)
    assert fates(judgement) == "ara"
    assert judgement.verdicts is not None
    assert judgement.verdicts[1].sentences == (warning,)
    assert len(judgement.anomalies) == (in_data != 3)


def test_all_rows_refused() -> None:
    """Nothing applied is explained too, if every row is named."""
    warnings = [f"Row {row} is bad" for row in (1, 2, 3)]
    assert fates(judged(warnings, inserted=0, updated=0, in_data=3)) == "rrr"


def test_a_row_warned_twice_is_one_row() -> None:
    """G05: two sentences about one row explain one missing row, not two."""
    judgement = judged(["b@example.com: bad name", "Row 2: bad date"], inserted=2, updated=0)
    assert fates(judgement) == "ara"
    assert judgement.verdicts is not None
    assert judgement.verdicts[1].sentences == ("b@example.com: bad name", "Row 2: bad date")
    assert fates(judged(["b@example.com: bad name", "Row 2: bad date"], inserted=1, updated=0)) == "split"


@pytest.mark.parametrize(
    ("warnings", "applied"),
    [
        ([], 2),
        (["Something is wrong"], 2),
        (["Row 1 is bad", "Row 2 is bad"], 2),
        (["Row 1 is bad"], 1),
        (["Row 1 is bad", "Something else is wrong"], 2),
        (["a@example.com belongs to b@example.com"], 1),
        (["Row 7 is bad"], 2),
        (["Row 7 is bad", "Row 1 is bad"], 2),
        (["eve@example.com is bad"], 2),
        ([], 4),
        ([], 0),
    ],
)
def test_what_is_not_explained_row_by_row_is_split(warnings: list[str], applied: int) -> None:
    """Unknown is never guessed: the rows are sent again, fewer at a time."""
    assert fates(judged(warnings, inserted=0, updated=applied, in_data=3)) == "split"


def test_a_warning_about_nobody_beside_all_rows_applied_is_kept() -> None:
    """G03: a note on the whole batch."""
    judgement = judged(["Something is odd"], inserted=3, updated=0)
    assert (fates(judgement), judgement.unplaced) == ("aaa", ("Something is odd",))


def test_a_warning_about_somebody_else_changes_no_row() -> None:
    """G04: flagged, and the counts still decide."""
    judgement = judged(["eve@example.com is bad", "Row 1 is bad"], inserted=2, updated=0)
    assert fates(judgement) == "raa"
    assert judgement.unplaced == ("eve@example.com is bad",)
    assert len(judgement.anomalies) == 1


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"inserted": 3},
        {"updated": 3},
        {"inserted": None, "updated": 3},
        {"inserted": True, "updated": 2},
        {"inserted": 1.5, "updated": 1.5},
    ],
)
def test_without_counts_every_row_is_unknown(counts: dict[str, Any]) -> None:
    """Splitting would bring more answers without counts."""
    judgement = judged(["Row 1 is bad"], **counts)
    assert fates(judgement) == "???"
    assert judgement.counted is None
    assert len(judgement.anomalies) == 1


@pytest.mark.parametrize(("inserted", "updated"), [(2, 2), (-1, 2), (4, -1), (10**20, 0)])
def test_impossible_counts_are_split_and_flagged(inserted: int, updated: int) -> None:
    """E10: more than was sent, or less than nothing, says nothing about any row."""
    judgement = judged(inserted=inserted, updated=updated)
    assert fates(judgement) == "split"
    assert judgement.counted is None
    assert len(judgement.anomalies) == 1


def test_rows_read_that_do_not_match_are_flagged() -> None:
    """E10: the rows are applied by count, but somebody should look."""
    judgement = judged(inserted=3, updated=0, in_data=7)
    assert fates(judgement) == "aaa"
    assert judgement.anomalies == ("The answer counts 7 rows read of 3.",)


@pytest.mark.parametrize(
    ("warnings", "counts", "fate", "sentences"),
    [
        ([], {"inserted": 1, "updated": 0}, "a", ()),
        (["Odd name"], {"inserted": 0, "updated": 1}, "w", ("Odd name",)),
        (["Bad name"], {"inserted": 0, "updated": 0}, "r", ("Bad name",)),
        (["eve@example.com is bad"], {"inserted": 0, "updated": 0}, "r", ("eve@example.com is bad",)),
        ([], {"inserted": 0, "updated": 0, "in_data": 1}, "r", (NOT_COUNTED,)),
        ([], {"inserted": 0, "updated": 0, "in_data": 0}, "r", (NOT_COUNTED,)),
        ([], {"inserted": 0, "updated": 0}, "?", ("The platform did not count the row, and said nothing about it.",)),
        (
            [],
            {"inserted": 0, "updated": 0, "in_data": 5},
            "?",
            ("The platform did not count the row, and said nothing about it.",),
        ),
        (["Bad name"], {"inserted": 1, "updated": 1}, "?", ("The platform's counts are impossible.",)),
        (["Bad name"], {"inserted": 2, "updated": -1}, "?", ("The platform's counts are impossible.",)),
        (["Bad name"], {}, "?", ("The platform did not count the rows.", "Bad name")),
    ],
)
def test_a_single_row(warnings: list[str], counts: dict[str, Any], fate: str, sentences: tuple[str, ...]) -> None:
    """The last word of the splitting: refused only where the platform says why or counted it as read."""
    judgement = judged(warnings, emails=EMAILS[:1], **counts)
    assert fates(judgement) == fate
    assert judgement.verdicts is not None
    assert judgement.verdicts[0].sentences == sentences


def test_suspects_are_the_rows_that_are_named() -> None:
    """Splitting them off first finds refused rows in few requests."""
    assert judged(["Row 3 is odd", "a@example.com is odd"], inserted=2, updated=0).suspects == (0, 2)


def test_a_verdict_s_text_shows_no_personal_data() -> None:
    """A result may be printed; the platform's sentences belong into tables."""
    assert "example.com" not in repr(judged(["b@example.com is bad", "eve@example.com"], inserted=2, updated=0))
