"""Opens sources the way a sync does, and shows what they held as plain Python values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from connectors.sources.reading import Request
from connectors.sources.registry import AnySource, open_source
from connectors.sources.settings import SourceSettings

DAY = date(2026, 11, 24)
SETTINGS: TypeAdapter[SourceSettings] = TypeAdapter(AnySource)


@dataclass(frozen=True)
class Held:
    """What a source held.

    Attributes:
        header: The columns as found.
        schema: The schema of the reading.
        facts: What was found out about the source.
        rows: The cells of each row that was read well, by the row's number.
        lines: The line of every row.
        faults: Fault and text of each row that was set aside, by the row's number.
    """

    header: tuple[str, ...]
    schema: pa.Schema
    facts: dict[str, str | int]
    rows: dict[int, tuple[Any, ...]]
    lines: list[int | None]
    faults: dict[int, tuple[str, str | None]]

    @property
    def cells(self) -> list[tuple[Any, ...]]:
        """The cells of the rows that were read well."""
        return list(self.rows.values())


def settings(**given: object) -> SourceSettings:
    """Return the settings of a source whose address is in the column `email`, unless told otherwise."""
    return SETTINGS.validate_python({"name": "crm", "fields": {"email": "email"}, **given})


def csv(folder: Path, content: bytes | str, **given: object) -> Held:
    """Read a CSV file of this content."""
    (folder / "people.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return read(folder, None, kind="csv", path="people.csv", **given)


def read(
    folder: Path, environ: Mapping[str, str] | None = None, sleep: Callable[[float], None] = sleep, /, **given: object
) -> Held:
    """Read a source to its end."""
    with TemporaryDirectory() as scratch:
        request = Request(DAY, folder, environ or {}, Path(scratch), sleep=sleep)
        with open_source(settings(**given), request) as reading:
            batches = list(reading.batches)
            table = pa.Table.from_batches(batches, reading.schema)
    found = [tuple(row.values()) for row in table.to_pylist()]
    assert len(set(table.column_names)) == len(table.column_names)
    assert [row[0] for row in found] == list(range(1, len(found) + 1))
    return Held(
        reading.header,
        reading.schema,
        reading.facts,
        {row[0]: row[4:] for row in found if row[2] is None},
        [row[1] for row in found],
        {row[0]: (row[2], row[3]) for row in found if row[2] is not None},
    )
