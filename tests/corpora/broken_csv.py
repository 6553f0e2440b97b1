"""DuckDB's CSV files, broken ones among them: no hang, no crash, and the rows that Python's own reader sees.

What they mean is not written down beside them, so each is read twice: by its own first line, and below a header that
we put above it, which opens the files without one as well.
"""

import csv as reader
import gzip
import io
import zlib
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.sources.errors import SourceError
from tests.connectors.sources.opening import Held, csv
from tests.corpora.bounded import CRASHED, HUNG, all_bounded
from tests.corpora.score import Score

ENDINGS = (".csv", ".tsv", ".csv.gz", ".csv.zst", ".tbl", ".txt", ".data")
READ, ASIDE, REFUSED, DIFFERENT = "read", "rows set aside", "refused", "silently different"


def score(folder: Path) -> Score:
    """Score every CSV file below a folder."""
    result = Score()
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name.endswith(ENDINGS))
    for path, ends in zip(paths, all_bounded(both_ways, paths), strict=True):
        for end in ends.splitlines():
            result.add(str(path.relative_to(folder)), end, wrong=end.startswith((HUNG, CRASHED, DIFFERENT)))
    return result


def both_ways(path: Path) -> str:
    """Read a file both ways, and return what became of it on a line each."""
    return f"{by_first_line(path)}\n{below_a_header(path)}"


def by_first_line(path: Path) -> str:
    """Read a file whose first line names its columns."""
    content = path.read_bytes()
    return outcome(content, cells_of_first_line(content)[0])


def below_a_header(path: Path) -> str:
    """Read a file below a header that we put there, as wide as its first line."""
    content = path.read_bytes()
    cells = cells_of_first_line(content)
    line = _separator(content).join(["email", *(f"column {number}" for number in range(2, len(cells) + 1))])
    return outcome(f"{line}\n".encode() + content.removeprefix(b"\xef\xbb\xbf"), "email")


def cells_of_first_line(content: bytes) -> list[str]:
    """Return what may be the names of the columns."""
    line = _first_line(content)
    return [cell.strip("\"'") or "email" for cell in line.split(_separator(content))]


def _first_line(content: bytes) -> str:
    if content.startswith(b"\x1f\x8b"):
        with suppress(OSError, EOFError, zlib.error), gzip.open(io.BytesIO(content)) as file:
            content = file.read(1 << 16)
    text = content[: 1 << 16].decode("utf-8-sig", "replace")
    return next((line for line in text.splitlines() if line.strip()), "")


def _separator(content: bytes) -> str:
    return max(",;\t|", key=_first_line(content).count)


def outcome(content: bytes, email: str) -> str:
    """Tell what became of a file."""
    try:
        with TemporaryDirectory() as folder:
            held = csv(Path(folder), content, fields={"email": email})
    except SourceError:
        return REFUSED
    if held.faults:
        return ASIDE
    return READ if held.facts["compression"] != "none" or agrees(held, content) else DIFFERENT


def agrees(held: Held, content: bytes) -> bool:
    """Tell whether Python's own reader sees the same rows in a file of which every row was read."""
    encoding = "utf-8-sig" if held.facts["encoding"] == "utf-8" else str(held.facts["encoding"])
    text = content.decode(encoding).removeprefix("\ufeff")
    lines = io.StringIO(text, newline="")
    separator, quote = str(held.facts["separator"]), str(held.facts["quote"])
    rows = [tuple(row) for row in reader.reader(lines, delimiter=separator, quotechar=quote) if row]
    return rows[-len(held.cells) - 1 :] == [held.header, *held.cells]
