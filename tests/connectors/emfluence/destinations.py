"""Which destinations the conformance tests talk to: the sandbox always, and an account that somebody lends them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

ADDRESS = "CONTACT_SYNC_TEST_DESTINATION"
TOKEN = "CONTACT_SYNC_TEST_TOKEN"
CONFIRMATION = "CONTACT_SYNC_TEST_CONFIRM"
SENTENCE = "I own this account"


@dataclass(frozen=True)
class Account:
    """An account that the tests may write a handful of contacts to, and delete them again.

    Attributes:
        base_url: Where its API is.
        token: Its access token.
    """

    base_url: str
    token: str = field(repr=False)


def lent_account(environment: Mapping[str, str] = os.environ) -> Account | None:
    """Return the account that the environment names; None unless its owner says so in so many words."""
    base_url, token = environment.get(ADDRESS, ""), environment.get(TOKEN, "")
    confirmed = environment.get(CONFIRMATION) == SENTENCE
    return Account(base_url, token) if base_url and token and confirmed else None
