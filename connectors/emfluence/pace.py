"""The arithmetic of pacing: when may the next request start? Plain state and times passed in; no clock, no threads."""

import math
import re
from dataclasses import dataclass, field
from typing import Final

WINDOW_SECONDS: Final = 1.015
"""The limit is measured at the server, where two requests may arrive closer together than they left here."""

SPREAD: Final = 0.9
"""How evenly requests are spread: the least gap between two, as a share of an even one. A burst of nine would keep
the server busy with itself, and arrive later than the next one does; the rest makes up for a thread that was late."""

RECOVERY_SECONDS: Final = 3.0
"""After this long without being slowed, one request per second and one connection are given back."""

FORBIDDEN_PAUSE_SECONDS: Final = 30.0
TOO_MANY_PAUSE_SECONDS: Final = 5.0
FORBIDDEN_IN_A_ROW: Final = 3
"""The pause after an HTTP 403 and after a code 5, and the 403s in a row after which to give up."""

LONGEST_PAUSE_SECONDS: Final = 300.0
"""A pause holds all threads: what a server asks for beyond this is for each request's total time to judge."""

_LONGEST_HONOURED_SECONDS: Final = 60
_SECONDS: Final = re.compile(r"\A\s*(\d{1,9})\s*(?:s|seconds?)?\s*\Z|throttled for (\d{1,9}) second")


def throttle_seconds(header: str) -> float:
    """Return the wait that a throttle header names; 0 where it names none between 1 and 60 seconds.

    API: "Request was throttled for 2 seconds. …" is the documented text; its presence alone is what counts.
    """
    found = _SECONDS.search(header)
    seconds = int(found[1] or found[2]) if found else 0
    return float(seconds) if 0 < seconds <= _LONGEST_HONOURED_SECONDS else 0.0


@dataclass
class Pace:
    """How fast requests may start, now.

    Attributes:
        requests_per_second: The most requests in any sliding second.
        connections: The most requests in flight.
        rate: The requests per second at present.
        lanes: The connections at present.
        forbidden_in_a_row: Episodes of HTTP 403 without a good answer in between.
        slowdowns: How often it was slowed.
    """

    requests_per_second: int
    connections: int
    rate: int = field(init=False)
    lanes: int = field(init=False)
    forbidden_in_a_row: int = field(init=False, default=0)
    slowdowns: int = field(init=False, default=0)
    _in_flight: set[int] = field(init=False, default_factory=set)
    _sent: dict[int, float] = field(init=False, default_factory=dict)
    _next_ticket: int = field(init=False, default=0)
    _started_at: float = field(init=False, default=-math.inf)
    _paused_until: float = field(init=False, default=-math.inf)
    _throttled_at: float = field(init=False, default=-math.inf)
    _limited_at: float = field(init=False, default=-math.inf)
    _recovered_at: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        """Start at full speed."""
        self.rate, self.lanes = self.requests_per_second, self.connections

    def delay(self, now: float) -> float:
        """Return the seconds until the next request may start; infinite while that hangs on an answer."""
        self._recover(now)
        if len(self._in_flight) >= self.lanes:
            return math.inf
        gap_ends = self._started_at + SPREAD * WINDOW_SECONDS / self.rate
        return max(0.0, max(gap_ends, self._paused_until, self._window_opens(now)) - now)

    def start(self, now: float) -> int:
        """Count a request as started, and return its ticket."""
        self._started_at = now
        self._next_ticket += 1
        self._in_flight.add(self._next_ticket)
        # Until it is known to be on its way it may arrive at any time, so it counts in every window.
        self._sent[self._next_ticket] = math.inf
        return self._next_ticket

    def sent(self, ticket: int, now: float) -> None:
        """Note that a request's last byte has left."""
        self._sent[ticket] = now

    def finish(self, ticket: int, now: float) -> None:
        """Note that a request is over, however it went."""
        self._in_flight.discard(ticket)
        if self._sent.get(ticket) == math.inf:
            self._sent[ticket] = now

    def throttled(self, started: float, now: float, header: str) -> None:
        """Halve the rate, once for all requests that were on their way together.

        Args:
            started: When the throttled request started.
            now: The time now.
            header: The throttle header's text.
        """
        self._pause(now, throttle_seconds(header))
        if started > self._throttled_at:
            self.rate = max(1, self.rate // 2)
            self.slowdowns += 1
            self._throttled_at = now

    def limited(self, started: float, now: float, *, forbidden: bool, retry_after: float = 0.0) -> None:
        """Drop to one connection and pause, once for all requests that were on their way together.

        Args:
            started: When the limited request started.
            now: The time now.
            forbidden: Whether it was an HTTP 403 (else a code 5).
            retry_after: Seconds that the server asked to wait.
        """
        pause = FORBIDDEN_PAUSE_SECONDS if forbidden else TOO_MANY_PAUSE_SECONDS
        self._pause(now, min(LONGEST_PAUSE_SECONDS, max(pause, retry_after)))
        if started > self._limited_at:
            self.lanes = 1
            self.slowdowns += 1
            self.forbidden_in_a_row += forbidden
            self._limited_at = now

    def answered(self, started: float) -> None:
        """Note an answer that was not limited: the row of 403s ends."""
        if started > self._limited_at:
            self.forbidden_in_a_row = 0

    def _pause(self, now: float, seconds: float) -> None:
        self._paused_until = max(self._paused_until, now + seconds)
        self._recovered_at = max(now, self._paused_until)

    def _recover(self, now: float) -> None:
        while self._slowed and now - self._recovered_at >= RECOVERY_SECONDS:
            self.rate = min(self.requests_per_second, self.rate + 1)
            self.lanes = min(self.connections, self.lanes + 1)
            self._recovered_at += RECOVERY_SECONDS

    @property
    def _slowed(self) -> bool:
        return self.rate < self.requests_per_second or self.lanes < self.connections

    def _window_opens(self, now: float) -> float:
        self._sent = {ticket: at for ticket, at in self._sent.items() if at + WINDOW_SECONDS > now}
        in_window = sorted(self._sent.values())
        return in_window[-self.rate] + WINDOW_SECONDS if len(in_window) >= self.rate else now
