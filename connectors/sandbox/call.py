"""One authenticated call, as an endpoint gets it."""

import sqlite3
from dataclasses import dataclass

from connectors.sandbox.access import Caller
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.parameters import Parameters


@dataclass(frozen=True)
class Call:
    """What an endpoint may use; nothing else reaches it, so it can be called without a server.

    Attributes:
        db: The transaction that the call runs in.
        caller: Whose token it is.
        parameters: What was passed.
        behaviour: What the sandbox assumes.
        url: The endpoint's own URL, for links between pages.
        now: GMT, `yyyy-mm-dd hh:mm:ss`.
        lost_rows: Rows of an import, from 1, that a rehearsed fault makes disappear.
    """

    db: sqlite3.Connection
    caller: Caller
    parameters: Parameters
    behaviour: Behaviour
    url: str
    now: str
    lost_rows: frozenset[int] = frozenset()
