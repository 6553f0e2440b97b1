"""Guards: checks that stop a sync before it sends anything."""

from collections.abc import Iterable
from typing import Final

from connectors.emfluence.account import groups
from connectors.emfluence.client import Client
from connectors.emfluence.records import Group
from connectors.storage.plan import Batch
from connectors.storage.tables import Table
from pipelines.installation import Installation

AUTOMATED_EMAIL: Final = "autoResponseEmailID"


class GuardStopError(Exception):
    """A guard stopped the sync before it sent anything: mend what the sentence names, then run again.

    Attributes:
        guard: The guard's name.
    """

    def __init__(self, guard: str, message: str) -> None:
        """Stop for a guard."""
        super().__init__(message)
        self.guard = guard


def refuse_useless_sources(installation: Installation, contacts: Table) -> None:
    """Stop where a source was read and not one of its rows is valid: that is a wrong mapping, or a broken export.

    Raises:
        GuardStopError: A source has no valid row.
        StorageError: A table is missing or damaged.
    """
    for asset, version in contacts.inputs.items():
        if installation.tables.version(asset, contacts.day, version).rows:
            continue
        source = asset.removeprefix("validated/")
        issues = installation.tables.version(f"issues/{source}", contacts.day, version)
        found = ", ".join(f"{code} {count:,}" for code, count in issues.facts["codes"].items())
        message = (
            f"Not one row of source {source} is valid ({found}). Nothing was sent. Check its mapping and its file; the "
            f"rows are in rejected/{source}."
        )
        raise GuardStopError("no_valid_rows", message)


def refuse_automated_emails(client: Client, batches: Iterable[Batch]) -> None:
    """Ask the platform about the groups of a plan, before its first contact is sent.

    API: adding contacts to a group with an automated e-mail sends that e-mail to them.

    Raises:
        GuardStopError: A group does not exist, or sends an automated e-mail to whoever enters it, or the platform does
            not say whether it does.
        Failure: The platform did not answer.
    """
    wanted = {group for batch in batches for group in batch.group_ids}
    if not wanted:
        return
    known = {group.group_id: group for group in groups(client) if group.group_id in wanted}
    missing = sorted(wanted - set(known))
    if missing:
        message = f"The platform has no group {', '.join(map(str, missing))}. Mend `groups` in the settings."
        raise GuardStopError("groups", message)
    unclear = [group for group in known.values() if AUTOMATED_EMAIL not in group.record]
    if unclear:
        message = (
            f"The platform does not say whether group {_named(unclear)} sends an automated e-mail. Nothing was sent."
        )
        raise GuardStopError("automated_emails", message)
    sending = [group for group in known.values() if group.automated_email_id]
    if sending:
        message = (
            f"Group {_named(sending)} sends an automated e-mail to every contact that enters it. Nothing was sent. "
            "Take the group out of the sources' `groups`, or the automated e-mail off the group."
        )
        raise GuardStopError("automated_emails", message)


def _named(found: list[Group]) -> str:
    return ", ".join(f'{group.group_id} "{group.name}"' for group in found)
