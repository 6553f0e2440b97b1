"""Where files lie: what every place that holds files is asked, whether a disk, an object store or a server."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from connectors.sources.errors import SourceBroken


class Seen(NamedTuple):
    """What is known of a file without reading it.

    Attributes:
        size: Its size in bytes, None where a server does not say it.
        stamp: A text that is another one once the content is another one: its times, or its ETag.
        modified: When it was last changed, in seconds since 1970, None where that is not known.
    """

    size: int | None
    stamp: str
    modified: float | None


class Entry(NamedTuple):
    """Something in a folder: its path, and whether it is a folder itself."""

    path: str
    is_folder: bool


class ConnectionLost(SourceBroken):
    """The other side went away in the middle: trying again may help."""


class FileStore(Protocol):
    """A place that holds files. Paths are its own; `name` says how messages call them."""

    def name(self, path: str) -> str:
        """Return what messages call a path; it holds no secret."""

    def look(self, path: str) -> Seen | None:
        """Return what is known of a file, None where there is none.

        Raises:
            SourceMissing: It may not be looked at, or the place does not answer.
        """

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder."""

    def within(self, folder: str) -> list[Entry]:
        """Return what lies in a folder, not in those below it."""

    def matching(self, pattern: str) -> list[Entry]:
        """Return what fits a pattern of `*`, `?`, `[…]` and `**`."""

    def read(self, path: str) -> Iterator[bytes]:
        """Yield a file's content; what was yielded must not be used unless the end is reached.

        Raises:
            SourceMissing: It is not there or may not be read.
            SourceBroken: It changed meanwhile, or is larger than any export.
            ConnectionLost: The connection broke.
        """
