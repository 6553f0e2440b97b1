"""What can go wrong with a call, named by what the caller can do about it. Which answer is which: `protocol`.

Failure
├── Retryable             send the same bytes again, later
│   ├── NoAnswer          nothing came back whole: network fault, time-out, deadline
│   ├── BadStatus         an HTTP status other than 200
│   ├── UnexpectedError   code 1
│   ├── UnknownAnswer     status 200, but no answer that can be told from success or failure
│   └── SlowDown          HTTP 403 or code 5: too many connections; use fewer
├── Reauthorise           codes 200-203: a person must authorise again
├── PermissionNeeded      code 204: a person must grant the permission it names
├── RequestRefused        codes 300-303 and 500-502: mend the row or the request
│   ├── DuplicateRecord   code 301: another record owns the address
│   └── RequestTooLarge   HTTP 413: send fewer rows at a time
├── WrongSettings         codes 2, 3, 4, 100, 101, a bad address or certificate: mend the settings or the code
└── UnknownCode           a code that nobody has documented: never retried
"""

import re
from dataclasses import dataclass

_PERMISSION = re.compile(r"permission\s+['\"]([^'\"]+)['\"]")


@dataclass(frozen=True)
class Facts:
    """What is known about a failed call; free of tokens, bodies and e-mail addresses.

    Attributes:
        endpoint: `resource/method`, empty where no call was made.
        status: The HTTP status, None where no answer came.
        code: The platform's error code, None where the answer has none.
        request_id: The platform's own id of the request, empty where it gave none.
        messages: The platform's sentences, masked.
        contact_id: The record that owns the address (code 301 only).
        retry_after: Seconds that the server asked to wait, None where it did not.
        http_method: The HTTP method.
    """

    endpoint: str = ""
    status: int | None = None
    code: int | None = None
    request_id: str = ""
    messages: tuple[str, ...] = ()
    contact_id: int | None = None
    retry_after: float | None = None
    http_method: str = "POST"


class Failure(Exception):  # noqa: N818 - the subclasses are named by what to do, which reads better without "Error"
    """A call that did not succeed.

    Attributes:
        reason: Our own sentence.
        facts: What is known about the call.
    """

    def __init__(self, reason: str, facts: Facts | None = None) -> None:
        super().__init__(reason, facts)
        self.reason = reason
        self.facts = facts or Facts()

    def __str__(self) -> str:
        """Return one line: method, endpoint, reason, the platform's sentences, status, code and request id."""
        facts = self.facts
        where = f"{facts.http_method} {facts.endpoint}: " if facts.endpoint else ""
        # What is said of an import may quote any value of a row; it is kept with the receipt, and not told on.
        told = facts.messages if facts.endpoint != "contacts/import" or isinstance(self, _OF_NO_ROW) else ()
        said = "".join(f' The platform says: "{message}"' for message in told)
        known = {"HTTP status": facts.status, "code": facts.code, "requestID": facts.request_id or None}
        details = ", ".join(f"{name} {value}" for name, value in known.items() if value is not None)
        return f"{where}{self.reason}{said}" + (f" ({details})" if details else "")


class Retryable(Failure):
    """The same bytes may succeed later. API: "Retrying Failed Requests"."""


class NoAnswer(Retryable):
    """No whole answer came: it is not known whether the platform did what was asked."""


class BadStatus(Retryable):
    """An HTTP status other than 200. API: "any non-200 HTTP status code is an error"."""


class UnexpectedError(Retryable):
    """Code 1."""


class UnknownAnswer(Retryable):
    """An answer that says neither success nor failure: it is not known what the platform did."""


class SlowDown(Retryable):
    """Too many connections at once: HTTP 403 or code 5."""


class Reauthorise(Failure):
    """Codes 200-203: token, account, user or application are not valid (any more)."""


class PermissionNeeded(Failure):
    """Code 204: the token's user lacks a permission."""

    @property
    def permission(self) -> str | None:
        """The permission's label as the platform words it, None where the message names none."""
        found = (_PERMISSION.search(message) for message in self.facts.messages)
        return next((match[1] for match in found if match), None)


class RequestRefused(Failure):
    """Codes 300-303 and 500-502: this row or this request will never succeed as it is."""


class DuplicateRecord(RequestRefused):
    """Code 301: `facts.contact_id` is the record that owns the address."""


class RequestTooLarge(RequestRefused):
    """HTTP 413: fewer rows may succeed."""


class WrongSettings(Failure):
    """The address, the certificate, the credentials' form or the calling code is wrong."""


class UnknownCode(Failure):
    """An error code outside the documented list."""


_OF_NO_ROW = (Reauthorise, PermissionNeeded, WrongSettings)

FAILURE_BY_CODE: dict[int, tuple[type[Failure], str]] = {
    1: (UnexpectedError, "The platform had an unexpected error."),
    2: (WrongSettings, "The platform takes another HTTP method here."),
    3: (WrongSettings, "Access was denied; check what the account may do."),
    4: (WrongSettings, "The request did not arrive over https; check the base URL and any proxy."),
    5: (SlowDown, "There are too many requests at once."),
    100: (WrongSettings, "The platform knows no such resource; check the base URL."),
    101: (WrongSettings, "The platform knows no such method of this resource."),
    200: (Reauthorise, "The access token is not valid; authorise again and set the new token."),
    201: (Reauthorise, "The client account is not valid; ask the platform's support, then authorise again."),
    202: (Reauthorise, "The user account is not valid; authorise again as another user."),
    203: (Reauthorise, "The application is not valid; ask the platform's support, then authorise again."),
    204: (PermissionNeeded, "The token's user lacks a permission; ask an administrator to grant it."),
    300: (RequestRefused, "There is no such record."),
    301: (DuplicateRecord, "Another record has this address already."),
    302: (RequestRefused, "The record does not allow this."),
    303: (RequestRefused, "The token's user may see only their own records."),
    500: (RequestRefused, "A parameter has the wrong type."),
    501: (RequestRefused, "A parameter has a wrong value."),
    502: (RequestRefused, "A required parameter is missing."),
}
"""API, "Error Codes": what each code is, and what to do about it."""
