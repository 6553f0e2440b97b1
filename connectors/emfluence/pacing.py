"""Makes threads wait their turn, so that together they keep the platform's limits. The arithmetic is in `pace`."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from connectors.emfluence.pace import FORBIDDEN_IN_A_ROW, Pace


@dataclass(frozen=True)
class PacingReport:
    """What the pacing did so far.

    Attributes:
        requests: Requests started, re-sent ones included.
        throttled: Answers with the throttle header.
        retries: Requests sent again.
        slowdowns: Times that the rate or the connections were lowered.
        seconds_waited: Seconds that threads waited for their turn or before a retry, summed over threads.
    """

    requests: int = 0
    throttled: int = 0
    retries: int = 0
    slowdowns: int = 0
    seconds_waited: float = 0.0


@dataclass(frozen=True)
class Turn:
    """One request's place among the others.

    Attributes:
        ticket: Its number.
        started: When it started, monotonic seconds.
    """

    ticket: int
    started: float


class Pacer:
    """The turnstile that all requests to one account go through; safe to share between threads.

    Args:
        requests_per_second: The most requests in any sliding second.
        connections: The most requests in flight.
        clock: Monotonic seconds.
        sleep: Waits that many seconds.
    """

    def __init__(
        self, requests_per_second: int, connections: int, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._pace = Pace(requests_per_second, connections)
        self._clock = clock
        self._sleep = sleep
        self._changed = threading.Condition()
        self._requests = self._throttled = self._retries = 0
        self._seconds_waited = 0.0

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Wait until a request may start, and hold its place until the block ends."""
        turn = self._entered()
        try:
            yield turn
        finally:
            with self._changed:
                self._pace.finish(turn.ticket, self._clock())
                self._changed.notify_all()

    def sent(self, turn: Turn) -> None:
        """Note that a request's last byte has left: from now on it counts in the sliding second."""
        with self._changed:
            self._pace.sent(turn.ticket, self._clock())
            self._changed.notify_all()

    def throttled(self, turn: Turn, header: str) -> None:
        """Slow down because an answer carries the throttle header, whatever its text."""
        with self._changed:
            self._throttled += 1
            self._pace.throttled(turn.started, self._clock(), header)

    def limited(self, turn: Turn, *, forbidden: bool, retry_after: float = 0.0) -> None:
        """Drop to one connection and pause, because of an HTTP 403 (`forbidden`) or a code 5."""
        with self._changed:
            self._pace.limited(turn.started, self._clock(), forbidden=forbidden, retry_after=retry_after)

    def answered(self, turn: Turn) -> None:
        """Note an answer that no limit stopped."""
        with self._changed:
            self._pace.answered(turn.started)

    def is_hopeless(self) -> bool:
        """Whether so many HTTP 403s came in a row that waiting longer is no use."""
        with self._changed:
            return self._pace.forbidden_in_a_row >= FORBIDDEN_IN_A_ROW

    def wait_to_retry(self, seconds: float) -> None:
        """Wait before a request is sent again, and count both."""
        with self._changed:
            self._retries += 1
        self._wait(seconds)

    def report(self) -> PacingReport:
        """Return what was done so far."""
        with self._changed:
            return PacingReport(
                self._requests, self._throttled, self._retries, self._pace.slowdowns, self._seconds_waited
            )

    def _entered(self) -> Turn:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: math.isfinite(self._pace.delay(self._clock())))
                now = self._clock()
                delay = self._pace.delay(now)
                if delay <= 0:
                    self._requests += 1
                    return Turn(self._pace.start(now), now)
            self._wait(delay)

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            with self._changed:
                self._seconds_waited += seconds
            self._sleep(seconds)
