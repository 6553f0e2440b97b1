"""The assets on the way to the destination: contacts, the plan, and the receipts of its batches."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.metadata import counts, table_metadata
from pipelines.progress import LoggedProgress
from pipelines.steps.contacts import choose_contacts
from pipelines.steps.plan import make_plan
from pipelines.steps.send import send_plan
from pipelines.wiring import DESTINATION_POOL, Wiring, day_of, explained


class PlanConfig(dg.Config):
    """What a person may ask of one run's plan.

    Attributes:
        full: Send what is unchanged as well; what is newer at the destination still stays.
    """

    full: bool = False


def contacts_asset(wiring: Wiring) -> dg.AssetsDefinition:
    """Return one row per e-mail over all sources."""

    @dg.asset(
        key="contacts",
        deps=wiring.keys("validated"),
        description=(
            "One row per e-mail over all sources. Where several rows hold the same person, the source with the best "
            "priority wins, and the person's groups are united; the other rows become duplicates."
        ),
        partitions_def=wiring.partitions,
        group_name="contacts",
        kinds={"polars"},
    )
    def contacts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with explained():
            tables = choose_contacts(wiring.opened(), day_of(context))
        wiring.made(tables.contacts.asset, tables.contacts.rows)
        return dg.MaterializeResult(metadata=table_metadata(tables.contacts, duplicates=tables.duplicates.rows))

    return contacts


def import_plan_asset(wiring: Wiring) -> dg.AssetsDefinition:
    """Return what a sync will send."""

    @dg.asset(
        key="import_plan",
        deps=["contacts"],
        description=(
            "What this sync will send, fixed before the first request: the contacts whose payload differs from what "
            "the destination last acknowledged, in numbered batches. A plan that was begun is finished before a new "
            "one is made."
        ),
        partitions_def=wiring.partitions,
        group_name="destination",
        kinds={"polars"},
        pool=DESTINATION_POOL,
    )
    def import_plan(context: dg.AssetExecutionContext, config: PlanConfig) -> dg.MaterializeResult[Any]:
        with explained():
            plan = make_plan(wiring.opened(), day_of(context), full=config.full)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(plan.counts.values()),
                "plan": plan.id,
                "decisions": counts(plan.counts, "decision"),
                "batches": len(plan.batches),
                "contacts_to_send": sum(batch.contacts for batch in plan.batches),
                "ledger_version": plan.ledger_version,
            }
        )

    return import_plan


def import_receipts_asset(wiring: Wiring) -> dg.AssetsDefinition:
    """Return the sending of a plan."""

    @dg.asset(
        key="import_receipts",
        deps=["import_plan"],
        description=(
            "The plan's batches sent through the throttled connector, and the platform's answer to each, told apart "
            "row by row. What was acknowledged is folded into the ledger; a batch with a receipt is never sent again."
        ),
        partitions_def=wiring.partitions,
        group_name="destination",
        kinds={"httpx"},
        pool=DESTINATION_POOL,
        check_specs=[
            dg.AssetCheckSpec(
                "sending_was_not_stopped",
                asset="import_receipts",
                description="Neither the platform, nor the network, nor a guard ended the sending before its end.",
            )
        ],
    )
    def import_receipts(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        with explained():
            installation, day = wiring.opened(), day_of(context)
            heard = wiring.progress or LoggedProgress(context.log.info)
            sending = send_plan(installation, day, heard.answered)
        if sending.stopped:
            context.log.error("Sending stopped before the end; the rest is pending. %s", sending.stopped)
        yield dg.MaterializeResult(
            check_results=[
                dg.AssetCheckResult(
                    check_name="sending_was_not_stopped",
                    passed=sending.stopped is None,
                    description=sending.stopped or "It came to its end.",
                )
            ],
            metadata={
                "requests": sending.requests,
                "throttled": sending.throttled,
                "retries": sending.retries,
                "slowdowns": sending.slowdowns,
                "seconds_waited": sending.seconds_waited,
                "seconds": sending.seconds,
                "stopped": sending.stopped or "no",
                "ledger_rows": installation.ledger.current().rows,
            },
        )

    return import_receipts
