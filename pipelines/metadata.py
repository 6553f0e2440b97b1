"""What a run shows of its tables: counts, and a masked sample. No personal data leaves the tables made for it."""

from collections.abc import Mapping
from typing import Any, Final

import dagster as dg
import polars as pl

from connectors.storage.tables import Table
from pipelines.masking import mask
from schemas.rows import TECHNICAL

SAMPLE_ROWS: Final = 5

# Columns that say nothing about a person; the text of every other column is masked.
_OPEN: Final = frozenset(
    (
        *("source", "row", "line", "group_ids", "outcome", "code", "codes", "severity", "field"),
        *("winner_source", "winner_row", "batch", "payload_hash", "__row__", "__line__", "__fault__"),
    )
)
_HIDDEN: Final = frozenset(("found", "text", "reasons", "__text__", "email_key", "payload"))


def table_metadata(table: Table, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever Dagster shows
    """Return a table's row count, version, path and masked sample, with more metadata beside them."""
    facts = {name: fact for name, fact in table.facts.items() if isinstance(fact, str | int | float)}
    return {
        "dagster/row_count": table.rows,
        "version": table.version,
        "path": dg.MetadataValue.path(str(table.path)),
        "sample": sample(table.scan(), is_ours=not table.asset.startswith("extracted/")),
        **facts,
        **more,
    }


def sample(rows: pl.LazyFrame, *, is_ours: bool) -> dg.TableMetadataValue:
    """Return the first rows as a table for the UI, with every personal value masked.

    Args:
        rows: The table.
        is_ours: Whether its columns are named by us. A source may call a column `line` that holds a street.
    """
    first = rows.drop(_HIDDEN, strict=False).head(SAMPLE_ROWS).collect()
    shown = _OPEN if is_ours else frozenset(TECHNICAL)
    columns = [dg.TableColumn(name, "string") for name in first.columns]
    records = [
        dg.TableRecord({name: _text(value) if name in shown else mask(_text(value)) for name, value in row.items()})
        for row in first.iter_rows(named=True)
    ]
    return dg.MetadataValue.table(records, dg.TableSchema(columns))


def counts(numbers: Mapping[str, int], label: str) -> dg.TableMetadataValue:
    """Return counts by name as a table for the UI."""
    schema = dg.TableSchema([dg.TableColumn(label, "string"), dg.TableColumn("rows", "int")])
    shown = [dg.TableRecord({label: name, "rows": number}) for name, number in numbers.items()]
    return dg.MetadataValue.table(shown, schema)


def _text(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
