"""The columns of a reading: the technical ones first, then the source's own under unique names."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.settings import SourceSettings
from schemas.mapping import header_problems
from schemas.rows import FAULT, FAULT_TEXT, LINE, ROW, TECHNICAL

TECHNICAL_FIELDS = (
    pa.field(ROW, pa.int64()),
    pa.field(LINE, pa.int64()),
    pa.field(FAULT, pa.string()),
    pa.field(FAULT_TEXT, pa.string()),
)


def unique_names(header: Sequence[str]) -> list[str]:
    """Return a name per column: as found, a repeat as `name (2)`, one without a name as `column 3`."""
    taken = set(header)
    names: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    for position, found in enumerate(header, start=1):
        name = wanted = found or f"column {position}"
        while name in names or (name in taken and name != found):
            numbers[wanted] += 1
            name = f"{wanted} ({numbers[wanted] + 1})"
        names[name] = None
    return list(names)


def reading_schema(header: Sequence[str], types: Sequence[pa.DataType]) -> pa.Schema:
    """Return the schema of a reading whose source has these columns."""
    own = [pa.field(name, kind) for name, kind in zip(unique_names(header), types, strict=True)]
    return pa.schema([*TECHNICAL_FIELDS, *own])


def check_header(settings: SourceSettings, header: Sequence[str]) -> None:
    """Make sure that the header can carry the mapping.

    Args:
        settings: The source's settings.
        header: The column names as found.

    Raises:
        SourceSettingsWrong: A mapped column is missing or ambiguous, a column has one of our technical names, or the
            header looks like a contact.
    """
    problems = header_problems(settings.mapping().columns, header)
    if problems and any("@" in name for name in header):
        raise SourceSettingsWrong(
            f"Source {settings.name}: its first line looks like a contact, not like a header. "
            "Deliver it with the columns' names on the first line."
        )
    problems += [
        f'column "{name}" has a name that contact-sync uses itself; rename it.' for name in header if name in TECHNICAL
    ]
    if problems:
        raise SourceSettingsWrong(f"Source {settings.name}: {' '.join(problems)}")


def refuse_mapped(settings: SourceSettings, unreadable: Sequence[str]) -> None:
    """Make sure that no mapped column is one whose values cannot become one text.

    Args:
        settings: The source's settings.
        unreadable: The columns of lists, structures or binary data.

    Raises:
        SourceSettingsWrong: One of them is mapped.
    """
    refused = ", ".join(f'"{name}"' for name in settings.mapping().columns if name in unreadable)
    if refused:
        raise SourceSettingsWrong(
            f"Source {settings.name}: {refused} holds lists, structures or binary data, which no field takes. "
            "Map another column, or turn it into text at the source."
        )


def with_technical(
    schema: pa.Schema,
    columns: Sequence[pa.Array],
    first_row: int,
    lines: npt.NDArray[np.int64] | None = None,
    faults: tuple[pa.Array, pa.Array] | None = None,
) -> pa.RecordBatch:
    """Put the technical columns before the source's.

    Args:
        schema: The reading's schema.
        columns: The source's columns, of equal length; at least one.
        first_row: The number of the first row.
        lines: The line on which each row starts, or None where a source has no lines.
        faults: The fault and the faulty text per row, or None where every row was read well.
    """
    count = len(columns[0])
    rows = pa.array(np.arange(first_row, first_row + count, dtype=np.int64))
    line = pa.nulls(count, pa.int64()) if lines is None else pa.array(lines)
    fault, text = faults or (pa.nulls(count, pa.string()), pa.nulls(count, pa.string()))
    return pa.RecordBatch.from_arrays([rows, line, fault, text, *columns], schema=schema)
