"""csv-spectrum: small CSV files beside the JSON that they mean (Max Ogden)."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.sources.errors import SourceError
from tests.connectors.sources.opening import csv
from tests.corpora.score import Score


def score(folder: Path) -> Score:
    """Score the files of a folder with the subfolders `csvs` and `json`; each has to be right to the byte."""
    result = Score()
    for path in sorted((folder / "csvs").glob("*.csv")):
        meant = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        try:
            with TemporaryDirectory() as scratch:
                held = csv(Path(scratch), path.read_bytes(), fields={"email": next(iter(meant[0]))})
        except SourceError as error:
            result.add(path.name, f"refused: {error}", wrong=True)
            continue
        found = [dict(zip(held.header, cells, strict=True)) for cells in held.cells]
        right = found == meant and not held.faults
        result.add(path.name, "right" if right else "wrong", wrong=not right)
    return result
