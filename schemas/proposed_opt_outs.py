"""How a source's record of opt-outs would be mapped to `suppressed`, as far as its names and words leave no doubt."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from schemas.mapping import SourceMapping
from schemas.normalise import ANY_WORD, NO, YES
from schemas.optouts import (
    LOOKS_OPTED_OUT,
    forgotten_opt_out_values,
    forgotten_opt_outs,
    is_forgotten_opt_out_file,
)

_OTHER_CHANNELS: Final = re.compile(r"sms|phone|call|whats|fax|post|tel(?![a-z])", re.IGNORECASE)

# English as mappings read it, then German, Dutch, French, Spanish, Italian and Portuguese.
_PAIRS: Final = (
    *zip(YES, NO, strict=True),
    *(("ja", "nein"), ("ja", "nee"), ("oui", "non"), ("sí", "no"), ("si", "no"), ("sì", "no"), ("sim", "não")),
)
_NO_TO: Final = {yes: sorted({no for one, no in _PAIRS if one == yes}) for yes, _ in _PAIRS}
_YES_TO: Final = {no: sorted({yes for yes, one in _PAIRS if one == no}) for _, no in _PAIRS}


@dataclass(frozen=True)
class OptOuts:
    """A proposal.

    Attributes:
        mapping: What `suppressed` is mapped to, as in sync.yaml; None where nothing is proposed.
        doubtful: A column that a person has to decide about.
    """

    mapping: str | Mapping[str, Any] | None = None
    doubtful: str | None = None


def proposed_opt_outs(
    mapping: SourceMapping, rows: pl.DataFrame, columns: Sequence[str], files: Sequence[str]
) -> OptOuts:
    """Propose how opt-outs are mapped.

    Args:
        mapping: The mapping so far, without `suppressed`.
        rows: Some of the source's rows.
        columns: The source's own columns among theirs.
        files: The names of its files.
    """
    if any(is_forgotten_opt_out_file(mapping, name) for name in files):
        return OptOuts({"value": True})
    by_word = forgotten_opt_out_values(mapping, rows, columns)
    by_name = forgotten_opt_outs(mapping, columns)
    suspects = list(dict.fromkeys((*by_name, *by_word)))
    about_mail = [name for name in suspects if not _OTHER_CHANNELS.search(name)] or suspects
    for name in about_mail:
        if (proposed := _of_words(name, _words(rows[name]))) is not None:
            return OptOuts(proposed)
    return OptOuts(doubtful=about_mail[0] if about_mail else None)


def _words(column: pl.Series) -> list[str]:
    texts = column.cast(pl.String).str.strip_chars().drop_nulls()
    return sorted(texts.filter(texts != "").unique())


def _of_words(name: str, words: Sequence[str]) -> str | dict[str, Any] | None:
    """Return the mapping of a column by what is written in it; None where its words do not say what they mean."""
    plain = {word.casefold() for word in words}
    says_out = re.search(LOOKS_OPTED_OUT, name) is not None
    if plain and plain <= {*YES, *NO} and says_out:
        return name
    if plain and plain <= _NO_TO.keys() | _YES_TO.keys():
        return {"column": name, "when": _answers(words, _YES_TO if says_out else _NO_TO)}
    out = [word for word in words if re.search(LOOKS_OPTED_OUT, word)]
    if out:
        return {"column": name, "when": out}
    if words and says_out and all(any(one.isdigit() for one in word) for word in words):
        return {"column": name, "when": [ANY_WORD]}  # the days of the opt-outs
    return None


def _answers(words: Sequence[str], opposites: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the words that give the answer which others are opposite to; where none does, all that could give it."""
    answers = {answer for found in opposites.values() for answer in found}
    found = [word for word in words if word.casefold() in answers]
    return found or sorted({answer for word in words for answer in opposites[word.casefold()]})
