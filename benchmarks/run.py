"""`python3 dev.py bench [NAME …] [--rows N] [--failing SHARE]`: figures measured side by side, for a person to judge.

Nothing here passes or fails: a time on one machine is no promise on another, a ratio nearly is.
"""

import argparse
import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

NAMES = ("file_to_contacts", "pandera_share", "file_to_plan", "databases", "pace", "ledger")
WITH_FAILING = ("file_to_contacts", "pandera_share")


def main() -> None:
    """Run the benchmarks that were named, or all of them."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all if left out")
    parser.add_argument("--rows", type=int, default=1_000_000, help="contacts in the files")
    parser.add_argument("--failing", type=float, help="share of failing rows, as 0.1; 0.01 and 0.1 if left out")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in options.names or NAMES:
        work = importlib.import_module(f"benchmarks.{name}").run
        if name in WITH_FAILING and options.failing is not None:
            work(options.rows, [options.failing])
        else:
            work(options.rows)


if __name__ == "__main__":
    main()
