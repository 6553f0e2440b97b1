"""How the names of a source's columns are shown to a person: a few of them, and none where they may be someone's data.

A file without a header has its first contact where the names should be, and messages end in logs.
"""

from collections.abc import Sequence
from typing import Final

_MOST_NAMES: Final = 12
_LONGEST_NAME: Final = 60
_MOST_DIGITS: Final = 4  # "Revenue 2026" is a name; "60614 Chicago" and "ID 104729" are none


def named(names: Sequence[str]) -> str:
    """Return names in quotation marks for a sentence: the first dozen, long ones cut, what cannot be seen escaped.

    Args:
        names: The names as found.
    """
    shown = ", ".join(f'"{_shown(name)}"' for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown or "no columns"


def looks_like_data(names: Sequence[str]) -> bool:
    """Tell whether what should be names of columns may be a person's data.

    One cell decides for all: beside an address, a number or a date, the others are names of people and of streets.

    Args:
        names: The names as found.
    """
    return any(_is_data(name) for name in names)


def _is_data(name: str) -> bool:
    digits = sum(one.isdigit() for one in name)
    return "@" in name or digits > _MOST_DIGITS or (digits > 0 and not any(one.isalpha() for one in name))


def _shown(name: str) -> str:
    cut = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in cut)
