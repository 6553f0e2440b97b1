"""Progress for a person at a terminal, on stderr, so that stdout holds results alone."""

import os
import sys
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


def quiet(*, as_json: bool) -> bool:
    """Tell whether to show no progress: for a program that reads JSON, or where nobody watches."""
    return as_json or not sys.stderr.isatty()


def _copied(stream: TextIO, *, quiet: bool) -> int:
    return os.open(os.devnull, os.O_WRONLY) if quiet else os.dup(stream.fileno())


class TerminalProgress:
    """Shows finished tables as lines, and sending as a bar.

    It writes to a copy of stderr, since Dagster redirects the real one while a step runs.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        """Show progress, unless `quiet`."""
        self._stream = os.fdopen(_copied(sys.stderr, quiet=quiet), "w", encoding="utf-8", buffering=1)
        self.console = Console(file=self._stream, quiet=quiet)
        self._progress = Progress(
            TextColumn("  sending"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("contacts"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=quiet,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Start."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and leave the lines."""
        self._progress.stop()
        self._stream.close()

    def made(self, asset: str, rows: int) -> None:
        """Print a line for a finished table."""
        self.console.print(f"  [green]✓[/] {asset:<32} {rows:>12,} rows", highlight=False)

    def answered(self, done: int, total: int) -> None:
        """Move the bar."""
        if self._task is None:
            self._task = self._progress.add_task("sending", total=total)
        self._progress.update(self._task, completed=done)
