"""Who is told how a run goes on: the log of a run in Dagster, or a person at a terminal."""

import time
from collections.abc import Callable
from typing import Final, Protocol

_LOG_SECONDS: Final = 30.0


class Progress(Protocol):
    """Is told how a run goes on."""

    def made(self, asset: str, rows: int) -> None:
        """A table is finished."""

    def answered(self, done: int, total: int) -> None:
        """So many of the plan's contacts are answered by now; called from the thread that sends."""


class LoggedProgress:
    """Writes one log line about every 30 seconds: each one is an event in Dagster's storage."""

    def __init__(self, log: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        """Write lines with `log`, timed by `clock`."""
        self._log, self._clock = log, clock
        self._last = clock()

    def made(self, asset: str, rows: int) -> None:
        """Nothing: Dagster shows it by itself."""

    def answered(self, done: int, total: int) -> None:
        """Log the count, unless that was done a moment ago."""
        if self._clock() - self._last >= _LOG_SECONDS or done == total:
            self._last = self._clock()
            self._log(f"{done:,} of {total:,} contacts answered")
