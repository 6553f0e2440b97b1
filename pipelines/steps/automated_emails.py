"""The guard before the first request: no contact enters a group that would send it an e-mail by itself."""

from collections.abc import Iterable

from connectors.emfluence.account import groups
from connectors.emfluence.client import Client
from connectors.storage.plans import Batch


class GuardStopError(Exception):
    """A guard stopped the sync before it sent anything: mend what the sentence names, then run again.

    Attributes:
        guard: The guard's name.
    """

    def __init__(self, guard: str, message: str) -> None:
        """Stop for a guard."""
        super().__init__(message)
        self.guard = guard


def refuse_automated_emails(client: Client, batches: Iterable[Batch]) -> None:
    """Ask the platform about the groups of a plan, before its first contact is sent.

    API: adding contacts to a group with an automated e-mail sends that e-mail to them.

    Raises:
        GuardStopError: A group does not exist, or sends an automated e-mail to whoever enters it.
        Failure: The platform did not tell.
    """
    wanted = {group for batch in batches for group in batch.group_ids}
    if not wanted:
        return
    known = {group.group_id: group for group in groups(client) if group.group_id in wanted}
    missing = sorted(wanted - set(known))
    if missing:
        message = f"The platform has no group {', '.join(map(str, missing))}. Mend `groups` in the settings."
        raise GuardStopError("groups", message)
    sending = [group for group in known.values() if group.automated_email_id]
    if sending:
        named = ", ".join(f'{one.group_id} "{one.name}" (e-mail {one.automated_email_id})' for one in sending)
        message = (
            f"Group {named} sends an automated e-mail to every contact that enters it. Nothing was sent. "
            "Take the group out of the sources' `groups`, or the automated e-mail off the group."
        )
        raise GuardStopError("automated_emails", message)
