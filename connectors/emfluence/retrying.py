"""Decides whether and when a failed request is sent again: full jitter, bounded attempts, bounded total time.

Pure: time and chance are passed in. Why a failure may be retried is said by its type, in `errors`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final

from connectors.emfluence.errors import Failure, Retryable, SlowDown

ATTEMPTS: Final = 6
FIRST_CEILING_SECONDS: Final = 0.5
CEILING_SECONDS: Final = 30.0
TOTAL_SECONDS: Final = 600.0


def jitter(failed_attempts: int, chance: float) -> float:
    """Return a wait anywhere between nothing and a ceiling that doubles with every failed attempt.

    The whole range is used ("full jitter"), so that callers that failed together do not come back together.

    Args:
        failed_attempts: How many attempts have failed, from 1.
        chance: From 0.0 up to 1.0.
    """
    return chance * min(CEILING_SECONDS, FIRST_CEILING_SECONDS * 2.0 ** (failed_attempts - 1))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait (RFC 9110, 10.2.3), None where it asks for none.

    A date is measured from the answer's own `Date`, because our clock may be wrong.

    Args:
        headers: Names in lower case.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())


@dataclass
class Retries:
    """The attempts of one request.

    Attributes:
        started: When the first one started, monotonic seconds.
        random: Returns a number from 0.0 up to 1.0.
        failed_attempts: Attempts that failed, those that a limit stopped left out.
    """

    started: float
    random: Callable[[], float]
    failed_attempts: int = field(init=False, default=0)

    def wait_after(self, failure: Failure, now: float) -> float | None:
        """Return the seconds to wait before the next attempt, or None to give up.

        A limit uses up no attempt, and its wait is the pacing's; only the total time bounds it here.

        Args:
            failure: How the last attempt failed.
            now: The time now, monotonic seconds.
        """
        if not isinstance(failure, Retryable):
            return None
        wait = failure.facts.retry_after or 0.0
        if now + wait - self.started > TOTAL_SECONDS:
            return None
        if isinstance(failure, SlowDown):
            return 0.0
        self.failed_attempts += 1
        wait = max(jitter(self.failed_attempts, self.random()), wait)
        return None if self.failed_attempts >= ATTEMPTS else wait
