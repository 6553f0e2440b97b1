"""A clock that moves only when somebody sleeps, and a client on it."""

import threading
from typing import Any

from connectors.emfluence import Client

TOKEN = "CANARY-7F3A-TOKEN"


class Clock:
    """Monotonic seconds; sleeping moves them on at once.

    Attributes:
        slept: The seconds of each sleep.
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Return the time."""
        with self._lock:
            return self.now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        with self._lock:
            self.now += seconds
            self.slept.append(seconds)


def client_on(base_url: str, clock: Clock, /, **options: Any) -> Client:
    """Return a client whose waits take no time."""
    settings = {"clock": clock, "sleep": clock.sleep, "random": lambda: 0.5, "deadline": 5.0}
    return Client(base_url, TOKEN, **{**settings, **options})
