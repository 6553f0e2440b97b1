"""The rules by which e-mail addresses are read; the code is in `schemas.emails` and `schemas.email_doubts`."""

from typing import Final

from schemas.fields import FieldType
from schemas.issues import IssueCode
from schemas.mapping import AddressDoubt, AddressForm, FieldMapping
from schemas.reading_rule import ReadingRule

_EMAIL: Final = FieldMapping("custom1", FieldType.EMAIL, "cell")

EMAIL_RULES: Final = (
    ReadingRule(
        "mailto links",
        "lose `mailto:` and what follows a `?`; one with escapes (`%2B`) is no address",
        "RFC 6068",
        _EMAIL,
        "mailto:jo@example.com?subject=Hi",
        "jo@example.com",
    ),
    ReadingRule(
        "names before addresses",
        "are taken off where one address stands in brackets",
        "RFC 5322, 3.4",
        _EMAIL,
        '"Lee, Jo" <jo@example.com>',
        "jo@example.com",
    ),
    ReadingRule(
        "zero-width characters in addresses",
        "are taken out, wherever they stand",
        "Unicode Standard, 23.2",
        _EMAIL,
        "jo\u200b@example.com",
        "jo@example.com",
    ),
    ReadingRule(
        "spaces inside addresses",
        "are never mended: joined they could be another person's",
        "RFC 5321, 4.1.2",
        _EMAIL,
        "jo lee@example.com",
        None,
        IssueCode.EMAIL_SYNTAX,
    ),
    ReadingRule(
        "case of domains",
        "becomes lower; local parts keep theirs",
        "RFC 5321, 2.4",
        _EMAIL,
        "Jo@Example.COM",
        "Jo@example.com",
    ),
    ReadingRule(
        "international domains",
        "are written in ASCII",
        "RFC 5891",
        _EMAIL,
        "jo@b\u00fccher.example",
        "jo@xn--bcher-kva.example",
    ),
    ReadingRule(
        "syntax of addresses",
        "a dot-atom of at most 64 octets, `@`, a host name; at most 254 octets",
        "RFC 5321, 4.1.2 and 4.5.3.1; RFC 1123, 2.1",
        _EMAIL,
        "jo..lee@example.com",
        None,
        IssueCode.EMAIL_SYNTAX,
    ),
    ReadingRule(
        "international local parts",
        "are valid only with `allow: [international]`",
        "RFC 6531",
        FieldMapping("custom1", FieldType.EMAIL, "cell", allow=(AddressForm.INTERNATIONAL,)),
        "j\u00f6@example.com",
        "j\u00f6@example.com",
    ),
    ReadingRule(
        "quoted local parts",
        "are valid only with `allow: [quoted]`",
        "RFC 5321, 4.1.2",
        FieldMapping("custom1", FieldType.EMAIL, "cell", allow=(AddressForm.QUOTED,)),
        '"jo lee"@example.com',
        '"jo lee"@example.com',
    ),
    ReadingRule(
        "address literals",
        "are valid only with `allow: [literal]`",
        "RFC 5321, 4.1.3",
        FieldMapping("custom1", FieldType.EMAIL, "cell", allow=(AddressForm.LITERAL,)),
        "jo@[192.0.2.1]",
        "jo@[192.0.2.1]",
    ),
    ReadingRule(
        "mistyped domains",
        "of well-known services are said, with the domain that was probably meant; never mended",
        "ours",
        _EMAIL,
        "jo@gmial.com",
        "jo@gmial.com",
        IssueCode.EMAIL_TYPO,
    ),
    ReadingRule(
        "addresses of functions",
        "are said with `flag: [role]`",
        "RFC 2142 and ours",
        FieldMapping("custom1", FieldType.EMAIL, "cell", flag=(AddressDoubt.ROLE,)),
        "info@example.com",
        "info@example.com",
        IssueCode.EMAIL_ROLE,
    ),
    ReadingRule(
        "throw-away addresses",
        "are said with `flag: [throwaway]`; the list is short and names the services that are seen most",
        "ours",
        FieldMapping("custom1", FieldType.EMAIL, "cell", flag=(AddressDoubt.THROWAWAY,)),
        "jo@mailinator.com",
        "jo@mailinator.com",
        IssueCode.EMAIL_THROWAWAY,
    ),
)
