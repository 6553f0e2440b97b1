"""The worst rows of a source's day for the UI: where they stand, what is wrong, and how their values are built."""

from collections.abc import Mapping
from typing import Any, Final

import dagster as dg
import polars as pl

from connectors.sources.registry import AnySource
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.masking import shape
from schemas.found import found_column, found_text
from schemas.rows import FAULT_TEXT, LINE, ROW

_SHAPES: Final = "values (a: letters, 9: a digit)"
_COLUMNS: Final = ("row", "line", "codes", _SHAPES)


def worst_rows(installation: Installation, source: AnySource, quality: Table) -> dg.TableMetadataValue:
    """Return the worst rows of a source's day, of whose values nothing but the shape is told.

    Args:
        installation: The installation.
        source: The source.
        quality: The day's `quality/<source>`.

    Raises:
        StorageError: The snapshot is missing or damaged.
    """
    columns = {field.field: field.column for field in source.mapping().fields if field.column is not None}
    found = _as_found(installation, source, quality, columns)
    records = [
        dg.TableRecord(
            {
                "row": str(worst["row"]),
                "line": str(found[worst["row"]][LINE] or ""),
                "codes": ", ".join(worst["codes"]),
                _SHAPES: _shapes(found[worst["row"]], worst["fields"], columns),
            }
        )
        for worst in quality.facts["worst"]
    ]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(name, "string") for name in _COLUMNS]))


def _as_found(
    installation: Installation, source: AnySource, quality: Table, columns: Mapping[str, str]
) -> dict[int, dict[str, Any]]:
    """Return the worst rows by their number: technical columns, and the mapped ones under `found`."""
    numbers = [worst["row"] for worst in quality.facts["worst"]]
    tables, asset = installation.tables, f"issues/{source.name}"
    issues = tables.version(asset, quality.day, quality.inputs[asset])
    [(snapshot, version)] = issues.inputs.items()
    rows = tables.version(snapshot, quality.day, version).scan().filter(pl.col(ROW).is_in(numbers))
    types = rows.collect_schema()
    found = [found_text(found_column(name), types[name]).alias(name) for name in dict.fromkeys(columns.values())]
    read = rows.select(ROW, LINE, FAULT_TEXT, pl.struct(found).alias("found")).collect()
    return {row[ROW]: row for row in read.iter_rows(named=True)}


def _shapes(row: Mapping[str, Any], fields: list[str], columns: Mapping[str, str]) -> str:
    """Return the shapes of the values that have issues; of a row that could not be split, of its text."""
    if row[FAULT_TEXT] is not None:
        return shape(row[FAULT_TEXT])
    values = {field: row["found"][columns[field]] or "" for field in fields if field in columns}
    return ", ".join(f"{field}: {shape(value) or 'empty'}" for field, value in values.items())
