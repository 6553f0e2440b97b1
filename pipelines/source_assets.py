"""The assets that exist once per source: its snapshot, its rows to send, and its rows set aside."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import dagster as dg

from connectors.sources.registry import AnySource
from pipelines.begin import begun
from pipelines.metadata import table_metadata
from pipelines.quality_view import check_results, codes_table, quality_checks, shares
from pipelines.steps.extract import extract
from pipelines.steps.freshness import Freshness, freshness
from pipelines.steps.quality import measured, standing
from pipelines.steps.validate import validate_source
from pipelines.wiring import Wiring, day_of, explained
from pipelines.worst_rows import worst_rows

_IS_FRESH: Final = "source_is_fresh"


class ExtractConfig(dg.Config):
    """What a person may ask of one reading.

    Attributes:
        full_read: Read a source whole that gives only what changed otherwise.
    """

    full_read: bool = False


def extracted_asset(wiring: Wiring, source: AnySource) -> dg.AssetsDefinition:
    """Return the snapshot of a source."""
    key = dg.AssetKey(["extracted", source.name])

    @dg.asset(
        key=key,
        description=(
            f"The {source.kind} source {source.name} exactly as it was found: every column, plus each row's number. "
            "A snapshot that never changes, so that a sync can be resumed and explained later."
        ),
        partitions_def=wiring.partitions,
        group_name="sources",
        kinds={source.kind},
        freshness_policy=_freshness_policy(source),
        check_specs=[
            dg.AssetCheckSpec(
                _IS_FRESH,
                asset=key,
                description="It has not said the same for longer than its stale_after_days; only a warning.",
            )
        ],
    )
    def extracted(context: dg.AssetExecutionContext, config: ExtractConfig) -> Iterator[dg.MaterializeResult[Any]]:
        with begun(context, wiring):
            installation, day = wiring.opened(), day_of(context)
            table = extract(installation, source, day, whole=config.full_read)
            fresh = freshness(installation, source, day)
        wiring.made(table.asset, table.rows)
        yield dg.MaterializeResult(metadata=table_metadata(table), check_results=[_freshness_result(key, fresh)])

    return extracted


def _freshness_policy(source: AnySource) -> dg.FreshnessPolicy | None:
    """Return what Dagster says of a source that no sync has read for as long as it may stay the same."""
    days = source.stale_after_days
    return None if days is None else dg.FreshnessPolicy.time_window(fail_window=timedelta(days=days))


def _freshness_result(key: dg.AssetKey, fresh: Freshness | None) -> dg.AssetCheckResult:
    said = f"It changed last on {fresh.changed}, {fresh.age_days} days before." if fresh else "It was never read."
    return dg.AssetCheckResult(
        check_name=_IS_FRESH,
        asset_key=key,
        passed=fresh is None or fresh.stale is None,
        severity=dg.AssetCheckSeverity.WARN,
        description=fresh.stale if fresh and fresh.stale else said,
        metadata={"age_days": fresh.age_days, "day": fresh.day.isoformat()} if fresh else {},
    )


def validated_asset(wiring: Wiring, source: AnySource) -> dg.AssetsDefinition:
    """Return a source's rows to send, and those set aside."""
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
        check_specs=quality_checks(rejected_key),
        partitions_def=wiring.partitions,
        group_name="sources",
    )
    def validated(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        with explained():
            installation, day = wiring.opened(), day_of(context)
            tables = validate_source(installation, source, day)
            quality = measured(installation, source.name, day, tables.validated.version)
            worst = worst_rows(installation, source, quality)
        for table in (tables.validated, tables.rejected):
            wiring.made(table.asset, table.rows)
        found = standing(installation, quality)
        seen: dict[str, Any] = {**shares(found), "codes": codes_table(quality, found.quality.people)}
        yield dg.MaterializeResult(validated_key, metadata={**seen, **table_metadata(tables.validated)})
        yield dg.MaterializeResult(
            rejected_key,
            metadata={**seen, "worst_rows": worst, **table_metadata(tables.rejected)},
            check_results=check_results(found, rejected_key),
        )

    return validated
