"""Addresses inside other text, forms that a source has to allow, and doubtful ones."""

import pytest

from schemas.email_doubts import ROLES, THROWAWAY_DOMAINS
from schemas.emails import EMAIL_PATTERN
from schemas.fields import FieldType
from schemas.mapping import AddressDoubt, AddressForm, FieldMapping, SourceMapping
from schemas.validate import Validated, validate
from tests.schemas.frames import EMAIL_COLUMN, extracted, issues_of, mapping_of, read

EMAIL = FieldMapping("email", FieldType.EMAIL, column="cell")


def sent(cell: str, *allow: AddressForm) -> str | None:
    """Return the address that is sent for a cell, None where its row is set aside."""
    mapping = FieldMapping("custom1", FieldType.EMAIL, column="cell", allow=allow)
    result = validate(extracted({EMAIL_COLUMN: ["a@example.com"], "cell": [cell]}), mapping_of(mapping))
    return None if result.contacts.is_empty() else result.contacts["custom1"][0]


def doubted(cells: list[str], *flag: AddressDoubt) -> Validated:
    """Validate addresses, looking for doubts."""
    mapping = FieldMapping("custom1", FieldType.EMAIL, column="cell", flag=flag)
    return validate(extracted({EMAIL_COLUMN: ["a@example.com"] * len(cells), "cell": cells}), mapping_of(mapping))


@pytest.mark.parametrize(
    "cell",
    [
        "mailto:Jo@Example.com",
        " MAILTO:Jo@example.com?subject=Hello@you ",
        "<Jo@example.com>",
        "Jo Lee <Jo@example.com>",
        "J\u00f6 Lee <Jo@example.com>",
        '"Lee, Jo" <Jo@example.com>',
        "'Jo@example.com'",
        '"Jo@example.com"',
        "\u201cJo@example.com\u201d",
        "<mailto:Jo@example.com>",
        "Jo Lee < Jo@example.com >",
        "Jo\u00a0Lee\u00a0<Jo@example.com>\u200b",
        "J\u200bo@ex\ufeffample\u2060.com",
    ],
)
def test_an_address_is_taken_out_of_what_stands_around_it(cell: str) -> None:
    """People copy addresses from mail programs and web pages, and there is only one in the cell."""
    assert sent(cell) == "Jo@example.com"


@pytest.mark.parametrize(
    "cell",
    [
        "jo@example.com <ann@example.com>",
        "Jo, Ann <ann@example.com>",
        "jo@example.com; Ann <ann@example.com>",
        "<jo@example.com> <ann@example.com>",
        "<jo@example.com",
        "jo@example.com>",
        "Jo <jo>",
        "Jo <>",
        "Jo <jo @example.com>",
        "mailto:",
        "mailto:jo",
        "mailto:jo@example.com,ann@example.com",
        "http://jo@example.com",
        "jo@example.com'",
    ],
)
def test_two_addresses_or_half_a_one_are_none(cell: str) -> None:
    """Which of two was meant would be a guess."""
    assert sent(cell) is None


def test_a_link_with_escapes_is_no_address() -> None:
    """Taken as it stands, jo%2Bnews would be another mailbox than the one that is meant."""
    assert sent("mailto:jo%2Bnews@example.com") is None
    assert sent("mailto:jo@example.com?subject=a%20b") == "jo@example.com"


def test_an_apostrophe_is_part_of_an_address() -> None:
    """It is a letter like others of a local part, at its start as well."""
    assert sent("o'brien@example.com") == "o'brien@example.com"
    assert sent("'n'roll@example.com") == "'n'roll@example.com"


def test_addresses_with_and_without_a_wrapping_keep_their_rows() -> None:
    """They are looked at apart, and put back by position."""
    cells = [f"p{number}@example.com" for number in range(1000)]
    cells[3], cells[998] = "Jo <jo@example.com>", "mailto:ann@example.com"
    values, _ = read(EMAIL, cells)
    assert (values[3], values[998]) == ("jo@example.com", "ann@example.com")
    assert [values[n] for n in range(1000) if n not in {3, 998}] == [cells[n] for n in range(1000) if n not in {3, 998}]


INTERNATIONAL = ["j\u00f6rg@example.com", "\u7528\u6237@\u4f8b\u3048.jp", "j\u00f6rg@b\u00fccher.de"]
QUOTED = ['"jo lee"@example.com', '"jo@lee"@example.com', '"jo..lee"@Example.com']
LITERAL = ["jo@[192.0.2.1]", "jo@[IPv6:2001:db8::1]"]


@pytest.mark.parametrize(
    ("form", "cells"),
    [(AddressForm.INTERNATIONAL, INTERNATIONAL), (AddressForm.QUOTED, QUOTED), (AddressForm.LITERAL, LITERAL)],
)
def test_an_unusual_form_is_valid_only_where_it_is_allowed(form: AddressForm, cells: list[str]) -> None:
    """Most platforms and hosts refuse them, so somebody has to know that his do not."""
    others = [other for other in AddressForm if other is not form]
    for cell in cells:
        assert sent(cell) is None
        assert sent(cell, *others) is None
        once = sent(cell, form)
        assert once is not None
        assert sent(once, form) == once


def test_the_canonical_form_of_unusual_addresses() -> None:
    """Domains are in ASCII and lower case, and quotation marks that are not needed are taken off."""
    assert sent("J\u00f6RG@B\u00dcCHER.de", AddressForm.INTERNATIONAL) == "J\u00f6RG@xn--bcher-kva.de"
    assert sent("jo\u0308@example.com", AddressForm.INTERNATIONAL) == "j\u00f6@example.com"
    assert sent('"jo@Lee"@Example.COM', AddressForm.QUOTED) == '"jo@Lee"@example.com'
    assert sent('"jo"@example.com', AddressForm.QUOTED) == "jo@example.com"


@pytest.mark.parametrize(
    "cell",
    [
        "\u202ejo@example.com",
        "j\u00a0o@example.com",
        "j\u200do@example.com",
        "j\u00f6\x85@example.com",
        '"jo\x00"@example.com',
        '"jo"lee@example.com',
        "jo@[300.0.0.1]",
        "jo@[IPv6:1::2::3]",
        "jo@[example.com]",
        "\u00f6" * 33 + "@example.com",
        '"' + "j o" * 21 + '"@example.com',
        "..\u00f6@example.com",
        "bad",
    ],
)
def test_what_no_form_allows(cell: str) -> None:
    """Allowing a form does not allow what the form itself forbids, nor more octets than RFC 5321 has."""
    assert sent(cell, *AddressForm) is None


def test_a_row_set_aside_shows_the_address_as_it_would_have_been_sent() -> None:
    """Whoever looks a person up by the address finds the rejected row too."""
    email = FieldMapping("email", FieldType.EMAIL, column="cell", allow=(AddressForm.INTERNATIONAL,))
    out = FieldMapping("suppressed", FieldType.BOOLEAN, column="Out")
    rows = extracted({"cell": ["j\u00f6@B\u00fccher.de"], "Out": ["perhaps"]})
    assert validate(rows, SourceMapping("crm", (email, out))).rejected["email"].to_list() == [
        "j\u00f6@xn--bcher-kva.de"
    ]


def test_plain_addresses_are_judged_as_before_where_more_is_allowed() -> None:
    """The strict pattern stays the rule for them."""
    for cell, expected in (("jo@example.com", "jo@example.com"), ("jo@localhost", None), ("jo@192.0.2.1", None)):
        assert sent(cell, *AddressForm) == expected


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("yaho.com", "yahoo.com"),
        ("yahooo.com", "yahoo.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmal.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("icluod.com", "icloud.com"),
        ("comcast.ner", "comcast.net"),
    ],
)
def test_a_mistyped_domain_comes_with_the_one_that_was_meant(domain: str, meant: str) -> None:
    """The address is sent as it is, since it may be right; the sentence holds no part of a person's data."""
    result = doubted([f"jo.lee@{domain}"], AddressDoubt.TYPO)
    assert result.contacts["custom1"].to_list() == [f"jo.lee@{domain}"]
    assert issues_of(result) == [(1, "custom1", "email_typo", "warn")]
    assert result.issues["message"].to_list() == [
        f"The address's domain looks like a typing error. Did you mean {meant}?"
    ]


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "googlemail.com", "mail.com", "ymail.com", "email.com", "gmx.com", "yahoo.co.uk", "hotmail.de"],
)
def test_well_known_domains_are_no_typing_errors_of_each_other(domain: str) -> None:
    """A warning about somebody's good address teaches people not to read warnings."""
    assert issues_of(doubted([f"jo@{domain}"], AddressDoubt.TYPO)) == []


def test_functions_and_throw_away_services_are_said_where_that_is_asked_for() -> None:
    """Many lists live by info@ addresses; whoever minds them says so."""
    cells = ["info@example.com", "Sales+web@example.com", "information@example.com", "jo@mailinator.com"]
    assert issues_of(doubted(cells)) == []
    assert issues_of(doubted(cells, AddressDoubt.ROLE)) == [
        (1, "custom1", "email_role", "warn"),
        (2, "custom1", "email_role", "warn"),
    ]
    assert issues_of(doubted(cells, AddressDoubt.THROWAWAY)) == [(4, "custom1", "email_throwaway", "warn")]
    assert len(doubted(cells, *AddressDoubt).contacts) == len(cells)


def test_typing_errors_are_looked_for_unless_something_else_is_set() -> None:
    """They cost a customer, and nobody thinks of asking for them."""
    assert EMAIL.flag == (AddressDoubt.TYPO,)
    assert read(EMAIL, ["jo@gmial.com", "jo@example.com", None, "bad"])[1] == {"email_typo": [0]}


def test_the_lists_are_in_the_form_in_which_addresses_are_compared() -> None:
    """An entry in another case would never be found."""
    assert all(role == role.lower() and "@" not in role for role in ROLES)
    assert all(domain == domain.lower() and "." in domain for domain in THROWAWAY_DOMAINS)
    assert EMAIL_PATTERN.startswith(r"\A")
    assert EMAIL_PATTERN.endswith(r"\z")
