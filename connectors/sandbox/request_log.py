"""What the server saw, request by request, for tests and for measuring pace. Never a value that somebody sent."""

import threading
import traceback
from collections import Counter, deque
from dataclasses import dataclass
from typing import Final, TextIO

_KEPT: Final = 100_000


@dataclass
class RequestRecord:
    """One request; filled in while it is answered.

    Attributes:
        arrived: Monotonic seconds.
        verb: The HTTP method.
        endpoint: `resource/method`, or "unknown".
        call: Which call of this endpoint it is, from 1.
        in_flight: Requests in flight at its arrival, itself included.
        forbidden: Refused with HTTP 403 for too many connections.
        throttled: Slowed down for too many requests.
        fault: The rehearsed fault's effects in short, or empty.
        status: The HTTP status answered, or 0 where the connection was dropped.
        code: The answer's error code, 0 for success, or None where no envelope was made.
        rows: Contacts passed to an import, or 0.
        applied: Whether a call that may modify data was carried out and committed.
        seconds: From arrival to the answer being ready.
    """

    arrived: float
    verb: str
    endpoint: str
    call: int
    in_flight: int
    forbidden: bool = False
    throttled: bool = False
    fault: str = ""
    status: int = 0
    code: int | None = None
    rows: int = 0
    applied: bool = False
    seconds: float = 0.0


class RequestLog:
    """The latest requests in order of arrival; safe to share between threads."""

    def __init__(self, stream: TextIO | None) -> None:
        """Start empty; a line per answered request goes to the stream, where there is one."""
        self._lock = threading.Lock()
        self._stream = stream
        self._records: deque[RequestRecord] = deque(maxlen=_KEPT)
        self._calls: Counter[str] = Counter()

    def arrive(self, arrived: float, verb: str, endpoint: str, in_flight: int) -> RequestRecord:
        """Add a request, numbered among those of its endpoint."""
        with self._lock:
            self._calls[endpoint] += 1
            record = RequestRecord(arrived, verb, endpoint, self._calls[endpoint], in_flight)
            self._records.append(record)
            return record

    def finish(self, record: RequestRecord, status: int, now: float) -> None:
        """Complete a request's record: its HTTP status, 0 for a dropped connection, and its time."""
        record.status, record.seconds = status, now - record.arrived
        said = "dropped" if status == 0 else f"{status}" if record.code is None else f"{status} code {record.code}"
        fault = f" [fault: {record.fault}]" if record.fault else ""
        self._write(f"{record.verb} {record.endpoint} {said} {1000 * record.seconds:.0f} ms{fault}")

    def unexpected(self, error: Exception) -> None:
        """Note where the sandbox itself failed. Its message stays out: it may hold what somebody sent."""
        places = "".join(traceback.format_tb(error.__traceback__))
        self._write(f"unexpected {type(error).__name__}\n{places}")

    def records(self) -> list[RequestRecord]:
        """Give the requests so far."""
        with self._lock:
            return list(self._records)

    def _write(self, line: str) -> None:
        if self._stream is not None:
            with self._lock:
                self._stream.write(f"{line}\n")
                self._stream.flush()
