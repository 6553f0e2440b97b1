"""The platform's limits, measured where it measures them: at the server. No HTTP and no clock here."""

import math
import threading
from dataclasses import dataclass
from typing import Final

THROTTLE_HEADER: Final = "X-API-RateLimit-Throttled"


@dataclass(frozen=True)
class Limits:
    """What one address may do (API: Connection Limits, Rate Limits).

    Attributes:
        requests_per_second: The most requests in any sliding second; more are slowed down.
        connections: The most requests in flight; more are answered with HTTP 403.
        throttle_seconds: How long a request over the rate waits. The platform speaks of two seconds.
    """

    requests_per_second: int = 9
    connections: int = 5
    throttle_seconds: float = 1.0


@dataclass(frozen=True)
class Admission:
    """What the limits say about one request at its arrival.

    Attributes:
        in_flight: Requests in flight, this one included.
        forbidden: Over the connections.
        throttled: The header's text where the request is over the rate, or None.
        wait: Seconds by which the request is slowed down.
    """

    in_flight: int
    forbidden: bool = False
    throttled: str | None = None
    wait: float = 0.0


class Gate:
    """Counts the requests that come and go; safe to share between threads."""

    def __init__(self, limits: Limits | None) -> None:
        """Start with nothing in flight; without limits requests are only counted."""
        self._limits = limits
        self._lock = threading.Lock()
        self._arrivals: list[float] = []
        self._in_flight = 0

    def enter(self, now: float) -> Admission:
        """Count a request that arrived at `now`, in monotonic seconds. Every `enter` needs one `leave`."""
        with self._lock:
            self._in_flight += 1
            if self._limits is None:
                return Admission(self._in_flight)
            return self._judge(self._limits, now)

    def leave(self) -> None:
        """Count a request as answered."""
        with self._lock:
            self._in_flight -= 1

    def _judge(self, limits: Limits, now: float) -> Admission:
        # Two that arrived together may come here in either order, so a second more is kept than is looked at.
        self._arrivals = [at for at in (*self._arrivals, now) if at > now - 2]
        in_the_second = sum(now - 1 < at <= now for at in self._arrivals)
        forbidden = self._in_flight > limits.connections
        if forbidden or in_the_second <= limits.requests_per_second:
            return Admission(self._in_flight, forbidden)
        return Admission(self._in_flight, throttled=self._sentence(limits, in_the_second), wait=limits.throttle_seconds)

    def _sentence(self, limits: Limits, in_the_second: int) -> str:
        # The wording, two double spaces included, is the one the platform's page shows.
        return (
            f"Request was throttled for {math.ceil(limits.throttle_seconds)} seconds. "
            f"{self._in_flight} requests are running.  The maximum is {limits.connections} requests.  "
            f"{in_the_second} requests processed in the last 1 second"
        )
