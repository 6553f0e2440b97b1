"""The sandbox as a whole: start it in a `with` block or serve it until interrupted, and look at what is in it."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TextIO

from connectors.sandbox.access import ADMINISTRATOR, API_USER, DEFAULT_TOKEN, grant
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.contacts import records, select
from connectors.sandbox.database import Database
from connectors.sandbox.endpoints.groups import list_groups
from connectors.sandbox.faults import FaultPlan
from connectors.sandbox.limits import Gate, Limits
from connectors.sandbox.oauth import APPLICATION_TOKEN_PATH, AUTHORIZE_PATH, USER_TOKEN_PATH, RequestTokens
from connectors.sandbox.request_log import RequestLog, RequestRecord
from connectors.sandbox.seeds import DEFAULT_GROUPS, Group, plant
from connectors.sandbox.server import HOST, SandboxServer
from connectors.sandbox.service import Service
from connectors.sandbox.stage import Stage

DEFAULT_LIMITS: Final = Limits()
DEFAULT_BEHAVIOUR: Final = Behaviour()


class PortTakenError(Exception):
    """Another program listens on the port: choose another one, or 0 for any free one."""


class Sandbox:
    """A stand-in for the platform on loopback, from entering the `with` block to leaving it.

    It listens from its making on, and answers from entering the block on. Its contacts stay in one SQLite file
    in its folder between runs.

    Args:
        folder: Where the data is, made where it is missing.
        port: The port, or 0 for any free one.
        faults: What to rehearse.
        token: The access token with every permission; valid again even if it was revoked.
        groups: The groups to add where they are missing.
        limits: What to hold callers to, or None for no limits.
        behaviour: The assumptions about what the platform does not publish.
        stream: Gets one line per request.
        clock: Monotonic seconds.
        sleep: Waits for a number of seconds; None waits until then or until the sandbox stops.

    Raises:
        PortTakenError: Another program listens on the port.

    Attributes:
        port: The port it listens on.
        base_url: Where its API is; `EMFLUENCE_BASE_URL` for whoever shall use it.
        token: The access token with every permission.
        stage: Lets the audience act: opt out, bounce, click; and grants or revokes tokens.
        application_token_url: The OAuth endpoint for application tokens.
        authorization_url: The OAuth page for the user's browser.
        user_token_url: The OAuth endpoint for user tokens.
    """

    def __init__(  # noqa: PLR0913 - each is a part that tests or people replace
        self,
        folder: Path,
        port: int = 0,
        *,
        faults: FaultPlan | None = None,
        token: str = DEFAULT_TOKEN,
        groups: Sequence[Group] = DEFAULT_GROUPS,
        limits: Limits | None = DEFAULT_LIMITS,
        behaviour: Behaviour = DEFAULT_BEHAVIOUR,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._server, self._database = _open(folder, port)
        self.port = self._server.server_port
        origin = f"http://{HOST}:{self.port}"
        self.base_url = f"{origin}/v1"
        self.application_token_url = origin + APPLICATION_TOKEN_PATH
        self.authorization_url = origin + AUTHORIZE_PATH
        self.user_token_url = origin + USER_TOKEN_PATH
        self.token = token
        self._stopping = threading.Event()
        self.stage = Stage(self._database, _now)
        self._log = RequestLog(stream)
        self._server.gate = Gate(limits)
        self._server.service = Service(
            origin,
            self._database,
            behaviour,
            faults or FaultPlan(),
            self._log,
            RequestTokens(),
            clock,
            sleep or self._stopping.wait,
            _now,
        )
        self._thread = threading.Thread(target=self._server.run, name="contact-sync sandbox", daemon=True)
        with self._database.transaction() as db:
            plant(db, groups, _now())
            grant(db, token, API_USER, (ADMINISTRATOR,))

    def __enter__(self) -> Self:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up on every client, stop, and close the data."""
        self._stopping.set()
        self._server.stop()
        self._thread.join()
        self._server.server_close()
        self._server.end_connections()
        self._database.close()

    @property
    def faults(self) -> FaultPlan:
        """What it rehearses; a plan set while it runs holds from the next call on."""
        return self._server.service.faults

    @faults.setter
    def faults(self, plan: FaultPlan) -> None:
        self._server.service = replace(self._server.service, faults=plan)

    @property
    def request_log(self) -> list[RequestRecord]:
        """What the server saw so far, in order of arrival."""
        return self._log.records()

    def contacts(self) -> list[dict[str, object]]:
        """Every contact as `contacts/lookup` shows it, by `contactID`."""
        with self._database.transaction() as db:
            return records(db, select(db, "1 order by contact_id"))

    def groups(self) -> list[dict[str, object]]:
        """Every group as `groups/search` shows it, by `groupID`."""
        with self._database.transaction() as db:
            return list_groups(db)

    def sent_mails(self) -> list[dict[str, object]]:
        """The automated e-mails the platform would have sent: `contactID`, `email`, `groupID`, `emailID`, `date`."""
        return self._rows(
            "select contact_id as contactID, email, group_id as groupID, email_id as emailID, date "
            "from sent_mails left join contacts using (contact_id) order by mail_id"
        )

    def violations(self) -> list[dict[str, object]]:
        """Payloads with `suppressed` or `held` false: `contactID` (0 for a new one), `field`, `undoes`, `date`.

        `undoes` is 1 where the payload would have undone an opt-out; its row was refused.
        """
        return self._rows("select contact_id as contactID, field, undoes, date from violations order by violation_id")

    def _rows(self, query: str) -> list[dict[str, object]]:
        with self._database.transaction() as db:
            return [dict(row) for row in db.execute(query)]


def _open(folder: Path, port: int) -> tuple[SandboxServer, Database]:
    with ExitStack() as undo:
        try:
            server = SandboxServer(port)
        except OSError as error:
            sentence = f"Port {port} on {HOST} is taken; choose another one, or 0 for any free one."
            raise PortTakenError(sentence) from error
        undo.callback(server.server_close)
        database = Database(folder)
        undo.pop_all()
    return server, database


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
