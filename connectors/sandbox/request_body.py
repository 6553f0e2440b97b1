"""Reads a request's body, as long as its header says. What is in it belongs to `parameters`."""

from email.message import Message
from io import BufferedIOBase
from typing import Final

from connectors.sandbox.answers import ApiError, Code

_CHUNK: Final = 65_536


class BodyLengthError(ApiError):
    """The header does not say how long the body is: the connection is of no use after this request."""


def read_body(headers: Message, stream: BufferedIOBase, most_bytes: int) -> bytes:
    """Read a body.

    Raises:
        BodyLengthError: Its length is not said (API: "should include a valid Content-Length header").
        ApiError: 501, it is too large; it was read and thrown away.
        ConnectionError: The client hung up before its end.
    """
    said = headers.get("Content-Length", "0")
    if "Transfer-Encoding" in headers or not said.isdecimal():
        raise BodyLengthError(Code.WRONG_TYPE, "A request body needs a valid Content-Length header.")
    length = int(said)
    if length > most_bytes:
        _discard(stream, length)
        raise ApiError(Code.BAD_VALUE, f"The request body is too large; the most is {most_bytes} bytes.")
    body = stream.read(length)
    if len(body) < length:
        raise ConnectionError("the client hung up before its whole request was sent")
    return body


def _discard(stream: BufferedIOBase, length: int) -> None:
    while length > 0 and (chunk := stream.read(min(length, _CHUNK))):
        length -= len(chunk)
