"""One look at a whole column of text: its bytes on end, which tell in one step what else every value is asked for."""

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

_Codes: TypeAlias = npt.NDArray[np.uint8]

# Any printable mark that is rare; where it stands beside a space by chance, a column is looked at value by value.
_BETWEEN: Final = "~"
_SPACE: Final = ord(" ")
_LAST_PRINTABLE: Final = ord("~")

# Bytes looked at in one step: so few that what comes of them stays in the processor's own memory.
_AT_A_TIME: Final = 1 << 17


def is_surely_plain(column: pl.Series) -> bool:
    """Tell whether texts surely are printable ASCII without quotation marks or a space at an end.

    True is certain; false means that each value must be looked at, which takes twice as long.
    """
    text = _on_end(column, _BETWEEN)
    if b'"' in text or b"'" in text or text.startswith(b" ") or text.endswith(b" "):
        return False
    return not any(_is_odd(codes) or _has_space_at_an_end(codes) for codes in _pieces(text))


def is_written_as_it_is(column: pl.Series) -> bool:
    """Tell whether JSON writes all texts as they are: without a quotation mark, backslash or control character.

    RFC 8259, 7.
    """
    text = _on_end(column, "")
    return not (b'"' in text or b"\\" in text or any(codes.min() < _SPACE for codes in _pieces(text)))


def _on_end(column: pl.Series, between: str) -> bytes:
    together: bytes = column.str.join(between).cast(pl.Binary).item()
    return together


def _pieces(text: bytes) -> Iterator[_Codes]:
    """Yield a text's bytes piece by piece, each with the first one of the next piece."""
    codes = np.frombuffer(text, np.uint8)
    for start in range(0, len(codes), _AT_A_TIME):
        yield codes[start : start + _AT_A_TIME + 1]


def _is_odd(codes: _Codes) -> bool:
    return bool(codes.min() < _SPACE or codes.max() > _LAST_PRINTABLE)


def _has_space_at_an_end(codes: _Codes) -> bool:
    spaces, ends = codes == _SPACE, codes == ord(_BETWEEN)
    return bool((spaces[:-1] & ends[1:]).any() or (ends[:-1] & spaces[1:]).any())
