"""Whether a day's sync goes on where it stopped: a plan that was begun is finished before anything is read anew."""

import datetime as dt

from connectors.storage.plan import Plan
from connectors.storage.tables import Table
from pipelines.installation import Installation


def open_plan(installation: Installation, day: dt.date) -> Plan | None:
    """Return the day's plan that was begun and still has batches without a receipt, or None.

    A plan is not gone on with once the settings have changed, or once another plan has changed the ledger: its
    contacts may be older than what the destination has now. The next plan of the day then decides afresh; what became
    of a request that was begun and not answered is left open by nobody, since such contacts are never unchanged.
    """
    plan = installation.plans.latest(day)
    if plan is None or not plan.is_begun() or not plan.unanswered():
        return None
    is_ours = (plan.settings, plan.destination) == (installation.settings_digest, installation.destination)
    if not is_ours or installation.ledger.current().moved_on(plan.ledger_version, plan.id):
        return None
    return plan


def pinned(installation: Installation, day: dt.date, asset: str) -> Table | None:
    """Return the table that the day's open plan was made from, or None where a new one is to be made.

    While a plan is open its inputs stay as they are: what the source has gained since is left to the next sync.
    """
    plan = open_plan(installation, day)
    if plan is None or asset not in plan.inputs:
        return None
    return installation.tables.version(asset, day, plan.inputs[asset])
