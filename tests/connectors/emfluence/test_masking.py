"""That no secret and no personal data gets from the platform's sentences into our errors and logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.emfluence.masking import masked


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ('Email "john.doe@example.com" belongs to another record.', 'Email "[address]" belongs to another record.'),
        ("john.doe@example.com is bad", "[address] is bad"),
        ("JOHN@EXAMPLE.COM, and <jane@example.com>.", "[address], and <[address]>."),
        ("o'brien@example.com is bad", "[address] is bad"),
        ("'john@example.com' is bad", "[address]' is bad"),
        ('"john doe"@example.com is bad', "[address] is bad"),
        ("john%40example.com is bad", "[address] is bad"),
        ("josé@exämple.com is bad", "[address] is bad"),
        ("Email address is required", "Email address is required"),
    ],
)
def test_addresses_are_masked(sentence: str, shown: str) -> None:
    """The platform quotes addresses in its sentences (301 does)."""
    assert masked(sentence) == shown


def test_secrets_are_masked_in_any_case() -> None:
    """A platform that repeats the token in its sentence must not put it into our logs."""
    assert masked("Token ABC-1 or abc-1.", ("Abc-1", "")) == "Token [secret] or [secret]."


def test_values_of_the_request_are_masked_and_its_names_are_not() -> None:
    """A sentence may quote the row's value; the field's name is what the reader needs."""
    body = '{"firstName":"Zoë","dateOfBirth": "hello"}'.encode()
    sentence = 'The value "hello" of "dateOfBirth" is no date; \'Zoë\' is no name; "permission" stays.'
    shown = 'The value [value] of "dateOfBirth" is no date; [value] is no name; "permission" stays.'
    assert masked(sentence, (), body) == shown


def test_values_that_are_not_quoted_are_masked() -> None:
    """A sentence may name a value bare; a field's name beside it, and other words, stay."""
    body = b'{"contacts":[{"firstName":"Zoe","custom1":{"value":"hello"},"n":456}]}'
    assert masked("firstName: Zoe, hello. Not helloo; record 456!", (), body) == (
        "firstName: [value], [value] Not helloo; record 456!"
    )


def test_values_that_are_escaped_in_the_request_are_masked() -> None:
    """JSON may spell a letter as an escape."""
    assert masked('"Zoë" is bad', (), rb'{"firstName":"Zo\u00eb"}') == "[value] is bad"


def test_a_sentence_stays_one_line() -> None:
    """A line break would let an answer write log lines of its own."""
    assert masked("one\r\n2026-01-01 ERROR two\x1b[0m\u2028three") == "one 2026-01-01 ERROR two [0m three"


def test_a_long_sentence_is_cut_between_words() -> None:
    """Half an address no longer looks like one, so no word is cut in two."""
    shown = masked("word " * 58 + "canary.canary.canary@example.com " * 90)
    assert len(shown) <= 310
    assert "canary" not in shown
    assert shown.endswith("[…]")


def test_a_word_without_end_is_left_out() -> None:
    """It could be anything, and reading it must not take long."""
    assert masked("x" * 5_000_000 + "@example.com") == "[…]"


@given(st.text(max_size=30), st.emails(), st.text(max_size=30))
def test_no_address_gets_through(before: str, address: str, after: str) -> None:
    """Over all addresses of RFC 5322's plain form and any text around them."""
    assert address not in masked(f"{before} {address} {after}")
