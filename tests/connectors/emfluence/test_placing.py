"""Which row a warning speaks of: by its e-mail in any case, by its number, or by nothing."""

import pytest

from connectors.emfluence.placing import place

EMAILS = ["ann@example.com", "bob@example.com", "o'brien@example.com", '"two words"@example.com']


@pytest.mark.parametrize(
    ("warning", "position"),
    [
        ("bob@example.com is not valid", 1),
        ("BOB@Example.COM is not valid", 1),
        ('Row 9 ("bob@example.com") was not saved', 1),
        ("<bob@example.com>: refused", 1),
        ("Refused: bob@example.com.", 1),
        ("mailto:bob@example.com is refused", 1),
        ("email=bob@example.com refused", 1),
        ("'bob@example.com' is refused", 1),
        ("The address o'brien@example.com is refused", 2),
        ("'O'Brien@example.com' is refused", 2),
        ('The address "two words"@example.com is refused', 3),
    ],
)
def test_a_warning_names_a_row_by_its_e_mail(warning: str, position: int) -> None:
    """The e-mail is what keys a row; its case means nothing to the platform."""
    placed = place([warning], EMAILS, 1)
    assert dict(placed.by_position) == {position: (warning,)}
    assert (placed.unplaced, placed.anomalies, placed.is_certain) == ((), (), True)


@pytest.mark.parametrize(
    "warning", ["Row 2 was not saved", "record #2: bad", "Line 2", "contact no. 2 failed", "#2 is bad", "ROW: 2"]
)
def test_a_warning_names_a_row_by_its_number(warning: str) -> None:
    """Assumed: rows are counted from 1."""
    assert dict(place([warning], EMAILS, 1).by_position) == {1: (warning,)}


def test_the_first_row_s_number_is_a_setting() -> None:
    """Who finds the platform counting from 0 says so."""
    assert dict(place(["Row 0 is bad", "Row 3 is bad"], EMAILS, 0).by_position) == {
        0: ("Row 0 is bad",),
        3: ("Row 3 is bad",),
    }


@pytest.mark.parametrize(
    "warning", ["contactID 456 is held", "custom3 was cut", "2 contacts were not saved", "Something is wrong"]
)
def test_other_numbers_name_no_row(warning: str) -> None:
    """A warning that speaks of nobody may speak of anybody: nothing is certain then."""
    placed = place([warning], EMAILS, 1)
    assert (dict(placed.by_position), placed.unplaced, placed.is_certain) == ({}, (warning,), False)


@pytest.mark.parametrize("warning", ["eve@example.com is bad", "xbob@example.com is bad", "bob@example.com.au is bad"])
def test_an_address_that_was_not_sent_is_an_anomaly_and_changes_no_row(warning: str) -> None:
    """G04: also where it ends or begins like one that was sent."""
    placed = place([warning, "Row 1 is bad"], EMAILS, 1)
    assert dict(placed.by_position) == {0: ("Row 1 is bad",)}
    assert placed.unplaced == (warning,)
    assert placed.is_certain
    assert len(placed.anomalies) == 1
    assert "@" not in placed.anomalies[0]


@pytest.mark.parametrize(("first_row", "warning"), [(1, "Row 0 is bad"), (1, "Row 5 is bad"), (0, "Row 4 is bad")])
def test_a_row_number_that_was_not_sent_makes_all_numbers_doubtful(first_row: int, warning: str) -> None:
    """G02: counted from elsewhere, every number would name the row beside the right one."""
    placed = place([warning, "Row 2 is bad", "ann@example.com is bad"], EMAILS, first_row)
    assert dict(placed.by_position) == {0: ("ann@example.com is bad",)}
    assert placed.unplaced == (warning, "Row 2 is bad")
    assert not placed.is_certain
    assert len(placed.anomalies) == 1


def test_a_row_keeps_all_that_is_said_about_it_once() -> None:
    """G05: two kinds of warning are two reasons, and one row."""
    placed = place(["ann@example.com: a", "ANN@example.com: b", "Row 1: c", "ann@example.com: a"], EMAILS, 1)
    assert dict(placed.by_position) == {0: ("ann@example.com: a", "ANN@example.com: b", "Row 1: c")}


def test_a_warning_about_two_rows_is_at_both_and_uncertain() -> None:
    """One of the two may be refused because of the other; the counts must tell."""
    placed = place(["ann@example.com belongs to bob@example.com"], EMAILS, 1)
    assert set(placed.by_position) == {0, 1}
    assert not placed.is_certain


@pytest.mark.parametrize("warning", ["Something is wrong", "Row 7 is bad"])
def test_in_the_answer_to_one_row_everything_speaks_of_it(warning: str) -> None:
    """There is nobody else it could mean, unless it names somebody else's address."""
    assert dict(place([warning], EMAILS[:1], 1).by_position) == {0: (warning,)}
    assert dict(place(["eve@example.com"], EMAILS[:1], 1).by_position) == {}


def test_no_warnings_are_certain() -> None:
    """The usual case takes no time."""
    assert place([], EMAILS, 1).is_certain
