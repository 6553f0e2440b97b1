"""One attempt at one call: sends its bytes, hands back the response, and names what went wrong on the way."""

import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from connectors.emfluence.errors import Facts, Failure, NoAnswer, UnknownAnswer, WrongSettings
from connectors.emfluence.protocol import Answer, Call, decode
from connectors.emfluence.transport import Deadline, within

CONNECT_SECONDS: Final = 10.0
ANSWER_BYTES: Final = 16 * 1024 * 1024
"""The most bytes of a JSON answer, decompressed: hundreds of times the largest page of records."""

_logger = logging.getLogger(__name__)
_SENT: Final = "http11.send_request_body.complete"


class TooManyBytes(Exception):  # noqa: N818 - a verdict on the response that becomes a Failure here
    """A response is larger than it may be."""


def quiet_http(transport: httpx.BaseTransport) -> httpx.Client:
    """Return an httpx client that follows no redirect and nothing of the environment, and does not log URLs."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.Client(transport=transport, follow_redirects=False, trust_env=False)


@contextmanager
def response_to(
    http: httpx.Client, call: Call, deadline: Deadline, sent: Callable[[], None] | None = None
) -> Iterator[httpx.Response]:
    """Send a call and yield its response, whose body is read inside the block.

    Args:
        http: The client to send it with.
        call: What to send.
        deadline: When the response must have been read.
        sent: Called when the request's last byte has left.

    Raises:
        NoAnswer: No whole response came.
        UnknownAnswer: The response cannot be decompressed, or is too large.
        WrongSettings: The server's certificate or its TLS is not acceptable.
    """
    try:
        with within(deadline):
            response = http.send(_request(call, deadline, sent), stream=True)
            try:
                yield response
            finally:
                response.close()
    except (httpx.HTTPError, TooManyBytes, TimeoutError) as error:
        # Their texts may quote what the server sent, so they are not chained.
        raise failure_of(error, call) from None


def read_bounded(response: httpx.Response, most_bytes: int, deadline: Deadline) -> Iterator[bytes]:
    """Yield a body's parts, decompressed.

    Raises:
        TooManyBytes: More than `most_bytes` came.
        TimeoutError: The deadline has passed.
        httpx.HTTPError: The network or the compression failed.
    """
    total = 0
    for part in response.iter_bytes():
        deadline.left()
        total += len(part)
        if total > most_bytes:
            raise TooManyBytes
        yield part


def read_answer(call: Call, response: httpx.Response, deadline: Deadline) -> Answer:
    """Read a response that is JSON, and decode it.

    Raises:
        Failure: Any of `errors`, for every response that is not plainly a success.
    """
    return decode(call, response.status_code, response.headers, _whole(response, deadline))


def read_import_answer(call: Call, response: httpx.Response, deadline: Deadline) -> Answer:
    """Read the answer to an import, which may be a success with errors about some of its rows.

    Raises:
        Failure: Any of `errors`, for every response that is no success.
    """
    body = _whole(response, deadline)
    return decode(call, response.status_code, response.headers, body, errors_beside_success=True)


def log_failure(failure: Failure, batch_id: str, seconds: float) -> None:
    """Log one failed attempt. API, "Error Handling Best Practices": as much as possible, and never the token."""
    _logger.warning("%s [batch %s, %.3f s]", failure, batch_id or "-", seconds)


def failure_of(error: Exception, call: Call) -> Failure:
    """Say what a fault on the way means for the caller."""
    facts = Facts(call.endpoint)
    if isinstance(error, httpx.ConnectError) and (problem := _tls_problem(error)) is not None:
        return WrongSettings(f"The server cannot be trusted; nothing was sent to it. {problem}", facts)
    if isinstance(error, httpx.DecodingError):
        return UnknownAnswer("The answer cannot be decompressed.", facts)
    if isinstance(error, TooManyBytes):
        return UnknownAnswer("The answer is larger than it may be.", facts)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return NoAnswer("No whole answer came in time.", facts)
    return NoAnswer(f"No whole answer came ({type(error).__name__}).", facts)


def _whole(response: httpx.Response, deadline: Deadline) -> bytes:
    return b"".join(read_bounded(response, ANSWER_BYTES, deadline))


def _request(call: Call, deadline: Deadline, sent: Callable[[], None] | None) -> httpx.Request:
    def trace(event: str, _: object) -> None:
        if event == _SENT and sent is not None:
            sent()

    left = deadline.left()
    timeout = httpx.Timeout(left, connect=min(CONNECT_SECONDS, left))
    extensions = {"timeout": timeout.as_dict(), "trace": trace}
    return httpx.Request(call.method, call.url, headers=call.headers, content=call.body, extensions=extensions)


def _tls_problem(error: BaseException) -> str | None:
    """A handshake that was cut off is a fault of the network; one that was refused is a fault of the server."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"Its certificate is refused: {cause.verify_message}."
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _CUT_OFF):
            return f"TLS failed: {cause.reason}."
        cause = cause.__cause__ or cause.__context__
    return None


_CUT_OFF: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError, ssl.SSLWantReadError)
