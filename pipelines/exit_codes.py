"""How the command line says how it ended."""

from enum import IntEnum


class Exit(IntEnum):
    """The command line's exit codes."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    STOPPED = 3
    PENDING = 4
