"""The client: sends calls paced and retried, and returns answers. What the resources mean lives beside it."""

import random as chance
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx

from connectors.emfluence.address import checked_secret, checked_url
from connectors.emfluence.errors import Failure, Reauthorise, SlowDown, WrongSettings
from connectors.emfluence.exchange import log_failure, quiet_http, read_answer, response_to
from connectors.emfluence.pacing import Pacer, PacingReport, Turn
from connectors.emfluence.protocol import THROTTLE_HEADER, Answer, Call, encode
from connectors.emfluence.retrying import Retries
from connectors.emfluence.transport import Deadline, DeadlineTransport

T = TypeVar("T")
Reader = Callable[[Call, httpx.Response, Deadline], T]

DEADLINE_SECONDS: Final = 60.0
_FORBIDDEN: Final = 403


class Client:
    """A connection to one account; safe to share between threads, and closed by `with`.

    Nothing of the environment is followed: no proxy, no `.netrc`. Who needs a proxy passes
    `transport=httpx.HTTPTransport(proxy=…)`, whose headers are then bound by time-outs and not by the deadline.

    Args:
        base_url: Where the API lives: https, or http on this machine.
        token: The access token; it is sent in the `Authorization` header only, and never shown.
        connections: The most requests in flight. API: "Connection Limits", 5.
        requests_per_second: The most requests in any sliding second. API: "Rate Limits", 9.
        deadline: Seconds that one attempt may take in all.
        clock: Monotonic seconds.
        sleep: Waits that many seconds.
        random: Returns a number from 0.0 up to 1.0.
        transport: The network; None for the real one.

    Raises:
        WrongSettings: The URL, the token or a limit cannot be right.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that a caller or a test decides
        self,
        base_url: str,
        token: str,
        *,
        connections: int = 5,
        requests_per_second: int = 9,
        deadline: float = DEADLINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = chance.random,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if min(connections, requests_per_second, deadline) <= 0:
            raise WrongSettings("Connections, requests per second and the deadline must be above zero.")
        self._base_url = checked_url(base_url, "The base URL")
        self._token = checked_secret(token, "The access token")
        self._deadline, self._clock, self._random = deadline, clock, random
        self._pacer = Pacer(requests_per_second, connections, clock, sleep)
        self._http = quiet_http(transport or DeadlineTransport(connections, self._base_url))
        self._rejection: Reauthorise | None = None

    def __repr__(self) -> str:
        """Name the account's address, and not the token."""
        return f"Client({self._base_url!r})"

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def report(self) -> PacingReport:
        """Return what pacing and retries did so far."""
        return self._pacer.report()

    def call(self, resource: str, method: str, /, **parameters: object) -> Answer:
        """Call any method of the API: `client.call("emails", "lookup", emailID=7)`.

        Raises:
            Failure: Any of `errors`, once retrying is no use.
        """
        return self.send(resource, method, parameters)

    def send(
        self,
        resource: str,
        method: str,
        parameters: Mapping[str, object] | bytes,
        *,
        batch_id: str = "",
    ) -> Answer:
        """Call a method with parameters that may be encoded already, for log lines of a batch.

        Args:
            resource: For example `contacts`.
            method: For example `import`.
            parameters: Names and JSON values, or a JSON object as bytes.
            batch_id: Stands in the log lines of failed attempts.

        Raises:
            Failure: Any of `errors`, once retrying is no use.
        """
        return self.exchange(resource, method, parameters, read_answer, batch_id=batch_id)

    def exchange(  # noqa: PLR0913 - a call, how to read its response, and its name in the log
        self,
        resource: str,
        method: str,
        parameters: Mapping[str, object] | bytes,
        read: Reader[T],
        *,
        batch_id: str = "",
        deadline: float | None = None,
    ) -> T:
        """Call a method whose response `read` makes sense of; every attempt sends the same bytes.

        Args:
            resource: For example `exports`.
            method: For example `emailBounces`.
            parameters: Names and JSON values, or a JSON object as bytes.
            read: Reads the response, or raises a `Failure`.
            batch_id: Stands in the log lines of failed attempts.
            deadline: Seconds that one attempt may take in all, where the client's do not fit.

        Raises:
            Failure: Any of `errors`, once retrying is no use.
        """
        call = encode(self._base_url, resource, method, parameters, self._token)
        retries = Retries(self._clock(), self._random)
        while True:
            started = self._clock()
            try:
                self._refuse_with_rejected_token()
                with self._pacer.turn() as turn:
                    self._refuse_with_rejected_token()
                    started = turn.started
                    return self._attempt(call, read, turn, deadline or self._deadline)
            except Failure as failure:
                log_failure(failure, batch_id, self._clock() - started)
                wait = retries.wait_after(failure, self._clock())
                if wait is None or (isinstance(failure, SlowDown) and self._pacer.is_hopeless()):
                    raise
            self._pacer.wait_to_retry(wait)

    def _attempt(self, call: Call, read: Reader[T], turn: Turn, seconds: float) -> T:
        deadline = Deadline(self._clock() + seconds, self._clock)
        try:
            with response_to(self._http, call, deadline, lambda: self._pacer.sent(turn)) as response:
                if (header := response.headers.get(THROTTLE_HEADER)) is not None:
                    self._pacer.throttled(turn, header)
                result = read(call, response, deadline)
        except Failure as failure:
            self._note(failure, turn)
            raise
        self._pacer.answered(turn)
        return result

    def _refuse_with_rejected_token(self) -> None:
        # Asked before waiting and after: the token may have been refused to another thread in the meantime.
        if self._rejection is not None:
            raise Reauthorise(self._rejection.reason, self._rejection.facts)

    def _note(self, failure: Failure, turn: Turn) -> None:
        if isinstance(failure, SlowDown):
            forbidden = failure.facts.status == _FORBIDDEN
            self._pacer.limited(turn, forbidden=forbidden, retry_after=failure.facts.retry_after or 0.0)
        elif failure.facts.status is not None:
            self._pacer.answered(turn)
        if isinstance(failure, Reauthorise):
            # A token that was refused once is refused for good.
            self._rejection = failure
