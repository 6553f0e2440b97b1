"""What a new sandbox starts with: a few groups and the e-mail that one of them sends by itself."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.sandbox.access import API_USER


@dataclass(frozen=True)
class Group:
    """A group of a new sandbox.

    Attributes:
        group_id: Its `groupID`.
        name: Its `groupName`.
        auto_response_email_id: The e-mail that whoever enters is sent, or None.
    """

    group_id: int
    name: str
    auto_response_email_id: int | None = None


DEFAULT_GROUPS: Final = (
    Group(1, "All contacts"),
    Group(2, "Events"),
    Group(7, "Newsletter"),
    Group(8, "Customers"),
    Group(9, "Welcome", auto_response_email_id=90),
)


def plant(db: sqlite3.Connection, groups: Sequence[Group], now: str) -> None:
    """Add the groups that are not there yet, and the automated e-mails they name; what is there stays.

    Args:
        db: The transaction to write in.
        groups: The groups of a new sandbox.
        now: GMT, `yyyy-mm-dd hh:mm:ss`.
    """
    db.executemany(
        "insert or ignore into groups values (?, ?, '', 0, ?, ?, ?, '')",
        [(group.group_id, group.name, API_USER, group.auto_response_email_id, now) for group in groups],
    )
    db.executemany(
        "insert or ignore into emails values (?, null, ?, ?, 'Active', 'Automated', ?, '')",
        [
            (group.auto_response_email_id, f"{group.name} (automated)", f"{group.name} (automated)", now)
            for group in groups
            if group.auto_response_email_id is not None
        ],
    )
