"""Step 2: a snapshot becomes canonical rows, and rows set aside with their reasons."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import polars as pl

from connectors.sources.registry import AnySource
from connectors.storage.files import StorageError
from connectors.storage.tables import Table
from pipelines.installation import Installation
from pipelines.steps.ahead import ahead
from pipelines.steps.resume import pinned
from pipelines.steps.slices import slices
from schemas.validate import check, read


@dataclass(frozen=True)
class ValidatedTables:
    """One source's day after validation: the rows to sync, the rows set aside, and all issues of both."""

    validated: Table
    rejected: Table
    issues: Table


def validate_source(installation: Installation, source: AnySource, day: dt.date) -> ValidatedTables:
    """Map, normalise and check the day's snapshot of a source.

    Raises:
        StorageError: There is no snapshot, or a table cannot be written.
    """
    tables = installation.tables
    names = [f"{kind}/{source.name}" for kind in ("validated", "rejected", "issues")]
    kept = [pinned(installation, day, name) for name in names]
    if kept[0] is not None and kept[1] is not None and kept[2] is not None:
        return ValidatedTables(kept[0], kept[1], kept[2])
    snapshot = required(installation, f"extracted/{source.name}", day)
    inputs = {snapshot.asset: snapshot.version}
    mapping = source.mapping()
    codes: Counter[str] = Counter()
    version = tables.next_version(day, *names)
    with (
        tables.new_version(names[0], day, inputs, version) as contacts,
        tables.new_version(names[1], day, inputs, version) as rejected,
        tables.new_version(names[2], day, inputs, version) as issues,
    ):
        for values in ahead(read(rows, mapping) for rows in slices(snapshot)):
            result = check(values, mapping)
            contacts.write(result.contacts)
            rejected.write(result.rejected)
            issues.write(result.issues)
            codes.update(_counted(result.issues))
        issues.facts["codes"] = dict(codes)
    return ValidatedTables(contacts.table, rejected.table, issues.table)


def required(installation: Installation, asset: str, day: dt.date) -> Table:
    """Return the current version of a table that an earlier step has made.

    Raises:
        StorageError: It has not been made yet.
    """
    table = installation.tables.current(asset, day)
    if table is None:
        message = f"{asset} has not been made for {day}: materialise it first, or run the whole nightly_sync."
        raise StorageError(message)
    return table


def _counted(issues: pl.DataFrame) -> dict[str, int]:
    return dict(issues["code"].value_counts().iter_rows())
