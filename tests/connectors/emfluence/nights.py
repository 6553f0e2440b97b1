"""A night's sending in miniature: batch after batch until a failure, as a sync does it, and what must be true after."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.emfluence import Client, Failure, Fate, ImportResult, import_contacts
from connectors.sandbox import FaultPlan, Sandbox
from tests.connectors.emfluence.clocks import Clock
from tests.connectors.emfluence.importing import emails
from tests.connectors.emfluence.sandboxes import client_of

BATCH = 5
PEOPLE = emails(30)
WELCOME = 9
"""A group of the sandbox that sends an e-mail to whoever enters: a row applied twice as new would show in its log."""

_APPLIED = (Fate.APPLIED, Fate.APPLIED_WITH_WARNING)


@dataclass
class Night:
    """What one night was told.

    Attributes:
        results: One per batch that was answered.
        fates: The fate of each row of those, by its e-mail.
        failures: What kept the rest from being told.
    """

    results: list[ImportResult] = field(default_factory=list)
    fates: dict[str, Fate] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def with_fate(self, *fates: Fate) -> set[str]:
        """Return the rows with one of these fates."""
        return {email for email, fate in self.fates.items() if fate in fates}

    @property
    def applied(self) -> set[str]:
        """The rows that are told to be applied."""
        return self.with_fate(*_APPLIED)

    def pending(self, keys: Sequence[str]) -> list[str]:
        """Return the rows that must be sent again."""
        settled = self.applied | self.with_fate(Fate.REFUSED)
        return [email for email in keys if email not in settled]

    def send(self, client: Client, keys: Sequence[str]) -> None:
        """Send one batch, and keep what is told."""
        contacts = [json.dumps({"email": email, "firstName": "Ann"}) for email in keys]
        try:
            result = import_contacts(client, contacts, keys, [WELCOME])
        except Failure as failure:
            self.failures.append(failure)
            return
        self.results.append(result)
        self.fates.update(zip(keys, (verdict.fate for verdict in result.verdicts), strict=True))


def night(client: Client, keys: Sequence[str]) -> Night:
    """Send contacts in batches, one after the other; the first failure ends it, as it ends a sync."""
    told = Night()
    for start in range(0, len(keys), BATCH):
        told.send(client, keys[start : start + BATCH])
        if told.failures:
            break
    return told


def two_nights(sandbox: Sandbox, clock: Clock, plan: FaultPlan) -> tuple[Night, Night]:
    """Send everybody while faults are rehearsed, then on a quiet night whatever is pending; check what must be true.

    Nobody is lost, nobody is there twice, nobody is welcomed twice, no count is higher than the rows; and what is
    told to be applied is there already after the first night.
    """
    sandbox.faults = plan
    with client_of(sandbox, clock) as client:
        first = night(client, PEOPLE)
    assert first.applied <= set(addresses(sandbox))
    sandbox.faults = FaultPlan()
    with client_of(sandbox, clock) as client:
        second = night(client, first.pending(PEOPLE))
    assert second.pending(first.pending(PEOPLE)) == []
    assert addresses(sandbox) == sorted(PEOPLE)
    assert sorted(str(mail["email"]) for mail in sandbox.sent_mails()) == sorted(PEOPLE)
    for result in first.results + second.results:
        assert result.inserted + result.updated <= len(result.verdicts)
    return first, second


def counted(*nights: Night) -> int:
    """Return how many contacts the platform counted over some nights."""
    return sum(result.inserted + result.updated for told in nights for result in told.results)


def addresses(sandbox: Sandbox) -> list[str]:
    """Return who is in the sandbox, as often as they are."""
    return sorted(str(contact["email"]) for contact in sandbox.contacts())


def import_requests(sandbox: Sandbox) -> int:
    """Return how many imports the sandbox saw."""
    return sum(record.endpoint == "contacts/import" for record in sandbox.request_log)
