"""Opt-outs that a mapping forgot: the ways in which a list of unsubscribes is imported as subscribers."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from schemas.fields import OPT_OUT_FIELDS
from schemas.mapping import SourceMapping

# English, and what the words are called in German, French, Spanish, Italian, Portuguese and Dutch exports.
_OPTED_OUT: Final = (
    r"unsub|opt(?:ed)?[ _-]?out|black[ _-]?list|suppress|do[ _-]?not[ _-]?(?:e-?mail|mail|contact)|\bdnc\b"
    r"|bounced?\b|\bcleaned\b|abgemeldet|abmeld|abbestell|widerspr|d[eé]sabonn|d[eé]sinscri|\bbajas?\b|disiscri"
    r"|cancelad|afgemeld|uitgeschreven"
)
# Columns of consent: whoever says no in them has opted out.
_CONSENT: Final = (
    r"|opt[ _-]?in\b|\bsubscribed\b|accepts?[ _-](?:e-?mail[ _-])?marketing|marketing[ _-]?(?:consent|status)"
)
LOOKS_OPTED_OUT: Final = rf"(?i){_OPTED_OUT}"
"""What a word that means an opt-out holds, in the languages above."""

_NAME: Final = re.compile(_OPTED_OUT + _CONSENT, re.IGNORECASE)
_FILE: Final = re.compile(_OPTED_OUT, re.IGNORECASE)
_VALUE: Final = (
    r"(?i)\A\s*(?:unsubscribed|opted[ _-]?out|blacklisted|suppressed|cleaned|(?:hard )?bounced|abgemeldet)\s*\z"
)


def forgotten_opt_outs(mapping: SourceMapping, header: Sequence[str]) -> list[str]:
    """Return the columns that look like opt-outs, by their names, while nothing is mapped to `suppressed` or `held`.

    A mapping that names either field, be it with the constant `false`, has been thought about: nothing is returned.
    """
    return [] if _thought_about(mapping) else [name for name in header if _NAME.search(name)]


def is_forgotten_opt_out_file(mapping: SourceMapping, name: str) -> bool:
    """Tell whether a file's name says that it lists opt-outs, while nothing is mapped to `suppressed` or `held`."""
    return not _thought_about(mapping) and _FILE.search(name) is not None


def forgotten_opt_out_values(mapping: SourceMapping, rows: pl.DataFrame, columns: Iterable[str]) -> list[str]:
    """Return the columns of which some row says that it opted out, as a status `Unsubscribed` does.

    Args:
        mapping: As for `forgotten_opt_outs`.
        rows: Some of the source's rows.
        columns: Those of its columns to look into.
    """
    if _thought_about(mapping):
        return []
    texts = [name for name in columns if rows.schema[name] == pl.String and name not in mapping.columns]
    return [name for name in texts if rows[name].str.contains(_VALUE).any()]


def _thought_about(mapping: SourceMapping) -> bool:
    return any(field.field in OPT_OUT_FIELDS for field in mapping.fields)
