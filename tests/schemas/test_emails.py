"""The canonical form of addresses, their key and the strict pattern."""

import polars as pl
import pytest

from schemas.emails import canonical_email, email_key, is_valid_email


def canonical(*addresses: str | None) -> list[str | None]:
    """Return addresses in their canonical form."""
    frame = pl.DataFrame({"address": addresses}, schema={"address": pl.String})
    return frame.select(canonical_email(pl.col("address")))["address"].to_list()


def valid(*addresses: str) -> list[bool | None]:
    """Tell which addresses are valid once in their canonical form."""
    frame = pl.DataFrame({"address": addresses}, schema={"address": pl.String})
    return frame.select(valid=is_valid_email(canonical_email(pl.col("address"))))["valid"].to_list()


LABEL = "d" * 63
DOMAIN_OF_189 = ".".join([LABEL, LABEL, "d" * 57, "com"])


@pytest.mark.parametrize(
    "address",
    [
        "a@b.co",
        "first.last+tag@example.com",
        "!#$%&'*+/=?^_`{|}~-@example.com",
        "123@example.com",
        "x@sub-domain.example.museum",
        "x@123.example.com",
        "x@xn--bcher-kva.example.com",
        "x@example.xn--p1ai",
        "x@b\u00fccher.de",
        "x@\u4f8b\u3048.jp",
        "x@b\u00fccher\u3002de",
        "x@CAF\u00c9.fr",
        "x@example.c",
        "x@example.co-op",
        "l" * 64 + "@example.com",
        "l" * 64 + "@" + DOMAIN_OF_189,
    ],
)
def test_good_addresses_pass(address: str) -> None:
    """A person with an unusual address is a customer too."""
    assert valid(address) == [True]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "plain",
        "@example.com",
        "x@",
        "x@localhost",
        "x@@example.com",
        "x@y@example.com",
        ".x@example.com",
        "x.@example.com",
        "x..y@example.com",
        "x y@example.com",
        "x@exa mple.com",
        "x@-example.com",
        "x@example-.com",
        "x@.example.com",
        "x@example..com",
        "x@example.com.",
        "x@example.123",
        "x@192.168.0.1",
        "x@[192.168.0.1]",
        "x@exam_ple.com",
        '"quoted local"@example.com',
        '"quoted"@b\u00fccher.de',
        "x@example.com,y@example.com",
        "x@example.com;",
        "x(comment)@example.com",
        "x@example.com\ny@example.com",
        "x\n@example.com",
        "x\x00@example.com",
        "x@example.com\x00",
        "x\u00a0y@example.com",
        "x\u200d@example.com",
        "x@example\u200e.c\u00f6m ",
        "x\u2003y@example.com",
        "x\uff20example.com",
        "j\u00f6rg@example.com",
        "\u202ex@example.com",
        "x@b\u00fccher",
        "x@-b\u00fccher.de",
        "l" * 65 + "@example.com",
        "l" * 65 + "@b\u00fccher.de",
        "x@" + "d" * 64 + ".com",
        "l" * 64 + "@d" + DOMAIN_OF_189,
    ],
)
def test_bad_addresses_fail(address: str) -> None:
    """The platform would refuse them, or worse, send to somebody else."""
    assert valid(address) == [False]


def test_the_limits_are_met_exactly() -> None:
    """254 characters in all and 64 before the @ are still an address; one more of either is none."""
    longest = "l" * 64 + "@" + DOMAIN_OF_189
    assert len(longest) == 254
    assert valid(longest, "l" + longest, longest.replace("@", "@d", 1)) == [True, False, False]


def test_no_address_is_neither_valid_nor_invalid() -> None:
    """A missing address has an issue of its own, not that of a bad one."""
    frame = pl.DataFrame({"address": [None]}, schema={"address": pl.String})
    assert frame.select(valid=is_valid_email(pl.col("address")))["valid"].to_list() == [None]


def test_a_line_end_is_trimmed_at_the_ends_but_never_let_through_inside() -> None:
    """A pattern that ends in `$` would let a trailing line feed through into a payload."""
    frame = pl.DataFrame({"address": ["x@example.com\n", "x@example.com\r\n"]})
    assert frame.select(valid=is_valid_email(pl.col("address")))["valid"].to_list() == [False, False]
    assert canonical("x@example.com\n", "\tx@example.com\r\n", "\u2003x@example.com ") == ["x@example.com"] * 3


def test_the_domain_is_lower_cased_and_the_local_part_kept() -> None:
    """RFC 5321 leaves the local part's meaning to the receiving host; domains have no case."""
    assert canonical("First.LAST@Example.COM", "X@B\u00dcCHER.DE") == ["First.LAST@example.com", "X@xn--bcher-kva.de"]


def test_what_is_no_address_stays_as_it_is() -> None:
    """The rejected row shows the person what stood there, not what we made of it."""
    assert canonical(None, "No Address", "X@Y@Example.COM", "", "J\u00d6RG@B\u00dcCHER") == [
        None,
        "No Address",
        "X@y@example.com",
        "",
        "J\u00d6RG@b\u00fccher",
    ]


def test_a_few_international_addresses_among_many_plain_ones_find_their_rows() -> None:
    """They are looked at apart, and put back by position."""
    addresses: list[str | None] = [f"Person{number}@Example.com" for number in range(5000)]
    addresses[0], addresses[17], addresses[4999] = "a@b\u00fccher.de", None, "z@\u4f8b\u3048.jp"
    found = canonical(*addresses)
    assert (found[0], found[17], found[4999]) == ("a@xn--bcher-kva.de", None, "z@xn--r8jz45g.jp")
    plain = [number for number in range(5000) if number not in {0, 17, 4999}]
    assert [found[number] for number in plain] == [f"Person{number}@example.com" for number in plain]


def test_the_canonical_form_of_a_canonical_address_is_itself() -> None:
    """The ledger's keys come from it: a second reading must find the same person."""
    once = canonical("Jo@B\u00dcCHER.de", " a@B.co ", "x@stra\u00dfe.de", "no address")
    assert canonical(*once) == once


def test_the_key_ignores_case() -> None:
    """Two spellings of one address are one contact at the platform."""
    frame = pl.DataFrame({"email": ["First@example.com", "FIRST@example.com", None]})
    assert frame.select(email_key(pl.col("email")))["email"].to_list() == ["first@example.com"] * 2 + [None]


def test_no_rows_are_no_trouble() -> None:
    """The last slice of a source may be empty."""
    assert canonical() == []
