"""The API's protocol as pure functions: a call becomes bytes, and a response becomes an `Answer` or a `Failure`.

Nothing here touches a network, a clock or a file.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NoReturn

from connectors.emfluence.envelope import Envelope, Unreadable, read_envelope, whole_number
from connectors.emfluence.errors import (
    FAILURE_BY_CODE,
    BadStatus,
    DuplicateRecord,
    Facts,
    RequestTooLarge,
    SlowDown,
    UnknownAnswer,
    UnknownCode,
    WrongSettings,
)
from connectors.emfluence.masking import masked, without_secrets
from connectors.emfluence.moments import gmt_text
from connectors.emfluence.retrying import retry_after

THROTTLE_HEADER: Final = "x-api-ratelimit-throttled"
_OK: Final = 200
_FORBIDDEN: Final = 403
_TOO_LARGE: Final = 413
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_REQUEST_ID: Final = re.compile(r"[\w{}.:-]{1,64}")


@dataclass(frozen=True)
class Call:
    """One request, byte for byte what every attempt sends.

    Attributes:
        method: The HTTP method.
        url: The absolute URL.
        endpoint: `resource/method`.
        headers: Names and values; `Authorization` is among them.
        body: JSON, UTF-8.
        secrets: What must never show in a text.
    """

    method: str
    url: str
    endpoint: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False, default=())


@dataclass(frozen=True)
class Answer:
    """A call that succeeded.

    Attributes:
        data: The answer's data.
        warnings: The platform's sentences; may hold personal data.
        errors: The same, about rows that failed although the call succeeded: imports alone.
        extrainfo: Help for developers; may be empty.
        request_id: The platform's id of the request; may be empty.
        throttled: The text of the throttle header, None where the answer has no such header.
        date: The server's clock when it answered, None where it does not say.
    """

    data: Mapping[str, Any] = field(repr=False)
    warnings: tuple[str, ...] = field(repr=False, default=())
    errors: tuple[str, ...] = field(repr=False, default=())
    extrainfo: str = field(repr=False, default="")
    request_id: str = ""
    throttled: str | None = None
    date: datetime | None = None


def encode(base_url: str, resource: str, method: str, parameters: Mapping[str, object] | bytes, token: str) -> Call:
    """Encode a call. It is always a POST: what modifies data must be one, and URL parameters leak into logs.

    Args:
        base_url: Where the API lives, without a slash at its end.
        resource: For example `contacts`.
        method: For example `save`.
        parameters: Names and JSON values, or a JSON object that is encoded already.
        token: The access token; it goes into the header only. API: "Authenticating Requests".

    Raises:
        WrongSettings: A name is none, or the parameters cannot be written as JSON.
    """
    endpoint = f"{resource}/{method}"
    if not (_NAME.fullmatch(resource) and _NAME.fullmatch(method)):
        raise WrongSettings("A resource and a method are named by ASCII letters and digits alone.")
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json, application/zip",
        # Others pack far tighter than gzip's 1:1000, which the size limit of an answer relies on.
        "Accept-Encoding": "gzip",
        "User-Agent": "contact-sync",
    }
    body = parameters if isinstance(parameters, bytes) else encoded(parameters, endpoint)
    return Call("POST", f"{base_url}/{endpoint}", endpoint, headers, body, (token,))


def encoded(parameters: Mapping[str, object], endpoint: str) -> bytes:
    """Write parameters as JSON, dates and datetimes as the API takes them.

    Raises:
        WrongSettings: A value is no JSON: NaN, a lone surrogate, a type that JSON does not have.
    """
    try:
        text = json.dumps(parameters, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=gmt_text)
        return text.encode()
    except (TypeError, ValueError, RecursionError):
        # The original's text may quote a value.
        raise WrongSettings("A parameter cannot be written as JSON.", Facts(endpoint)) from None


def decode(
    call: Call, status: int, headers: Mapping[str, str], body: bytes, *, errors_beside_success: bool = False
) -> Answer:
    """Decode a response.

    Args:
        call: What was sent; its secrets and values are masked in error texts.
        status: The HTTP status.
        headers: Names in any case.
        body: The whole body, decompressed.
        errors_beside_success: As for `read_envelope`.

    Raises:
        Failure: Any of `errors`, for every response that is not plainly a success.
    """
    names = {name.lower(): value for name, value in headers.items()}
    if status != _OK:
        raise_for_status(call, status, names)
    try:
        envelope = read_envelope(body, errors_beside_success=errors_beside_success)
    except Unreadable as unreadable:
        reason = f"{unreadable} {len(body)} bytes of {_media_type(names)} came."
        raise UnknownAnswer(reason, Facts(call.endpoint, status)) from None
    if not envelope.success:
        _raise_for_code(call, envelope)
    return Answer(
        data=envelope.data,
        # They are kept in tables, where a token must not be either.
        warnings=tuple(without_secrets(warning, call.secrets) for warning in envelope.warnings),
        errors=tuple(without_secrets(error, call.secrets) for error in envelope.errors),
        extrainfo=without_secrets(envelope.extrainfo, call.secrets),
        request_id=_safe_request_id(call, envelope),
        throttled=names.get(THROTTLE_HEADER),
        date=_moment(names.get("date", "")),
    )


def _moment(date: str) -> datetime | None:
    """Read an HTTP date (RFC 9110, 5.6.7); None where it is none."""
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def raise_for_status(call: Call, status: int, headers: Mapping[str, str]) -> NoReturn:
    """Raise what a status other than 200 means; the body is not looked at.

    Raises:
        SlowDown: 403. API: "Connection Limits".
        RequestTooLarge: 413.
        BadStatus: Any other.
    """
    facts = Facts(call.endpoint, status, retry_after=retry_after(headers))
    if status == _FORBIDDEN:
        raise SlowDown("There are too many connections from this address.", facts)
    if status == _TOO_LARGE:
        raise RequestTooLarge("The request is larger than the platform takes.", facts)
    raise BadStatus("The answer has an HTTP status that the platform never gives itself.", facts)


def _raise_for_code(call: Call, envelope: Envelope) -> NoReturn:
    code = envelope.code
    failure, reason = FAILURE_BY_CODE.get(
        -1 if code is None else code, (UnknownCode, "The platform gave an error code that is not documented.")
    )
    owner = whole_number(envelope.data.get("contactID")) if failure is DuplicateRecord else None
    facts = Facts(
        endpoint=call.endpoint,
        status=_OK,
        code=code,
        request_id=_safe_request_id(call, envelope),
        messages=tuple(masked(message, call.secrets, call.body) for message in envelope.errors),
        contact_id=owner,
    )
    raise failure(reason, facts)


def _safe_request_id(call: Call, envelope: Envelope) -> str:
    request_id = envelope.request_id
    return request_id if _REQUEST_ID.fullmatch(request_id) and request_id not in call.secrets else ""


def _media_type(headers: Mapping[str, str]) -> str:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind if re.fullmatch(r"[a-z]+/[a-z0-9.+-]{1,40}", kind) else "an unknown type"
