"""The whole platform behind one function: an HTTP request in, a `Reply` out. Sockets are `server`'s business."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from connectors.sandbox.access import bearer_token, revoke
from connectors.sandbox.answers import ApiError, Code, failure_envelope
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.database import Database
from connectors.sandbox.endpoints.groups import list_groups
from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.front_page import front_page
from connectors.sandbox.limits import THROTTLE_HEADER, Admission
from connectors.sandbox.oauth import AUTHORIZE_PATH, PATHS, RequestTokens, authorization_reply, token_reply
from connectors.sandbox.parameters import Parameters, decode
from connectors.sandbox.replies import Reply, applied_reply, envelope_reply, faulty_reply, page_reply
from connectors.sandbox.request_log import RequestLog, RequestRecord
from connectors.sandbox.routes import ROUTES, Answer, Request, dispatch

API_PATH = "/v1/"


@dataclass(frozen=True)
class Arrival:
    """An HTTP request as it comes in.

    Attributes:
        verb: The HTTP method.
        path: The path of the URL.
        query: The URL's parameters, undecoded.
        authorization: The `Authorization` header, or empty.
        content_type: The `Content-Type` header, or empty.
        at: Monotonic seconds.
        read_body: Reads the body; raises `ApiError` where it is too large.
    """

    verb: str
    path: str
    query: str
    authorization: str
    content_type: str
    at: float
    read_body: Callable[[], bytes]


@dataclass(frozen=True)
class Service:
    """What the requests of one sandbox share.

    Attributes:
        origin: Where the sandbox is, `http://127.0.0.1:PORT`.
        database: The state.
        behaviour: What the sandbox assumes.
        faults: What to rehearse.
        log: What the server saw.
        codes: The OAuth codes handed out.
        clock: Monotonic seconds.
        sleep: Waits for a number of seconds.
        now: Gives GMT as `yyyy-mm-dd hh:mm:ss`.
    """

    origin: str
    database: Database
    behaviour: Behaviour
    faults: FaultPlan
    log: RequestLog
    codes: RequestTokens
    clock: Callable[[], float]
    sleep: Callable[[float], object]
    now: Callable[[], str]


def answer(service: Service, arrival: Arrival, admission: Admission) -> Reply:
    """Answer one request: the API below `/v1/`, the OAuth flows, or the front page.

    Raises:
        ConnectionError: The client went away.
    """
    try:
        if arrival.path.startswith(API_PATH):
            return _answer_api(service, arrival, admission)
        return _forbidden(arrival) if admission.forbidden else _answer_page(service, arrival)
    except ApiError as error:
        return envelope_reply(failure_envelope(error.code, str(error)))


def _answer_page(service: Service, arrival: Arrival) -> Reply:
    body = arrival.read_body()
    if arrival.path == AUTHORIZE_PATH:
        return authorization_reply(arrival.query, service.codes)
    if arrival.path in PATHS:
        return _answer_oauth(service, arrival, body)
    if arrival.path == "/":
        return _front_page(service)
    return page_reply("<h1>404</h1><p>contact-sync sandbox: the API is below /v1/.</p>", HTTPStatus.NOT_FOUND)


def _forbidden(arrival: Arrival) -> Reply:
    # A body left unread would make the kernel reset the connection before the client has read the answer.
    arrival.read_body()
    return page_reply("<h1>403</h1><p>contact-sync sandbox: too many connections.</p>", HTTPStatus.FORBIDDEN)


def _front_page(service: Service) -> Reply:
    with service.database.transaction() as db:
        contacts = db.execute("select count(*) from contacts").fetchone()[0]
        mails = db.execute("select count(*) from sent_mails").fetchone()[0]
        return page_reply(front_page(f"{service.origin}{API_PATH}", contacts, mails, list_groups(db)))


def _answer_oauth(service: Service, arrival: Arrival, body: bytes) -> Reply:
    parameters = decode("", body)
    with service.database.transaction() as db:
        return token_reply(db, arrival.path, arrival.verb, parameters, service.codes)


def _answer_api(service: Service, arrival: Arrival, admission: Admission) -> Reply:
    endpoint = arrival.path.removeprefix(API_PATH)
    known = endpoint if endpoint in ROUTES else "unknown"
    record = service.log.arrive(arrival.at, arrival.verb, known, admission.in_flight)
    record.forbidden, record.throttled = admission.forbidden, admission.throttled is not None
    reply = _forbidden(arrival) if admission.forbidden else _reply(service, arrival, endpoint, admission, record)
    service.log.finish(record, 0 if reply.drop else reply.status, service.clock())
    return reply


def _reply(service: Service, arrival: Arrival, endpoint: str, admission: Admission, record: RequestRecord) -> Reply:
    fault = service.faults.choose(record.endpoint)
    record.fault = fault.summary()
    _wait(service, admission.wait)
    reply = faulty_reply(_true_reply(service, arrival, endpoint, fault, record), fault)
    _wait(service, fault.delay_answer)
    if fault.code is not None:
        record.code = fault.code
    if admission.throttled is not None:
        reply.headers.setdefault(THROTTLE_HEADER, admission.throttled)
    return reply


def _true_reply(service: Service, arrival: Arrival, endpoint: str, fault: Fault, record: RequestRecord) -> Reply:
    """Carry the call out, unless the fault keeps it from being carried out."""
    if fault.drop == "before_reading":
        return Reply()
    try:
        body = arrival.read_body()
        _wait(service, fault.delay)
        parameters = _parameters(arrival, body)
        record.rows = _row_count(parameters)
        token = bearer_token(arrival.authorization)
        if fault.revoke_token:
            _revoke(service, token)
        if not fault.applies_call():
            return Reply()
        url = f"{service.origin}{API_PATH}{endpoint}"
        request = Request(arrival.verb, endpoint, token, parameters, url, service.now(), frozenset(fault.lose_rows))
        with service.database.transaction() as db:
            result = dispatch(db, request, service.behaviour)
    except ApiError as error:
        result = error
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - the platform answers code 1 to whatever goes wrong inside it
        service.log.unexpected(error)
        result = ApiError(Code.UNEXPECTED, "Unexpected error.")
    return _envelope(result, fault, record)


def _envelope(result: Answer, fault: Fault, record: RequestRecord) -> Reply:
    if isinstance(result, ApiError):
        record.code = int(result.code)
        return envelope_reply(failure_envelope(result.code, str(result), result.data))
    record.code = 0
    record.applied = ROUTES[record.endpoint].modifies
    return applied_reply(result, fault)


def _parameters(arrival: Arrival, body: bytes) -> Parameters:
    media_type = arrival.content_type.partition(";")[0].strip().lower()
    if body and media_type != "application/json":
        raise ApiError(Code.WRONG_TYPE, "The Content-Type of a request body must be application/json.")
    return decode(arrival.query, body)


def _row_count(parameters: Parameters) -> int:
    contacts = parameters.values.get("contacts")
    return len(contacts) if isinstance(contacts, list) else 0


def _revoke(service: Service, token: str) -> None:
    with service.database.transaction() as db:
        revoke(db, token)


def _wait(service: Service, seconds: float) -> None:
    if seconds > 0:
        service.sleep(seconds)
