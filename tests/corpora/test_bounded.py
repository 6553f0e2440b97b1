"""Work on one file at a time that may hang or crash: what is told of it, and that the rest goes on."""

import os
from pathlib import Path

from tests.corpora.bounded import HUNG, all_bounded


def end_of(path: Path) -> str:
    """End in the way that the file's name says."""
    if path.name == "hang":
        while True:
            pass
    if path.name == "abort":
        os.kill(os.getpid(), 9)
    if path.name == "panic":
        raise KeyboardInterrupt
    return path.name.upper()


def test_a_hang_a_crash_and_a_panic_are_told_apart() -> None:
    """None of them ends the run, and none is taken for an answer."""
    names = ["fine", "abort", "panic", "last"]
    ends = all_bounded(end_of, [Path(name) for name in names])
    assert ends == ["FINE", "crashed: exit code -9", "crashed: KeyboardInterrupt", "LAST"]
    assert all_bounded(end_of, [Path("hang")], seconds=0.2) == [HUNG]
