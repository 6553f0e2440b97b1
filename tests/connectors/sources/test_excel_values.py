"""Numbers of a workbook: what they mean under their format, and as which text."""

import pytest

from connectors.sources.excel_values import is_date_format, leading_zeros, moment_text, number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1", "1"),
        ("1.0", "1"),
        ("-2", "-2"),
        ("0", "0"),
        ("90210", "90210"),
        ("0.25", "0.25"),
        ("0.30000000000000004", "0.3"),
        ("19.989999999999998", "19.99"),
        ("1.5E-7", "0.00000015"),
        ("1E+20", "100000000000000000000"),
        ("15551234567", "15551234567"),
        ("1234567890123456", "1234567890123456"),
    ],
)
def test_a_number_is_what_people_see(value: str, text: str) -> None:
    """No `.0` at the end of a postal code, no rounding error, no exponent in a phone number."""
    assert number_text(value) == text


def test_zeros_that_a_format_shows_are_kept() -> None:
    """A postal code stored as a number under 00000 has not lost its zero."""
    assert leading_zeros("00000") == 5
    assert number_text("2134", leading_zeros("00000")) == "02134"
    assert [leading_zeros(code) for code in (None, "0.00", "General", "#,##0", "0%")] == [0] * 5
    assert number_text("7", leading_zeros("0")) == "7"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("46350", "2026-11-24"),
        ("46350.0", "2026-11-24"),
        ("46350.604166666664", "2026-11-24 14:30:00"),
        ("46350.999988425923", "2026-11-24 23:59:59"),
        ("46349.9999999999", "2026-11-24"),
        ("46350.00000578704", "2026-11-24 00:00:00.500"),
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("60", "1900-02-29"),
        ("61", "1900-03-01"),
        ("0.5", "12:00:00"),
        ("2958465", "9999-12-31"),
        ("2958466", "2958466"),
        ("-1", "-1"),
    ],
)
def test_a_date_is_iso_and_has_no_time_at_midnight(value: str, text: str) -> None:
    """Excel's own calendar has a 29 February 1900, which stays visible and is no date to any rule."""
    assert moment_text(value, from_1904=False) == text


def test_dates_of_the_mac_count_from_1904() -> None:
    """Read by the other count, every birthday would be four years off."""
    assert moment_text("0", from_1904=True) == "1904-01-01"
    assert moment_text("44888", from_1904=True) == "2026-11-24"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (14, None),
        (22, None),
        (200, "yyyy-mm-dd"),
        (200, "[$-409]mmmm d, yyyy;@"),
        (200, "dd/mm/yy\\ hh:mm"),
        (200, "h:mm AM/PM"),
        (200, "[Red]yyyy"),
        (200, 'd" de "mmmm'),
        (14, "dd.mm.yyyy"),
    ],
)
def test_formats_of_dates(number: int, code: str | None) -> None:
    """Excel's own and those that people made."""
    assert is_date_format(number, code)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0, None),
        (1, None),
        (9, None),
        (44, None),
        (46, None),
        (49, None),
        (200, "General"),
        (200, "0.00%"),
        (200, '#,##0.00 "days"'),
        (200, '0 "m"'),
        (200, "0\\d"),
        (200, "[Red]0;[Yellow]-0"),
        (200, '_("$"* #,##0.00_)'),
        (200, "[h]:mm"),
        (200, "00000"),
        (200, "@"),
    ],
)
def test_formats_of_no_dates(number: int, code: str | None) -> None:
    """A letter in quotes, a colour or a duration makes no date of a number."""
    assert not is_date_format(number, code)
