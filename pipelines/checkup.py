"""Whether a sync would work, looked at part by part: each finding is ok, or says what to do."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from connectors.emfluence.account import groups, ping, user
from connectors.emfluence.client import Client
from connectors.emfluence.errors import Failure, Reauthorise
from connectors.emfluence.protocol import Answer
from connectors.sources.errors import SecretMissing, SourceError
from connectors.sources.file_settings import without_waiting
from connectors.sources.registry import AnySource
from connectors.storage.files import StorageError, make_folder
from pipelines.installation import Installation
from pipelines.steps.extract import opened
from pipelines.steps.guards import AUTOMATED_EMAIL

_CLOCK_TOLERANCE_SECONDS: Final = 60

ADMINISTRATOR: Final = "Client Administrator"
NEEDED_PERMISSIONS: Final = ("Contacts (Add)", "Contacts (Edit)", "Contacts (Import)")
EXPORT_PERMISSION: Final = "Contacts (Export)"


@dataclass(frozen=True)
class Finding:
    """One part that was looked at.

    Attributes:
        part: What was looked at.
        ok: Whether it would work.
        sentence: What was found, or what to do.
    """

    part: str
    ok: bool
    sentence: str


def check_installation(installation: Installation, day: dt.date) -> Iterator[Finding]:
    """Look at storage, sources and destination, one after the other. Nothing is changed at the destination.

    Args:
        installation: The installation.
        day: The day whose sources are opened.
    """
    yield _storage(installation)
    for source in installation.settings.sources:
        yield _source(installation, source, day)
    yield from _destination(installation)


def _storage(installation: Installation) -> Finding:
    try:
        return Finding("storage", ok=True, sentence=str(make_folder(installation.storage)))
    except StorageError as error:
        return Finding("storage", ok=False, sentence=str(error))


def _source(installation: Installation, source: AnySource, day: dt.date) -> Finding:
    part = f"source {source.name}"
    try:
        with opened(installation, without_waiting(source), day) as (reading, _):
            next(reading.batches, None)
            mapped = len(source.mapping().columns)
            facts = ", ".join(
                f"{name} {reading.facts[name]}"
                for name in ("files", "sheet", "encoding", "separator")
                if name in reading.facts
            )
    except SourceError as error:
        return Finding(part, ok=False, sentence=str(error))
    unmapped = [f'"{name}"' for name in reading.header if name not in source.mapping().columns]
    left_out = f"left out: {', '.join(unmapped)}" if unmapped else ""
    found = [f"{len(reading.header)} columns, {mapped} mapped", left_out, facts]
    return Finding(part, ok=True, sentence="; ".join(filter(None, found)))


def _destination(installation: Installation) -> Iterator[Finding]:
    try:
        client = installation.client()
    except (Failure, SecretMissing) as error:
        yield Finding("token", ok=False, sentence=str(error))
        return
    with client:
        try:
            answer = ping(client)
            yield Finding("destination", ok=True, sentence=_address(installation))
            yield _clock(installation, answer)
            yield _limits(installation, answer)
            yield Finding("token", ok=True, sentence="valid")
            yield _permissions(client)
            yield from _groups(installation, client)
        except Reauthorise as error:
            yield Finding("token", ok=False, sentence=str(error))
        except Failure as error:
            yield Finding("destination", ok=False, sentence=installation.explain(error))


def _address(installation: Installation) -> str:
    sandbox = "; SANDBOX, a stand-in on this machine: nobody is written to" if installation.is_on_this_machine else ""
    return f"{installation.base_url} answers{sandbox}"


def _clock(installation: Installation, answer: Answer) -> Finding:
    """Compare clocks: ours decides which day a sync is of, and when the schedule fires."""
    if answer.date is None:
        return Finding("clock", ok=True, sentence="the destination does not tell its time; ours was not compared")
    seconds = abs((installation.now() - answer.date).total_seconds())
    if seconds > _CLOCK_TOLERANCE_SECONDS:
        sentence = f"this machine's clock differs from the destination's by {seconds:,.0f} s; set it by NTP."
        return Finding("clock", ok=False, sentence=sentence)
    return Finding("clock", ok=True, sentence=f"within {_CLOCK_TOLERANCE_SECONDS} s of the destination's")


def _limits(installation: Installation, answer: Answer) -> Finding:
    destination = installation.settings.destination
    sentence = (
        f"{destination.connections} connections, {destination.requests_per_second} requests a second, batches of "
        f"{destination.batch_contacts:,} contacts: at most "
        f"{destination.requests_per_second * destination.batch_contacts:,} contacts a second"
    )
    if answer.throttled is not None:
        busy = "the destination slows this address down right now; another program may share it"
        return Finding("limits", ok=False, sentence=f"{busy}. {sentence}")
    return Finding("limits", ok=True, sentence=sentence)


def _permissions(client: Client) -> Finding:
    granted = user(client).permissions
    missing = [] if ADMINISTRATOR in granted else [one for one in NEEDED_PERMISSIONS if one not in granted]
    if missing:
        sentence = f"the token's user lacks {', '.join(missing)}; an administrator of the account can grant it."
        return Finding("permissions", ok=False, sentence=sentence)
    may_export = ADMINISTRATOR in granted or EXPORT_PERMISSION in granted
    exports = "and exported" if may_export else f"but not exported, which takes {EXPORT_PERMISSION}"
    return Finding("permissions", ok=True, sentence=f"contacts may be added, edited, imported, {exports}")


def _groups(installation: Installation, client: Client) -> Iterator[Finding]:
    wanted = sorted({group for source in installation.settings.sources for group in source.groups})
    if not wanted:
        return
    known = {group.group_id: group for group in groups(client)}
    for group_id in wanted:
        part = f"group {group_id}"
        group = known.get(group_id)
        if group is None:
            yield Finding(part, ok=False, sentence="the platform has no such group; mend `groups` in the settings.")
        elif AUTOMATED_EMAIL not in group.record:
            sentence = "the platform does not say whether it sends an automated e-mail; a sync into it is stopped."
            yield Finding(part, ok=False, sentence=sentence)
        elif group.automated_email_id:
            sentence = (
                f'"{group.name}" sends e-mail {group.automated_email_id} by itself to whoever enters it; a sync '
                "into it is stopped. Take the group out of `groups`, or the automated e-mail off the group."
            )
            yield Finding(part, ok=False, sentence=sentence)
        else:
            yield Finding(part, ok=True, sentence=f'"{group.name}", sends no automated e-mail')
