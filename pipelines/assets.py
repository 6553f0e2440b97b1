"""The assets of a sync, made from the settings by one factory. Each body calls one step and says what it found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

import dagster as dg

from connectors.emfluence.errors import Failure
from connectors.sources.errors import SourceError
from connectors.sources.registry import AnySource
from connectors.storage.files import StorageError
from connectors.storage.lock import LockHeldError
from pipelines.installation import Installation
from pipelines.metadata import counts, table_metadata
from pipelines.progress import LoggedProgress, Progress
from pipelines.steps.contacts import choose_contacts
from pipelines.steps.extract import extract
from pipelines.steps.plan import make_plan
from pipelines.steps.send import PlanOutdatedError, send_plan
from pipelines.steps.settle import gather_warnings, reconcile, settle
from pipelines.steps.validate import validate_source
from schemas.outcomes import Outcome

DESTINATION_POOL: Final = "destination"
"""Runs that write to the destination take turns in this pool."""

_EXPECTED: Final = (SourceError, StorageError, LockHeldError, PlanOutdatedError, Failure)


Made = Callable[[str, int], None]
"""Is told the name and the rows of a finished table."""


class PlanConfig(dg.Config):
    """What a person may ask of one run's plan.

    Attributes:
        full: Send what is unchanged as well; what is newer at the destination still stays.
    """

    full: bool = False


def build_assets(
    installation: Installation | None, partitions: dg.PartitionsDefinition[str], progress: Progress | None
) -> list[dg.AssetsDefinition]:
    """Return the assets of every configured source and of the steps that all sources share.

    Args:
        installation: The installation; None where there are no settings yet, which every run then says.
        partitions: The days.
        progress: Told how sending goes on; None to log it.
    """
    sources = installation.settings.sources if installation else ()
    opened = _opener(installation)
    made = progress.made if progress else _unheard
    return [
        *(_extracted(source, opened, partitions, made) for source in sources),
        *(_validated(source, opened, partitions, made) for source in sources),
        _contacts(sources, opened, partitions, made),
        _import_plan(opened, partitions),
        _import_receipts(opened, partitions, progress),
        _row_outcomes(sources, opened, partitions),
        _row_warnings(sources, opened, partitions),
    ]


def _unheard(asset: str, rows: int) -> None:
    """Tell nobody: Dagster shows finished tables by itself."""


def _opener(installation: Installation | None) -> Callable[[], Installation]:
    def opened() -> Installation:
        if installation is None:
            message = 'There are no settings yet: write a sync.yaml with "contact-sync init", then reload.'
            raise dg.Failure(message, allow_retries=False)
        return installation

    return opened


def _extracted(
    source: AnySource, opened: Callable[[], Installation], partitions: dg.PartitionsDefinition[str], made: Made
) -> dg.AssetsDefinition:
    @dg.asset(
        key=["extracted", source.name],
        description=(
            f"The {source.kind} source {source.name} exactly as it was found: every column, plus each row's number. "
            "A snapshot that never changes, so that a sync can be resumed and explained later."
        ),
        partitions_def=partitions,
        group_name="sources",
        kinds={source.kind},
    )
    def extracted(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with explained():
            table = extract(opened(), source, day_of(context))
        made(table.asset, table.rows)
        return dg.MaterializeResult(metadata=table_metadata(table))

    return extracted


def _validated(
    source: AnySource, opened: Callable[[], Installation], partitions: dg.PartitionsDefinition[str], made: Made
) -> dg.AssetsDefinition:
    snapshot = dg.AssetKey(["extracted", source.name])
    validated_key = dg.AssetKey(["validated", source.name])
    rejected_key = dg.AssetKey(["rejected", source.name])

    @dg.multi_asset(
        name=f"validate_{source.name}",
        specs=[
            dg.AssetSpec(
                validated_key,
                deps=[snapshot],
                description=(
                    f"The rows of {source.name} that may be sent: mapped to the platform's fields, normalised "
                    "(addresses, dates, times in GMT) and checked with pandera."
                ),
                kinds={"pandera"},
            ),
            dg.AssetSpec(
                rejected_key,
                deps=[snapshot],
                description=(
                    f"The rows of {source.name} that were set aside, each as it was found and with its reasons. "
                    "Nothing of them is sent; mend them at the source."
                ),
                kinds={"pandera"},
            ),
        ],
        partitions_def=partitions,
        group_name="sources",
    )
    def validated(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        with explained():
            tables = validate_source(opened(), source, day_of(context))
        for table in (tables.validated, tables.rejected):
            made(table.asset, table.rows)
        codes = counts(tables.issues.facts["codes"], "code")
        yield dg.MaterializeResult(validated_key, metadata=table_metadata(tables.validated, issues=codes))
        yield dg.MaterializeResult(rejected_key, metadata=table_metadata(tables.rejected))

    return validated


def _contacts(
    sources: tuple[AnySource, ...],
    opened: Callable[[], Installation],
    partitions: dg.PartitionsDefinition[str],
    made: Made,
) -> dg.AssetsDefinition:
    @dg.asset(
        key="contacts",
        deps=[dg.AssetKey(["validated", source.name]) for source in sources],
        description=(
            "One row per e-mail over all sources. Where several rows hold the same person, the source with the best "
            "priority wins, and the person's groups are united; the other rows become duplicates."
        ),
        partitions_def=partitions,
        group_name="contacts",
        kinds={"polars"},
    )
    def contacts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with explained():
            tables = choose_contacts(opened(), day_of(context))
        made(tables.contacts.asset, tables.contacts.rows)
        return dg.MaterializeResult(metadata=table_metadata(tables.contacts, duplicates=tables.duplicates.rows))

    return contacts


def _import_plan(opened: Callable[[], Installation], partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        key="import_plan",
        deps=["contacts"],
        description=(
            "What this sync will send, fixed before the first request: the contacts whose payload differs from what "
            "the destination last acknowledged, in numbered batches. A plan that was begun is finished before a new "
            "one is made."
        ),
        partitions_def=partitions,
        group_name="destination",
        kinds={"polars"},
        pool=DESTINATION_POOL,
    )
    def import_plan(context: dg.AssetExecutionContext, config: PlanConfig) -> dg.MaterializeResult[Any]:
        with explained():
            plan = make_plan(opened(), day_of(context), full=config.full)
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


def _import_receipts(
    opened: Callable[[], Installation], partitions: dg.PartitionsDefinition[str], progress: Progress | None
) -> dg.AssetsDefinition:
    @dg.asset(
        key="import_receipts",
        deps=["import_plan"],
        description=(
            "The plan's batches sent through the throttled connector, and the platform's answer to each, told apart "
            "row by row. What was acknowledged is folded into the ledger; a batch with a receipt is never sent again."
        ),
        partitions_def=partitions,
        group_name="destination",
        kinds={"httpx"},
        pool=DESTINATION_POOL,
    )
    def import_receipts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with explained():
            installation, day = opened(), day_of(context)
            heard = progress or LoggedProgress(context.log.info)
            sending = send_plan(installation, day, heard.answered)
        if sending.stopped:
            context.log.error("Sending stopped before the end; the rest is pending. %s", sending.stopped)
        return dg.MaterializeResult(
            metadata={
                "requests": sending.requests,
                "throttled": sending.throttled,
                "retries": sending.retries,
                "seconds": sending.seconds,
                "stopped": sending.stopped or "no",
                "ledger_rows": installation.ledger.current().rows,
            }
        )

    return import_receipts


def _row_outcomes(
    sources: tuple[AnySource, ...], opened: Callable[[], Installation], partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    @dg.asset(
        key="row_outcomes",
        deps=["import_receipts", *(dg.AssetKey(["rejected", source.name]) for source in sources)],
        description="Every source row of the day with its one outcome: nobody is lost, nobody is counted twice.",
        partitions_def=partitions,
        group_name="accounting",
        kinds={"polars"},
        check_specs=[
            dg.AssetCheckSpec(
                "every_row_has_one_outcome",
                asset="row_outcomes",
                description="The rows read from each source equal the rows with an outcome, each exactly once.",
                blocking=True,
            ),
            dg.AssetCheckSpec(
                "nothing_is_pending",
                asset="row_outcomes",
                description="The destination answered for every row that was sent; a run is a success only then.",
                blocking=True,
            ),
        ],
    )
    def row_outcomes(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        with explained():
            installation, day = opened(), day_of(context)
            table = settle(installation, day)
            problems = reconcile(installation, day)
        outcomes = table.facts["outcomes"]
        pending = outcomes[Outcome.PENDING]
        yield dg.MaterializeResult(
            metadata=table_metadata(table, outcomes=counts(outcomes, "outcome")),
            check_results=[
                dg.AssetCheckResult(
                    check_name="every_row_has_one_outcome",
                    passed=not problems,
                    description="\n".join(problems) or f"{table.rows:,} rows, each with one outcome.",
                ),
                dg.AssetCheckResult(
                    check_name="nothing_is_pending",
                    passed=not pending,
                    description=f"{pending:,} rows are pending: run the sync again, it goes on with them.",
                ),
            ],
        )

    return row_outcomes


def _row_warnings(
    sources: tuple[AnySource, ...], opened: Callable[[], Installation], partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    @dg.asset(
        key="row_warnings",
        deps=["import_receipts", *(dg.AssetKey(["rejected", source.name]) for source in sources)],
        description=(
            "What a person should read: every finding of our checks and of the platform, with source, row, field, "
            "code and a sentence that says what to do."
        ),
        partitions_def=partitions,
        group_name="accounting",
        kinds={"polars"},
    )
    def row_warnings(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with explained():
            table = gather_warnings(opened(), day_of(context))
        return dg.MaterializeResult(metadata=table_metadata(table))

    return row_warnings


def day_of(context: dg.AssetExecutionContext) -> date:
    """Return the run's partition."""
    return date.fromisoformat(context.partition_key)


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error that a person can act on into a failure with that sentence, and without a retry by Dagster.

    The connector has retried what is worth it already.
    """
    try:
        yield
    except _EXPECTED as error:
        raise dg.Failure(str(error), allow_retries=False) from error
