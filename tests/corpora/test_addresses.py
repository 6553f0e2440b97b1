"""The score of is_email, kept by addresses of our own for each of its diagnoses, and by its algorithm in Python."""

from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyisemail import is_email

from tests.corpora import addresses

LONG = "a" * 64
ADDRESSES = {
    "ISEMAIL_VALID_CATEGORY": [
        *("ann@example.org", "a@example.org", "ann.lee@example.co.uk", "ann+news@example.org", "7@example.org"),
        *(
            "ann@7.example",
            f"{LONG}@example.org",
            "ann@a-b.example",
            "ann@xn--bcher-kva.example",
            "{|}~!#$%&'*/=?^_`@a.de",
        ),
    ],
    "ISEMAIL_DNSWARN": ["ann@nobody.invalid", "ann@example.x"],
    "ISEMAIL_RFC5321": [
        '"ann"@example.org',
        '"a\\"b"@example.org',
        "ann@[192.0.2.1]",
        "ann@[IPv6:2001:db8::1]",
        "ann@127",
    ],
    "ISEMAIL_RFC5322": [
        *("ann@[text]", "ann@[IPv6:1::2::3]", "ann@[IPv6:1:2:3]", "ann@[IPv6:g::1]", "ann@[IPv6:1:2:3:4:5:6:7:]"),
        *("ann@[IPv6::1:2:3:4:5:6:7]", "ann@exa_mple.org", f"{LONG}b@example.org", f"ann@{LONG}.org"),
        "ann@" + ".".join(["a" * 60] * 5) + ".org",
        "ann@[\u2407]",
    ],
    "ISEMAIL_DEPREC": [
        *(
            "ann @example.org",
            "ann@ example.org",
            "ann . lee@example.org",
            '"ann".lee@example.org',
            "ann@(x)example.org",
        ),
        *('"a\\\u2400"@example.org', '"a\u2407"@example.org', "(\u2407)ann@example.org"),
    ],
    "ISEMAIL_CFWS": ["(x)ann@example.org", "ann@example.org(x)", " ann@example.org", "ann@example.org\u240d\u240a "],
    "ISEMAIL_ERR": [
        *("", "ann", "@", "ann@", "@example.org", "@example.org@", ".ann@example.org", "ann.@example.org"),
        *("a..n@example.org", "ann@.example.org", "ann@example.org.", "ann@example..org", "ann@-example.org"),
        *("ann@example-.org", "ann@@example.org", "an n@example.org", "an,n@example.org", "ann@exam,ple.org"),
        *('"ann@example.org', 'ann"@example.org', '"ann\\"@example.org', '"ann"x@example.org', "ann@[192.0.2.1"),
        *(
            "ann@[192.0.2.1]x",
            "ann@192.0.2.1]",
            "ann@[192.0.2.1\\",
            "(ann@example.org",
            "ann@example.org(",
            "(x)a(y)n@b.de",
        ),
        *(
            "ann@example.org\u240a",
            "\u240dann@example.org",
            "ann\u240a@example.org",
            "ann@exa\u2400mple.org",
            "ann\\@b.de",
        ),
    ],
}


def laid_out(folder: Path, tests: dict[str, list[str]]) -> Path:
    """Write addresses as the set lays them out."""
    root = ET.Element("tests")
    for number, (category, address) in enumerate((one, text) for one, texts in tests.items() for text in texts):
        test = ET.SubElement(root, "test", id=str(number))
        ET.SubElement(test, "address").text = address
        ET.SubElement(test, "category").text = category
    ET.ElementTree(root).write(folder / "tests.xml", encoding="utf-8")
    return folder / "tests.xml"


def test_every_kind_of_address_is_judged_alike(tmp_path: Path) -> None:
    """None that must be rejected is sent as it stands, and all that must be accepted are."""
    result = addresses.score(laid_out(tmp_path, ADDRESSES))
    assert result.wrong == []
    assert result.counts["must be accepted, rejected"] == 0
    assert result.counts["must be rejected, sent without the blanks around it"] == 4
    assert result.counts["not plain, accepted once its form is allowed"] == 4


def test_the_score_sees_what_is_judged_otherwise(tmp_path: Path) -> None:
    """A good address among the bad ones, and a plain one among those that need a setting."""
    result = addresses.score(laid_out(tmp_path, {"ISEMAIL_ERR": ["a@b.de"], "ISEMAIL_RFC5321": ["a@b.de"]}))
    assert len(result.wrong) == 2
    result = addresses.score(laid_out(tmp_path, {"ISEMAIL_VALID_CATEGORY": ["a@b"]}))
    assert result.counts == {"must be accepted, rejected": 1}


@settings(max_examples=150, deadline=None)
@given(
    st.text("aB7.@-_+\"'\\()[]:<> \t\r\n,;\x00\x07é", max_size=24)
    | st.from_regex(r"[a.\"@-]{1,8}@[a.7-]{1,8}", fullmatch=True)
)
@example("ann@example.org")
def test_what_is_sent_is_an_address_to_is_email(text: str) -> None:
    """Whatever the cell, an address that we send is one that is_email lets through a mail host."""
    sent = addresses.sent_as(text)
    assert sent is None or is_email(sent, diagnose=True).diagnosis_type in ("VALID", "TLD", "TLDNUMERIC")
