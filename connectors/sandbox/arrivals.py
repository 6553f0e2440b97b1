"""When a request reached this machine, as its kernel noted it: a busy sandbox reads late, and no client is to blame.

On other systems than Linux the moment of reading has to do.
"""

import io
import socket
import struct
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_SO_TIMESTAMPNS: Final = 35
"""Linux, socket(7): each read tells when its bytes arrived, as seconds and nanoseconds of the wall clock."""

_STAMP: Final = struct.Struct("@ll")
_ROOM: Final = socket.CMSG_SPACE(_STAMP.size)
_MOST_SECONDS: Final = 1.0
"""Beyond this the wall clock was set in between, and not the sandbox late."""

Note = tuple[int, int, bytes]
"""Level, kind and content of what the kernel tells beside the bytes."""


def note_arrivals(listener: socket.socket) -> None:
    """Have the kernel note arrivals on every connection that a listening socket takes from now on."""
    if sys.platform == "linux":
        with suppress(OSError):  # an architecture that numbers this option otherwise: it tells nothing then
            listener.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


class ArrivalReader(io.RawIOBase):
    """Reads a connection, and knows how long the bytes of the latest read had been there.

    Attributes:
        waited: Seconds; 0 where the system does not tell.
    """

    def __init__(self, connection: socket.socket) -> None:
        """Read a connection of a listener that notes arrivals."""
        self._connection = connection
        self.waited = 0.0

    def readable(self) -> bool:
        """Say that it reads."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what has come, at least a byte, and note for how long it had been there; 0 at the end."""
        count, notes, _, _ = self._connection.recvmsg_into([buffer], _ROOM)
        self.waited = seconds_waited(notes, time.time())
        return count


def seconds_waited(notes: Sequence[Note], now: float) -> float:
    """Return for how long bytes had been there.

    Args:
        notes: What the kernel told beside them.
        now: The wall clock, in seconds since 1970.
    """
    for level, kind, stamp in notes:
        if (level, kind, len(stamp)) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS, _STAMP.size):
            seconds, nanoseconds = _STAMP.unpack(stamp)
            waited: float = now - seconds - nanoseconds / 1e9
            return min(_MOST_SECONDS, max(0.0, waited))
    return 0.0
