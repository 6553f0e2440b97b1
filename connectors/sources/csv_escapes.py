r"""Rewrites a CSV with escape marks, as MySQL and Hive write it, to one without; what has two meanings is refused.

Nothing is decided about rows and cells here, and every line keeps its number.
"""

import re
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Final, NamedTuple

from connectors.sources.errors import SourceBroken

_ENDS: Final = "\r\n"


class Escapes(NamedTuple):
    """How a CSV with escape marks is written.

    Attributes:
        escape: The mark that makes the next character a plain one.
        quote: What a cell is wrapped in.
        separators: The characters of which one stands between cells.
    """

    escape: str
    quote: str
    separators: tuple[str, ...]


def without_escapes(path: Path, start: int, escapes: Escapes, scratch: Path, name: str) -> Path:
    r"""Return a UTF-8 file that says the same with doubled quotation marks (RFC 4180) and no escapes.

    Within quotes, an escaped quotation mark, separator or line end is that character; an escaped escape is one
    everywhere; a bare cell `\N` is an empty one (MySQL, LOAD DATA). Before any other character programs disagree:
    `\t` is a tab to MySQL, a `t` to Python and two characters to Spark.

    Args:
        path: The file, as UTF-8.
        start: Where its text starts, in bytes.
        escapes: How it is written.
        scratch: Where the rewritten file may lie.
        name: What messages call the file.

    Raises:
        SourceBroken: An escape stands where it has no one meaning.
    """
    rewritten = scratch / "unescaped"
    with path.open("rb") as file, rewritten.open("w", encoding="utf-8", newline="") as target:
        file.seek(start)
        target.writelines(_rewritten(file, escapes, name))
    return rewritten


def _rewritten(file: IO[bytes], escapes: Escapes, name: str) -> Iterator[str]:
    escaped = re.compile(f"{re.escape(escapes.escape)}(.?)", re.DOTALL)
    inside = False
    with TextIOWrapper(file, encoding="utf-8", newline="") as lines:
        for number, line in enumerate(lines, start=1):
            at = 0
            for found in escaped.finditer(line):
                yield (before := line[at : found.start()])
                inside ^= before.count(escapes.quote) % 2 == 1
                meant = _meant_inside(found, escapes) if inside else _meant_outside(found, escapes)
                if meant is None:
                    raise SourceBroken(
                        f"{name}: on line {number}, an escape mark stands before a character that programs read "
                        "differently there. Export with quotation marks around every text, and doubled within."
                    )
                yield meant
                at = found.end()
            yield line[at:]
            inside ^= line.count(escapes.quote, at) % 2 == 1


def _meant_inside(found: re.Match[str], escapes: Escapes) -> str | None:
    mark = found.group(1)
    if mark and mark == escapes.quote:
        return mark * 2
    return mark if mark and mark in (escapes.escape, *escapes.separators, *_ENDS) else None


def _meant_outside(found: re.Match[str], escapes: Escapes) -> str | None:
    if found.group(1) == escapes.escape:
        return escapes.escape
    line, around = found.string, (*escapes.separators, *_ENDS, "")
    before, after = line[max(found.start() - 1, 0) : found.start()], line[found.end() : found.end() + 1]
    return "" if found.group(1) == "N" and before in around and after in around else None
