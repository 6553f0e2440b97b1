"""`python -m tests.corpora --pollock FOLDER …`: scores public test sets that a person has fetched.

Ends with 1 where one case is wrong. docs/corpora.md says what each set is, where it stands, and what it came to.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.corpora import addresses, broken_csv, formats, parquet_files, pollock, spectrum, strings
from tests.corpora.score import Score

SETS: Final[dict[str, tuple[Callable[[Path], Score], str]]] = {
    "is-email": (addresses.score, "the file tests.xml of is_email"),
    "json-schema": (formats.score, "a draft's folder optional/format of the JSON Schema Test Suite"),
    "pollock": (pollock.score, "Pollock's folder polluted_files"),
    "csv-spectrum": (spectrum.score, "the folder of csv-spectrum"),
    "duckdb": (broken_csv.score, "DuckDB's folder data/csv"),
    "parquet-testing": (parquet_files.score, "the folder of parquet-testing"),
    "naughty-strings": (strings.score, "the file blns.json of the Big List of Naughty Strings"),
}


def main(arguments: list[str]) -> int:
    """Print the score of each set that was named, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora", description=__doc__)
    for name, (_, what) in SETS.items():
        parser.add_argument(f"--{name}", type=Path, metavar="PATH", help=what)
    given = {name: path for name, path in vars(parser.parse_args(arguments)).items() if path is not None}
    if not given:
        parser.error("name at least one set")
    if missing := [str(path) for path in given.values() if not path.exists()]:
        parser.error(f"there is no {', '.join(missing)}")
    wrong = 0
    for name, (score, _) in SETS.items():
        if (path := given.get(name.replace("-", "_"))) is not None:
            result = score(path)
            wrong += len(result.wrong)
            sys.stdout.write(f"{name}: {result}\n")
            sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
