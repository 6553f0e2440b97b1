"""Who calls: the sandbox's own access tokens, the permissions of each, and how a request proves its own."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from connectors.sandbox.answers import ApiError, Code

DEFAULT_TOKEN: Final = "sandbox-token"  # noqa: S105 - documented, opens nothing but this sandbox
API_USER: Final = 1
"""The system-generated "API User" that application tokens act as (API: Application-Only Access Tokens)."""

ADMINISTRATOR: Final = "Client Administrator"
RESTRICTED: Final = "Restricted User"
PERMISSIONS: Final = (
    RESTRICTED,
    ADMINISTRATOR,
    "Create Groups",
    "Contacts (Delete)",
    "Contacts (Add)",
    "Contacts (Edit)",
    "Contacts (Import)",
    "Contacts (Export)",
)
"""The labels that matter to this sandbox, as the platform words them (API: User Permissions)."""


@dataclass(frozen=True)
class Caller:
    """The user that a token acts as."""

    user_id: int
    permissions: frozenset[str]

    def require(self, permission: str) -> None:
        """Raise `ApiError` 204, worded as the platform does, where a permission is missing."""
        if permission not in self.permissions and ADMINISTRATOR not in self.permissions:
            message = f"Access to this endpoint requires the permission '{permission}'"
            raise ApiError(Code.NO_PERMISSION, message)

    def may_see(self, owner: int) -> bool:
        """Tell whether a record is open to the caller: a Restricted User works with their own only."""
        return RESTRICTED not in self.permissions or owner == self.user_id


def grant(db: sqlite3.Connection, token: str, user_id: int, permissions: tuple[str, ...]) -> None:
    """Make a token valid, also one that was revoked.

    Raises:
        ValueError: A permission that the platform does not have.
    """
    unknown = set(permissions) - set(PERMISSIONS)
    if unknown:
        raise ValueError(f"there is no permission {min(unknown)!r}; there are: {', '.join(PERMISSIONS)}")
    db.execute("insert or replace into tokens values (?, ?, ?, 0)", (token, user_id, json.dumps(permissions)))


def revoke(db: sqlite3.Connection, token: str) -> None:
    """Make a token invalid from now on."""
    db.execute("update tokens set revoked = 1 where token = ?", (token,))


def bearer_token(authorization: str) -> str:
    """Give the token of an `Authorization` header; empty where it holds none. The scheme's case means nothing."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def authenticate(db: sqlite3.Connection, token: str) -> Caller:
    """Find whom a token acts as.

    Raises:
        ApiError: 200 for a token that is missing, unknown or revoked.
    """
    row = db.execute("select user_id, permissions from tokens where token = ? and not revoked", (token,)).fetchone()
    if row is None:
        raise ApiError(Code.BAD_TOKEN, "The access token is missing or invalid.")
    return Caller(row["user_id"], frozenset(json.loads(row["permissions"])))
