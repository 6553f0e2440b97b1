"""`contacts/import`, told apart row by row: sends a batch, and splits it until what became of each row is known.

Sending rows again is safe: the platform saves by e-mail, so the same row twice is the same contact.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.emfluence.assumptions import FIRST_ROW, import_body
from connectors.emfluence.client import Client
from connectors.emfluence.errors import RequestRefused, RequestTooLarge, Retryable, WrongSettings
from connectors.emfluence.exchange import read_import_answer
from connectors.emfluence.protocol import Answer
from connectors.emfluence.verdicts import Fate, Verdict, judge

MOST_REQUESTS: Final = 64
"""Requests that one batch may take; what is not settled by then is unknown."""

FRUITLESS_REQUESTS: Final = 16
"""Enough to come down from 1,000 rows to one, and see more than one refused: the fault is not in the rows."""


@dataclass(frozen=True)
class ImportResult:
    """What became of a batch.

    Attributes:
        verdicts: One per contact, in the order in which they were given.
        inserted: Contacts that the platform counted as new when they were first sent.
        updated: Contacts that it counted as there already when they were first sent.
        requests: Requests made, re-sends after network faults left out.
        request_ids: The platform's ids of those that were answered.
        unplaced: Warnings that speak of no contact of the batch; they may hold personal data.
        anomalies: What does not fit, in our words, without personal data.
    """

    verdicts: tuple[Verdict, ...]
    inserted: int
    updated: int
    requests: int
    request_ids: tuple[str, ...]
    unplaced: tuple[str, ...] = field(repr=False, default=())
    anomalies: tuple[str, ...] = ()


def import_contacts(  # noqa: PLR0913 - three parts of a request, and three ways to say how
    client: Client,
    contacts: Sequence[str],
    emails: Sequence[str],
    group_ids: Sequence[int] = (),
    *,
    batch_id: str = "",
    first_row: int = FIRST_ROW,
    most_requests: int = MOST_REQUESTS,
) -> ImportResult:
    """Send contacts, and tell what became of each.

    Args:
        client: Where to send them.
        contacts: Each one a JSON object, encoded already; it goes out as it is.
        emails: The e-mail of each contact, in the same order, each once.
        group_ids: The groups that all of them enter.
        batch_id: Stands in the log lines of failed attempts.
        first_row: The number that a warning gives the first contact of a request.
        most_requests: Requests after which rows that are not settled are `unknown`.

    Raises:
        WrongSettings: The contacts and e-mails do not match.
        Failure: The first request was not answered, or any was refused for a reason that lies outside the rows.
    """
    if len(contacts) != len(emails) or len({email.casefold() for email in emails}) != len(emails):
        raise WrongSettings("An import takes one e-mail per contact, each e-mail once.")
    batch = _Batch(client, contacts, emails, group_ids, batch_id, first_row)
    parts = [_Part(tuple(range(len(contacts))))] if contacts else []
    while parts and (reason := batch.reason_to_stop(most_requests)) is None:
        # The smallest first until a row goes through, then the largest: few requests settle many rows.
        part = (max if batch.has_applied else min)(parts, key=lambda part: len(part.positions))
        parts.remove(part)
        parts.extend(batch.settle(part))
    for part in parts:
        batch.note(part, [Verdict(Fate.UNKNOWN, (reason or "",))] * len(part.positions))
    return batch.result()


@dataclass(frozen=True)
class _Part:
    positions: tuple[int, ...]
    counted: bool = False

    def split(self, suspects: tuple[int, ...] = (), *, counted: bool = False) -> list["_Part"]:
        """Part the rows that a warning names from the others; where that tells nothing apart, cut in halves."""
        rows = range(len(self.positions))
        first = suspects if 0 < len(suspects) < len(rows) else tuple(rows[: len(rows) // 2])
        second = sorted(set(rows) - set(first))
        counted = self.counted or counted
        return [_Part(tuple(self.positions[row] for row in side), counted) for side in (first, second)]


@dataclass(repr=False)
class _Batch:
    client: Client
    contacts: Sequence[str]
    emails: Sequence[str]
    group_ids: Sequence[int]
    batch_id: str
    first_row: int
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    has_applied: bool = False
    inserted: int = 0
    updated: int = 0
    requests: int = 0
    request_ids: list[str] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    anomalies: list[str] = field(default_factory=list)
    too_large_bytes: float = math.inf
    refusal: str = ""
    breakdown: str = ""

    def settle(self, part: _Part) -> list[_Part]:
        """Send a part; return the parts to send next, none where its rows are settled."""
        body = import_body([self.contacts[position] for position in part.positions], self.group_ids)
        if len(body) >= self.too_large_bytes and len(part.positions) > 1:
            return part.split()
        self.requests += 1
        try:
            answer = self.client.exchange("contacts", "import", body, read_import_answer, batch_id=self.batch_id)
        except RequestRefused as refusal:
            return self._refused(part, refusal, len(body))
        except Retryable as failure:
            if self.requests == 1:
                raise
            # What is known of other rows is worth more than the exception.
            self.breakdown = f"The platform stopped answering. {failure.reason}"
            return [part]
        return self._judged(part, answer)

    def note(self, part: _Part, verdicts: Sequence[Verdict]) -> None:
        """Keep the verdicts on a part's rows."""
        self.verdicts.update(zip(part.positions, verdicts, strict=True))
        self.has_applied |= any(verdict.fate in (Fate.APPLIED, Fate.APPLIED_WITH_WARNING) for verdict in verdicts)

    def reason_to_stop(self, most_requests: int) -> str | None:
        """Say why no more requests should be made, None where there is no reason."""
        if self.breakdown:
            return self.breakdown
        if self.requests >= most_requests:
            return f"What became of the row could not be found out within {most_requests} requests."
        if not (self.has_applied or self.inserted or self.updated) and self.requests >= FRUITLESS_REQUESTS:
            return f"No row of the batch went through in {self.requests} requests. {self.refusal}".strip()
        return None

    def result(self) -> ImportResult:
        """Return what is known."""
        if self.too_large_bytes < math.inf:
            self.anomalies.append(f"A request of {self.too_large_bytes} bytes was too large; set smaller batches.")
        return ImportResult(
            verdicts=tuple(self.verdicts[position] for position in range(len(self.contacts))),
            inserted=self.inserted,
            updated=self.updated,
            requests=self.requests,
            request_ids=tuple(filter(None, self.request_ids)),
            unplaced=tuple(dict.fromkeys(self.unplaced)),
            anomalies=tuple(dict.fromkeys(self.anomalies)),
        )

    def _judged(self, part: _Part, answer: Answer) -> list[_Part]:
        if not answer.request_id or answer.request_id in self.request_ids:
            self.anomalies.append("An answer bears no request id of its own.")
        self.request_ids.append(answer.request_id)
        judgement = judge(answer, [self.emails[position] for position in part.positions], self.first_row)
        self.anomalies.extend(judgement.anomalies)
        if judgement.counted is not None and not part.counted:
            self.inserted += judgement.counted[0]
            self.updated += judgement.counted[1]
        if judgement.verdicts is None:
            return part.split(judgement.suspects, counted=judgement.counted is not None)
        self.unplaced.extend(judgement.unplaced)
        self.note(part, judgement.verdicts)
        return []

    def _refused(self, part: _Part, refusal: RequestRefused, body_bytes: int) -> list[_Part]:
        self.request_ids.append(refusal.facts.request_id)
        self.refusal = " ".join((str(refusal), *refusal.facts.messages))
        if isinstance(refusal, RequestTooLarge):
            self.too_large_bytes = min(self.too_large_bytes, body_bytes)
        if len(part.positions) > 1:
            return part.split()
        self.note(part, [Verdict(Fate.REFUSED, refusal.facts.messages or (refusal.reason,))])
        return []
