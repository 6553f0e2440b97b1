"""Step 5: the plan's batches go out, paced; each answer is kept before it counts, and then folded into the ledger."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from connectors.emfluence.client import Client
from connectors.emfluence.errors import Failure
from connectors.emfluence.imports import ImportResult, import_contacts
from connectors.emfluence.verdicts import Fate
from connectors.sources.errors import SecretMissing
from connectors.storage.files import StorageError, read_json, replace_file, to_json
from connectors.storage.lock import HeldLock, LockHeldError, sync_lock
from connectors.storage.plan import Batch, Plan
from connectors.storage.receipts import Receipt
from pipelines.installation import Installation
from pipelines.steps.fold import fold_plan, take_in_receipts
from pipelines.steps.guards import GuardStopError, refuse_automated_emails
from schemas.contact import EMAIL_KEY
from schemas.row_outcomes import Verdict

Answered = Callable[[int, int], None]
"""Called with the contacts answered so far and the contacts to send in all."""

_INTERRUPTED: Final = "It was interrupted. Run it again: it goes on where it stopped."

_VERDICTS: Final = {
    Fate.APPLIED: Verdict.APPLIED,
    Fate.APPLIED_WITH_WARNING: Verdict.WARNED,
    Fate.REFUSED: Verdict.REFUSED,
    Fate.UNKNOWN: Verdict.UNKNOWN,
}


@dataclass(frozen=True)
class Sending:
    """What sending a plan took, the last time that something was sent.

    Attributes:
        requests: Requests made, re-sends included.
        throttled: Answers that carried the throttle header.
        retries: Requests made again after one that was not answered well.
        slowdowns: How often the pace was cut down, because of that header, an HTTP 403 or a code 5.
        seconds_waited: Seconds that requests waited for their turn, in all.
        seconds: From the first request to the last answer.
        stopped: Why it ended before every batch was answered; None where it did not.
        guard: The guard that stopped it before anything was sent; None where none did.
        resumed: Whether it went on with a plan that an earlier sync had begun.
    """

    requests: int = 0
    throttled: int = 0
    retries: int = 0
    slowdowns: int = 0
    seconds_waited: float = 0.0
    seconds: float = 0.0
    stopped: str | None = None
    guard: str | None = None
    resumed: bool = False


class PlanOutdatedError(Exception):
    """The ledger or the destination is another one since the plan was made: run the sync again, it plans afresh."""


def send_plan(installation: Installation, day: dt.date, answered: Answered) -> Sending:
    """Send the batches of the day's plan that have no receipt yet, and fold what was acknowledged into the ledger.

    Returns:
        What it took. Where the platform or the network ended it early, `stopped` says why, and the rest is pending.

    Raises:
        PlanOutdatedError: The plan may hold older data than the destination has by now, or is for another
            destination; nothing was sent.
        LockHeldError: Another sync is sending; nothing was sent.
        LockLostError: Another sync may have begun; nothing more was sent.
        StorageError: Receipts cannot be kept; nothing more was sent.
    """
    with sync_lock(installation.storage, installation.now()) as lock:
        plan = installation.plans.latest(day)
        if plan is None:
            message = f"There is no plan for {day}: materialise import_plan first, or run the whole nightly_sync."
            raise StorageError(message)
        take_in_receipts(installation)
        unanswered = plan.unanswered()
        if unanswered:
            _refuse_outdated(installation, plan)
        try:
            return _send(installation, plan, unanswered, answered, lock) if unanswered else _keep(plan, Sending())
        finally:
            lock.check()  # the ledger is written by whoever has the lock; what was answered is kept, and folded then
            fold_plan(installation, plan)


def _refuse_outdated(installation: Installation, plan: Plan) -> None:
    if plan.destination != installation.destination:
        message = f"Plan {plan.id} was made for {plan.destination}. Run the sync of {plan.day} again."
        raise PlanOutdatedError(message)
    if installation.ledger.current().moved_on(plan.ledger_version, plan.id):
        message = f"Another sync has finished since plan {plan.id} was made. Run the sync of {plan.day} again."
        raise PlanOutdatedError(message)


def last_sending(plan: Plan) -> Sending:
    """Return what the latest sending of a plan took."""
    path = _kept(plan)
    return Sending(**read_json(path)) if path.exists() else Sending()


def _kept(plan: Plan) -> Path:
    return plan.folder / "sending.json"


def _send(
    installation: Installation, plan: Plan, unanswered: list[Batch], answered: Answered, lock: HeldLock
) -> Sending:
    """Send batches, and keep what that took, also where it is interrupted."""
    started = installation.now()
    total = sum(batch.contacts for batch in plan.batches)
    done = total - sum(batch.contacts for batch in unanswered)
    stopped = guard = None
    resumed = plan.is_begun()
    try:
        client = installation.client()
    except (Failure, SecretMissing) as failure:
        return _keep(plan, Sending(stopped=str(failure)))
    with client:
        try:
            refuse_automated_emails(client, unanswered)
            for contacts in _answers(installation, client, plan, unanswered, lock):
                done += contacts
                answered(done, total)
        except GuardStopError as stop:
            stopped, guard = str(stop), stop.guard
        except Failure as failure:
            stopped = installation.explain(failure)
        except BaseException as error:  # a disk that is full, a lock that was lost, or an interruption
            stopped = str(error) if isinstance(error, StorageError | LockHeldError) else _INTERRUPTED
            _keep(plan, replace(_took(client, installation.now() - started), stopped=stopped))
            raise
        took = _took(client, installation.now() - started)
    return _keep(plan, replace(took, stopped=stopped, guard=guard, resumed=resumed))


def _took(client: Client, time: dt.timedelta) -> Sending:
    report = client.report()
    return Sending(
        requests=report.requests,
        throttled=report.throttled,
        retries=report.retries,
        slowdowns=report.slowdowns,
        seconds_waited=round(report.seconds_waited, 3),
        seconds=round(time.total_seconds(), 3),
    )


def _keep(plan: Plan, sending: Sending) -> Sending:
    replace_file(_kept(plan), to_json(asdict(sending)))
    return sending


def _answers(
    installation: Installation, client: Client, plan: Plan, batches: list[Batch], lock: HeldLock
) -> Iterator[int]:
    """Send batches over a few connections, and yield each answered batch's number of contacts.

    The first failure ends it: what is in flight is waited for and kept, then the failure is raised.
    """
    connections = installation.settings.destination.connections
    with ThreadPoolExecutor(connections, thread_name_prefix="import") as pool:
        flying: set[Future[int]] = set()
        for batch, rows in plan.contents(batches):
            lock.check()
            flying.add(pool.submit(_send_batch, installation, client, plan, batch, rows))
            if len(flying) >= connections:
                landed, flying = wait(flying, return_when=FIRST_COMPLETED)
                for future in landed:
                    yield future.result()
        for future in flying:
            yield future.result()


def _send_batch(installation: Installation, client: Client, plan: Plan, batch: Batch, rows: pl.DataFrame) -> int:
    plan.mark(batch, installation.now())
    result = import_contacts(
        client, rows["payload"].to_list(), rows[EMAIL_KEY].to_list(), batch.group_ids, batch_id=batch.id
    )
    plan.resolve(_receipt(batch, result, installation.now()))
    return batch.contacts


def _receipt(batch: Batch, result: ImportResult, now: dt.datetime) -> Receipt:
    exceptions = {
        position: (_VERDICTS[verdict.fate], verdict.sentences)
        for position, verdict in enumerate(result.verdicts)
        if verdict.fate is not Fate.APPLIED
    }
    return Receipt(
        batch=batch.id,
        answered_at=now,
        request_ids=result.request_ids,
        inserted=result.inserted,
        updated=result.updated,
        exceptions=exceptions,
        notes=(*result.unplaced, *result.anomalies),
    )
