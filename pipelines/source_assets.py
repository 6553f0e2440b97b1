"""The assets that exist once per source: its snapshot, its rows to send, and its rows set aside."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from connectors.sources.registry import AnySource
from pipelines.metadata import counts, table_metadata
from pipelines.steps.extract import extract
from pipelines.steps.validate import validate_source
from pipelines.wiring import Wiring, day_of, explained


def extracted_asset(wiring: Wiring, source: AnySource) -> dg.AssetsDefinition:
    """Return the snapshot of a source."""

    @dg.asset(
        key=["extracted", source.name],
        description=(
            f"The {source.kind} source {source.name} exactly as it was found: every column, plus each row's number. "
            "A snapshot that never changes, so that a sync can be resumed and explained later."
        ),
        partitions_def=wiring.partitions,
        group_name="sources",
        kinds={source.kind},
    )
    def extracted(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with explained():
            table = extract(wiring.opened(), source, day_of(context))
        wiring.made(table.asset, table.rows)
        return dg.MaterializeResult(metadata=table_metadata(table))

    return extracted


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
        partitions_def=wiring.partitions,
        group_name="sources",
    )
    def validated(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        with explained():
            tables = validate_source(wiring.opened(), source, day_of(context))
        for table in (tables.validated, tables.rejected):
            wiring.made(table.asset, table.rows)
        codes = counts(tables.issues.facts["codes"], "code")
        yield dg.MaterializeResult(validated_key, metadata=table_metadata(tables.validated, issues=codes))
        yield dg.MaterializeResult(rejected_key, metadata=table_metadata(tables.rejected))

    return validated
