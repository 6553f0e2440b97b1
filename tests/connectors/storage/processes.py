"""Real processes: some are killed in the middle of their work, some have no right to do it, some no room for it."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Final

import pytest

READY: Final = "ready"
"""What a script prints when it is in the middle of its work."""

_PATIENCE_SECONDS: Final = 60


@contextmanager
def running(script: str, *arguments: Path | str, before: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """Run a Python script, and have it ended at the latest when the block is left."""
    command = [*before, sys.executable, "-c", script, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def in_the_middle(script: str, *arguments: Path | str) -> Iterator[subprocess.Popen[str]]:
    """Run a script up to the point where it says that it is ready."""
    with running(script, *arguments) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == READY
        yield process


def kill_in_the_middle(script: str, *arguments: Path | str) -> None:
    """Run a script, and kill it without warning where it says that it is ready."""
    with in_the_middle(script, *arguments) as process:
        process.send_signal(signal.SIGKILL)
        assert process.wait(_PATIENCE_SECONDS) == -signal.SIGKILL


def said(script: str, *arguments: Path | str, before: tuple[str, ...] = ()) -> list[str]:
    """Run a script to its end, and return the lines that it printed."""
    with running(script, *arguments, before=before) as process:
        output, _ = process.communicate(timeout=_PATIENCE_SECONDS)
        assert process.returncode == 0
    return output.splitlines()


def said_without_powers(script: str, *arguments: Path | str) -> list[str]:
    """Run a script as somebody for whom permissions count, which they do not for root."""
    if os.geteuid() != 0:
        return said(script, *arguments)
    setpriv = which("setpriv")
    if setpriv is None:
        pytest.skip("root cannot give up its powers here")
    return said(script, *arguments, before=(setpriv, "--bounding-set=-all"))


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Have the operating system refuse to let any file grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
