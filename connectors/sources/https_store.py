"""Files that a web server hands out, one URL each; redirects stay on the host that was named."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Final, Self

import httpx

from connectors.sources.errors import SourceBroken, SourceMissing
from connectors.sources.file_path import shown
from connectors.sources.file_stores import ConnectionLost, Entry, Seen

_TIMEOUT: Final = httpx.Timeout(30.0)
_MOST_REDIRECTS: Final = 5
_GONE: Final = (404, 410)
_NO_HEAD: Final = (400, 403, 405, 501)  # a signed URL may be good for one method only
_DENIED: Final = (401, 403, 407)


class HttpsStore:
    """Files by their URLs. There are no folders and no patterns: a web server does not list what it has."""

    def __init__(
        self,
        authorization: str | None = None,
        most_bytes: int = 64 << 30,
        most_seconds: float = 4 * 3600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Send `authorization` as the header of that name, and take at most so many bytes and seconds for a file."""
        headers = {"Accept-Encoding": "identity", "User-Agent": "contact-sync"}
        headers |= {"Authorization": authorization} if authorization else {}
        self._client = httpx.Client(headers=headers, timeout=_TIMEOUT, follow_redirects=False)
        self._most_bytes, self._most_seconds, self._clock = most_bytes, most_seconds, clock

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()

    def name(self, path: str) -> str:
        """Return the URL without its query."""
        return shown(path)

    def look(self, path: str) -> Seen | None:
        """Return what the server says about a file, None where there is none."""
        with self._answer("HEAD", path) as answer:
            if answer.status_code not in _NO_HEAD:
                return self._seen(answer, path)
        with self._answer("GET", path) as answer:
            return self._seen(answer, path)

    def is_folder(self, path: str) -> bool:  # noqa: ARG002 - no URL is one
        """Return False."""
        return False

    def within(self, folder: str) -> list[Entry]:  # noqa: ARG002 - no URL is a folder
        """Return nothing."""
        return []

    def matching(self, pattern: str) -> list[Entry]:  # noqa: ARG002 - no URL is a pattern
        """Return nothing."""
        return []

    def read(self, path: str) -> Iterator[bytes]:
        """Yield a file's content."""
        size, until = 0, self._clock() + self._most_seconds
        with self._answer("GET", path) as answer:
            if self._seen(answer, path) is None:
                raise _missing(self.name(path))
            for chunk in answer.iter_raw():
                size += len(chunk)
                if size > self._most_bytes or self._clock() > until:
                    raise SourceBroken(
                        f"{self.name(path)} is larger than {self._most_bytes:,} bytes, or takes longer than "
                        f"{self._most_seconds:,.0f} seconds: no export does."
                    )
                yield chunk

    @contextmanager
    def _answer(self, method: str, path: str) -> Iterator[httpx.Response]:
        url = httpx.URL(path)
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                with self._client.stream(method, url) as answer:
                    if not answer.has_redirect_location:
                        yield answer
                        return
                    url = self._next(url, answer, path)
        except httpx.TransportError as error:
            raise ConnectionLost(
                f"{self.name(path)} cannot be read: the connection failed ({type(error).__name__}). Run the sync again."
            ) from None
        raise SourceBroken(f"{self.name(path)} redirects more than {_MOST_REDIRECTS} times.")

    def _next(self, url: httpx.URL, answer: httpx.Response, path: str) -> httpx.URL:
        following = url.join(answer.headers["location"])
        if (following.scheme, following.host, following.port) != (url.scheme, url.host, url.port):
            raise SourceBroken(
                f"{self.name(path)} redirects to another host. Check where, and set path to it if it is right."
            )
        return following

    def _seen(self, answer: httpx.Response, path: str) -> Seen | None:
        status, name = answer.status_code, self.name(path)
        if status in _GONE:
            return None
        if status in _DENIED:
            raise SourceMissing(f"{name}: access is denied (HTTP {status}). Check storage_options.authorization.")
        if status != httpx.codes.OK:
            raise ConnectionLost(f"{name} cannot be read: the server answers HTTP {status}. Run the sync again.")
        length, changed = answer.headers.get("content-length", ""), answer.headers.get("last-modified", "")
        stamp = answer.headers.get("etag") or changed
        return Seen(int(length) if length.isdecimal() else None, stamp, _time(changed))


def _time(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def _missing(name: str) -> SourceMissing:
    return SourceMissing(f"{name} cannot be read: No such file or directory. Deliver it, or grant access.")
