"""What the platform publishes nowhere, and this client therefore assumes: each thing once, here.

Who finds it different changes it here, or passes the other value where a function takes one.
"""

import re
from collections.abc import Sequence
from typing import Final

FIRST_ROW: Final = 1
"""The number that a warning gives the first contact of a request, where it speaks of rows by number."""

ROW_NUMBER: Final = re.compile(
    r"\b(?:row|record|line|contact|entry|item)s?\s*(?:number|no\.?|#)?\s*:?\s*(\d{1,9})\b|(?:^|\s)#(\d{1,9})\b",
    re.IGNORECASE,
)
"""How a warning names a row by number."""

COUNTS: Final = ("recordsInserted", "recordsUpdated", "recordsInData")
"""Names are facts of the wire. Assumed: the third counts the contacts that the platform read in the request."""

TOKEN_NAMES: Final = ("accessToken", "access_token")
"""Where the answer of a token endpoint holds the token; at its top or in `data`."""

PERMISSION_NAMES: Final = ("permissions", "roles")
PERMISSION_LABELS: Final = ("label", "permission", "name")
"""Where `users/lookup` holds the user's permissions, and how each is labelled where it is an object."""


def import_body(contacts: Sequence[str], group_ids: Sequence[int]) -> bytes:
    """Return the body of `contacts/import`: contacts shaped as in `contacts/save`, and the groups they all enter.

    Args:
        contacts: Each one a JSON object, encoded already; it goes out as it is.
        group_ids: Ids of groups; none leaves the parameter out.
    """
    groups = f',"groupIDs":[{",".join(map(str, group_ids))}]' if group_ids else ""
    return f'{{"contacts":[{",".join(contacts)}]{groups}}}'.encode()
