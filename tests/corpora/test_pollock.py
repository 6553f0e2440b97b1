"""The score of Pollock, kept by files of our own that went wrong in every way of that benchmark."""

import csv
import json
from itertools import groupby
from pathlib import Path

from tests.connectors.sources.meant import HEADER, ROWS, WIDTH, table
from tests.connectors.sources.polluted import Polluted, files
from tests.corpora import pollock

# Of these the clean file would hold what the polluted one has lost, or what no dialect tells.
NOT_THEIRS = ("encodings that are set", "encodings that are set wrong", "a row that ends early")


def one_of_each_kind() -> list[Polluted]:
    """Return the first and the last file of every kind of pollution."""
    kinds = groupby(sorted(files(), key=lambda file: file.kind), key=lambda file: file.kind)
    groups = [list(group) for kind, group in kinds if kind not in NOT_THEIRS]
    return [file for group in groups for file in (group[0], group[-1]) if fits(file)]


def fits(file: Polluted) -> bool:
    """Tell whether a file means one table under the header that all of them have."""
    return set(file.given) <= {"separator"} and len(file.rows[0]) == WIDTH and len(file.rows) < 2 * len(ROWS)


def laid_out(folder: Path, polluted: list[Polluted]) -> Path:
    """Write files as the benchmark lays them out, with the sound one among them."""
    for part in ("csv", "clean", "parameters"):
        (folder / part).mkdir()
    sound = Polluted("sound", table(",".join(HEADER)).encode(), ROWS)
    for number, file in enumerate([sound, *polluted]):
        name = pollock.SOUND if number == 0 else f"{number} {file.kind}.csv"
        (folder / "csv" / name).write_bytes(file.content)
        with (folder / "clean" / name).open("w", encoding="utf-8", newline="") as clean:
            csv.writer(clean, quoting=csv.QUOTE_ALL).writerows([HEADER, *file.rows])
        quote = "'" if file.kind.startswith("quotation marks") else '"'
        told = {"delimiter": file.given.get("separator", ","), "quotechar": quote, "escapechar": quote}
        (folder / "parameters" / f"{name}_parameters.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "csv" / pollock.SOUND).unlink()
    return folder


def test_no_kind_of_pollution_is_silently_different(tmp_path: Path) -> None:
    """Whatever is mapped and whatever is told, each file is exact, has rows set aside, or is refused."""
    result = pollock.score(laid_out(tmp_path, one_of_each_kind()))
    assert result.wrong == []
    assert set(result.counts) == {pollock.EXACT, pollock.ASIDE, pollock.REFUSED}
    assert result.counts.total() > 140


def test_the_score_sees_one_cell_that_differs(tmp_path: Path) -> None:
    """A measure that lets everything pass would be no measure: a cell, a row less, a row more, the order."""
    content = table(*(",".join(row) for row in (HEADER, ROWS[0], ROWS[5], ROWS[6]))).encode()
    sound = [ROWS[0], ROWS[5], ROWS[6]]
    other = ("ann@example.com", "Ann", "Leeds", "plain", "2")
    meant = [sound, [other, *sound[1:]], sound[:2], [*sound, other], sound[::-1]]
    result = pollock.score(laid_out(tmp_path, [Polluted("one", content, rows) for rows in meant]))
    assert result.counts == {pollock.EXACT: 3, pollock.DIFFERENT: 12}
    assert {case.split(" ")[0] for case in result.wrong} == {"2", "3", "4", "5"}


def test_the_score_sees_a_row_that_vanished_beside_one_set_aside(tmp_path: Path) -> None:
    """One row set aside excuses no other that is missing."""
    content = table(",".join(HEADER), ",".join(ROWS[0]), "x").encode()
    result = pollock.score(laid_out(tmp_path, [Polluted("one", content, [ROWS[0], ROWS[5]])]))
    assert set(result.counts) == {pollock.DIFFERENT}
