"""The network below httpx, with a total deadline. What is sent and how an answer is judged live elsewhere.

httpx has time-outs only, and they start anew with every byte: a server that drips would never end. Here every
read and write of a socket gets only what is left of the request's deadline.
"""

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import httpcore
import httpx

IDLE_SECONDS: Final = 4.0
"""Shorter than the pause after a code 5 or an HTTP 403: by its end no idle socket counts against us."""

_WRITE_BYTES: Final = 65536
_NETWORK_ERRORS: Final = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)


@dataclass(frozen=True)
class Deadline:
    """The moment at which a request must be over.

    Attributes:
        ends: Monotonic seconds.
        clock: Monotonic seconds now.
    """

    ends: float
    clock: Callable[[], float]

    def left(self, timeout: float | None = None) -> float:
        """Return the seconds left, at most `timeout`.

        Raises:
            TimeoutError: None are left.
        """
        left = self.ends - self.clock()
        if left <= 0:
            raise TimeoutError
        return left if timeout is None else min(left, timeout)


_deadline: ContextVar[Deadline] = ContextVar("deadline")


@contextmanager
def within(deadline: Deadline) -> Iterator[None]:
    """Hold all network operations of this thread to a deadline, inside the block."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    deadline = _deadline.get(None)
    try:
        return timeout if deadline is None else deadline.left(timeout)
    except TimeoutError:
        raise error("deadline") from None


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In parts, so that a server that reads slowly cannot stretch one write for ever.
        for start in range(0, len(buffer), _WRITE_BYTES):
            part = buffer[start : start + _WRITE_BYTES]
            self._stream.write(part, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the base class's own signature
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left, local_address, socket_options))


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _httpx_errors():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    try:
        yield
    except _NETWORK_ERRORS as error:
        # httpx names its errors as httpcore does.
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class DeadlineTransport(httpx.BaseTransport):
    """The network, through sockets that know the deadline.

    It follows no proxy of the environment. Certificates are checked against certifi's list, or against
    `SSL_CERT_FILE` or `SSL_CERT_DIR` where a company has its own authority.

    Args:
        connections: The most sockets, idle ones included: the platform counts them per IP address.
        url: Where requests go; certificates, which take a while to load, are loaded for https alone.
    """

    def __init__(self, connections: int, url: str) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context() if url.startswith("https:") else None,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the response's body is still to be read."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        with _httpx_errors():
            response = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    url,
                    headers=request.headers.raw,
                    content=request.read(),
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    def close(self) -> None:
        """Close all sockets."""
        self._pool.close()
