"""Valid e-mail addresses that deserve a second look: of a function, of a throw-away service, or mistyped."""

from typing import Final

import polars as pl

from schemas.issues import IssueCode
from schemas.mapping import AddressDoubt, FieldMapping
from schemas.readings import Normalised, step_name

# RFC 2142 and what companies print on their cards.
ROLES: Final = (
    *("abuse", "accounting", "accounts", "admin", "administrator", "billing", "careers", "contact", "enquiries"),
    *("finance", "ftp", "hello", "help", "helpdesk", "hostmaster", "hr", "info", "inquiries", "invoices", "it", "jobs"),
    *("legal", "mail", "mailer-daemon", "marketing", "media", "news", "newsletter", "no-reply", "noc", "noreply"),
    *("office", "orders", "postmaster", "press", "privacy", "recruiting", "reception", "root", "sales", "security"),
    *("service", "shop", "spam", "staff", "subscribe", "support", "sysadmin", "team", "unsubscribe", "usenet", "uucp"),
    *("web", "webmaster", "www"),
)
THROWAWAY_DOMAINS: Final = (
    *("10minutemail.com", "20minutemail.com", "33mail.com", "burnermail.io", "discard.email", "dispostable.com"),
    *("emailondeck.com", "fakeinbox.com", "getairmail.com", "getnada.com", "grr.la", "guerrillamail.com"),
    *("guerrillamail.net", "guerrillamail.org", "guerrillamailblock.com", "inboxkitten.com", "jetable.org"),
    *("mailcatch.com", "maildrop.cc", "mailinator.com", "mailinator.net", "mailnesia.com", "mailnull.com"),
    *("mintemail.com", "moakt.com", "mohmal.com", "mytemp.email", "sharklasers.com", "spam4.me", "spamgourmet.com"),
    *("temp-mail.org", "tempinbox.com", "tempmail.com", "tempmailo.com", "tempr.email", "throwawaymail.com"),
    *("trashmail.com", "trashmail.de", "trashmail.net", "wegwerfmail.de", "yopmail.com", "yopmail.fr", "yopmail.net"),
)

_WELL_KNOWN: Final = (
    *("gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "comcast.net"),
    *("verizon.net", "bellsouth.net", "sbcglobal.net", "protonmail.com"),
)
_ENDINGS: Final = {
    "com": ("con", "co", "cmo", "ocm", "coom", "comm", "cpm", "vom", "xom", "om", "cm"),
    "net": ("ner", "nte", "ent", "nett", "met"),
}
_QUESTION: Final = "Did you mean {}?"


def doubtful(mapping: FieldMapping, email: pl.Expr) -> Normalised:
    """Return canonical addresses as they are, with the doubts that the mapping asks for."""
    local, domain = step_name(mapping, "local"), step_name(mapping, "domain")
    parts = email.str.split_exact("@", 1).struct
    found = {
        AddressDoubt.ROLE: (IssueCode.EMAIL_ROLE, _untagged(pl.col(local)).is_in(ROLES)),
        AddressDoubt.THROWAWAY: (IssueCode.EMAIL_THROWAWAY, pl.col(domain).is_in(THROWAWAY_DOMAINS)),
        AddressDoubt.TYPO: (IssueCode.EMAIL_TYPO, pl.col(domain).is_in(list(_QUESTIONS))),
    }
    # The domain that is named is one of ours, and nobody's data.
    meant = pl.col(domain).replace_strict(_QUESTIONS, default=None, return_dtype=pl.String)
    return Normalised(
        email,
        email.is_null(),
        dict(found[doubt] for doubt in mapping.flag),
        (pl.struct(parts.field("field_0").alias(local), parts.field("field_1").alias(domain)).struct.unnest(),),
        {IssueCode.EMAIL_TYPO: meant} if AddressDoubt.TYPO in mapping.flag else {},
    )


def _untagged(local: pl.Expr) -> pl.Expr:
    return local.str.replace(r"\+.*", "").str.to_lowercase()


def _mistyped(domain: str) -> set[str]:
    """Return how a domain is usually mistyped: letters swapped, left out or doubled after the first, a wrong ending."""
    name, ending = domain.split(".")
    places = range(1, len(name))
    swapped = {name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :] for at in places}
    shorter = {name[:at] + name[at + 1 :] for at in places}
    longer = {name[:at] + name[at] + name[at:] for at in places}
    names = {f"{wrong}.{ending}" for wrong in swapped | shorter | longer}
    return names | {f"{name}.{wrong}" for wrong in _ENDINGS[ending]}


_QUESTIONS: Final = {
    wrong: _QUESTION.format(domain) for domain in _WELL_KNOWN for wrong in _mistyped(domain) - set(_WELL_KNOWN)
}
