"""What a call answers: data, a file or an error code, and the envelope that carries it. No HTTP here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final
from uuid import uuid4

EXTRAINFO: Final = "contact-sync sandbox: nothing here reaches a real audience and no e-mail is ever sent."


class Code(IntEnum):
    """The platform's error codes (API: Getting Started, Error Codes)."""

    UNEXPECTED = 1
    WRONG_HTTP_METHOD = 2
    ACCESS_DENIED = 3
    NOT_HTTPS = 4
    TOO_MANY_REQUESTS = 5
    UNKNOWN_RESOURCE = 100
    UNKNOWN_METHOD = 101
    BAD_TOKEN = 200
    BAD_CLIENT = 201
    BAD_USER = 202
    BAD_APPLICATION = 203
    NO_PERMISSION = 204
    NOT_FOUND = 300
    DUPLICATE = 301
    INVALID_ACTION = 302
    FORBIDDEN = 303
    WRONG_TYPE = 500
    BAD_VALUE = 501
    MISSING = 502


class ApiError(Exception):
    """A call, or one row of an import, that the platform refuses.

    Attributes:
        code: One of the platform's error codes.
        data: What the failed answer still tells, as 301 tells the contact that owns the address.
    """

    def __init__(self, code: Code, message: str, data: Mapping[str, object] | None = None) -> None:
        """Hold the code, the sentence for the person and the data for the program."""
        super().__init__(message)
        self.code = code
        self.data = dict(data or {})


@dataclass(frozen=True)
class Success:
    """A call that worked.

    Attributes:
        data: The answer's `data`.
        warnings: Sentences about rows that were not applied.
    """

    data: dict[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Download:
    """A call that answers with a zip file instead of an envelope."""

    content: bytes


def success_envelope(success: Success) -> dict[str, object]:
    """Wrap an answer as the platform does (API: Responses)."""
    return _envelope(success=True, code=0, data=success.data, warnings=success.warnings)


def failure_envelope(code: int, message: str, data: Mapping[str, object] | None = None) -> dict[str, object]:
    """Wrap a refusal as the platform does: `success` 0, the code, `errors` with one sentence."""
    return {**_envelope(success=False, code=code, data=data or {}), "errors": [message]}


def encode(envelope: object) -> bytes:
    """Write an envelope as UTF-8 JSON."""
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def _envelope(
    *, success: bool, code: int, data: Mapping[str, object], warnings: Sequence[str] = ()
) -> dict[str, object]:
    # The platform's recorded answers carry 1 and 0, though its page says boolean.
    envelope: dict[str, object] = {"success": int(success), "code": code, "data": data}
    if warnings:
        envelope["warnings"] = list(warnings)
    return {**envelope, "extrainfo": EXTRAINFO, "requestID": str(uuid4()).upper()}
