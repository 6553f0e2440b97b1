"""Pollock's polluted CSV files, each beside a clean one that says what it means (Vitagliano et al., VLDB 2023).

A file is read with the settings of a person who knows the sound one: its columns are mapped by their names. What is
accepted is compared cell by cell; what is set aside has to hold the cells of every row that is missing.
"""

import csv as reader
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connectors.sources.errors import SourceError
from schemas.issues import IssueCode
from tests.connectors.sources.opening import Held, csv
from tests.corpora.score import Score

EXACT, ASIDE, REFUSED, DIFFERENT = "exact", "rows set aside", "refused", "silently different"
SOUND, HEADLESS = "source.csv", "file_no_header.csv"
Row = tuple[str, ...]


def score(folder: Path) -> Score:
    """Score the files of a folder with the subfolders `csv`, `clean` and `parameters`."""
    result = Score()
    header, *_ = rows_of(folder / "clean" / SOUND)
    for path in sorted((folder / "csv").glob("*.csv")):
        meant = rows_of(folder / "clean" / path.name)[0 if path.name == HEADLESS else 1 :]
        told = json.loads((folder / "parameters" / f"{path.name}_parameters.json").read_text(encoding="utf-8"))
        for mapped, given in ways(header, told):
            end = verdict(path.read_bytes(), mapped, meant, header, given)
            result.add(path.name, end, wrong=end == DIFFERENT)
    return result


def rows_of(path: Path) -> list[Row]:
    """Return the rows of a clean file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in reader.reader(file)]


def ways(header: Row, told: dict[str, Any]) -> Iterator[tuple[Row, dict[str, str]]]:
    """Yield which columns are mapped and what is told: all and nothing, two and nothing, all and the file's dialect."""
    yield header, {}
    yield (header[0], header[-1]), {}
    given = {"separator": told["delimiter"], "quote": told["quotechar"]}
    if told["escapechar"] not in ("", told["quotechar"]):
        given["escape"] = told["escapechar"]
    if all(len(mark) == 1 and mark != "\0" for mark in given.values()):
        yield header, given


def verdict(content: bytes, mapped: Row, meant: Sequence[Row], header: Row, given: dict[str, str]) -> str:
    """Tell what became of a file."""
    names = ("email", *(f"custom{number}" for number in range(1, len(mapped))))
    try:
        with TemporaryDirectory() as folder:
            held = csv(Path(folder), content, fields=dict(zip(names, mapped, strict=True)), **given)
    except SourceError:
        return REFUSED
    places = [header.index(name) for name in mapped]
    wanted = [tuple(row[place].strip() for place in places) if len(row) == len(header) else None for row in meant]
    found = [tuple(cells[held.header.index(name)].strip() for name in mapped) for cells in above(held)]
    if found == wanted and not held.faults:
        return EXACT
    missing = left_out(found, wanted)
    if not held.faults or missing is None:
        return DIFFERENT
    kept = squeezed("".join(text or "" for _, text in held.faults.values()))
    lost = [row for row in missing if any(squeezed(cell) not in kept for cell in meant[row])]
    return DIFFERENT if lost else ASIDE


def above(held: Held) -> list[Row]:
    """Return the rows of the first table: another one begins where the header is repeated below them, and set aside."""
    first = min(held.rows, default=0)
    again = [number for number, (code, _) in held.faults.items() if code == IssueCode.REPEATED_HEADER]
    end = next((number for number in again if number > first), len(held.lines) + 1)
    return [cells for number, cells in held.rows.items() if number < end]


def left_out(found: Sequence[Row], wanted: Sequence[Row | None]) -> list[int] | None:
    """Return which of the rows wanted were not found, or None where something else was found or in another order."""
    missing, at = [], 0
    for place, row in enumerate(wanted):
        if at < len(found) and row == found[at]:
            at += 1
        else:
            missing.append(place)
    return missing if at == len(found) else None


def squeezed(text: str) -> str:
    """Return a text without what a dialect may add to it: marks, escapes, separators and blanks."""
    return re.sub(r"[\s\"'\\,;\0]", "", text)
