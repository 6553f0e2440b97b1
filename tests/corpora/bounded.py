"""Work on one file in a process of its own, so that a hang or a crash of a library ends that file and no more."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

SECONDS = 20.0
HUNG, CRASHED = "hung", "crashed"

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.corpora.broken_csv", "tests.corpora.parquet_files"])


def all_bounded(work: Callable[[Path], str], paths: Sequence[Path], seconds: float = SECONDS) -> list[str]:
    """Return what the work says of each file, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda path: bounded(work, path, seconds), paths))


def bounded(work: Callable[[Path], str], path: Path, seconds: float = SECONDS) -> str:
    """Return what the work says of a file, `hung` where it takes too long, or `crashed` with the way it ended."""
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_tell, args=(work, path, theirs))
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            process.kill()
            return HUNG
        return str(ours.recv())
    except EOFError:  # it ended without a word
        process.join()
        return f"{CRASHED}: exit code {process.exitcode}"
    finally:
        process.join()
        ours.close()


def _tell(work: Callable[[Path], str], path: Path, answer: Connection) -> None:
    try:
        answer.send(work(path))
    except BaseException as error:  # noqa: BLE001 - a panic of polars is no Exception, and what escapes is the point
        answer.send(f"{CRASHED}: {type(error).__name__}")
