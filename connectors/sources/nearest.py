"""The hint for a misspelt word in the settings."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "…"?` for the known word most like `word`, or an empty string.

    Args:
        word: The word as written; its case does not matter.
        known: The words that are right.
    """
    by_folded = {name.casefold(): name for name in sorted(known)}
    nearest = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f' Did you mean "{by_folded[nearest[0]]}"?' if nearest else ""
