"""Frames and mappings as the extraction and the settings make them, for the tests of this folder."""

from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl

from schemas.fields import EMAIL, FIELDS, FieldType
from schemas.mapping import FieldMapping, SourceMapping
from schemas.normalise import normalise
from schemas.readings import prepare
from schemas.rows import FAULT, FAULT_TEXT, LINE, ROW, TECHNICAL
from schemas.validate import Validated, validate

EMAIL_COLUMN = "Email Address"
EMAIL_MAPPING = FieldMapping(EMAIL, FieldType.EMAIL, column=EMAIL_COLUMN)


def extracted(columns: Mapping[str, Sequence[object] | pl.Series], faults: Sequence[str | None] = ()) -> pl.DataFrame:
    """Return extracted rows: the technical columns, then the source's own, of text unless given as a series."""
    own = [
        values.alias(name) if isinstance(values, pl.Series) else pl.Series(name, values, pl.String)
        for name, values in columns.items()
    ]
    count = len(own[0])
    found = list(faults) or [None] * count
    technical = {
        ROW: list(range(1, count + 1)),
        LINE: list(range(2, count + 2)),
        FAULT: found,
        FAULT_TEXT: [None if fault is None else "as found" for fault in found],
    }
    return pl.DataFrame(technical, schema=TECHNICAL).hstack(own)


def mapping_of(*fields: FieldMapping, source: str = "crm") -> SourceMapping:
    """Return a source's mapping of the e-mail column and of further fields."""
    return SourceMapping(source, (EMAIL_MAPPING, *fields))


def read(mapping: FieldMapping, cells: Sequence[object] | pl.Series) -> tuple[list[object], dict[str, list[int]]]:
    """Return what one column's cells are read as and, by issue code, the positions that it was found in."""
    rows = extracted({mapping.column or "unmapped": cells})
    reading = normalise(mapping, rows)
    findings = {str(code): found for code, found in reading.findings.items()}
    made = prepare(rows.lazy(), [reading]).select(ROW, reading.value.alias("value"), **findings).collect()
    places = {code: made[code].fill_null(value=False).arg_true().to_list() for code in findings}
    return made["value"].to_list(), {code: found for code, found in places.items() if found}


def validated(  # noqa: PLR0913 # the keywords are those of a mapping
    cells: Sequence[object] | pl.Series,
    field: str = "custom1",
    kind: FieldType | None = None,
    *,
    timezone: str = "UTC",
    when: tuple[str, ...] = (),
    blank: Literal["keep", "clear"] = "keep",
    max_length: int | None = None,
) -> Validated:
    """Validate one column beside good addresses, mapped to one field."""
    addresses = [f"person{number}@example.com" for number in range(1, len(cells) + 1)]
    mapping = FieldMapping(field, kind or FIELDS[field].type, "cell", None, (), timezone, when, blank, max_length)
    return validate(extracted({EMAIL_COLUMN: addresses, "cell": cells}), mapping_of(mapping))


def issues_of(result: Validated) -> list[tuple[int, str | None, str, str]]:
    """Return each issue's row, field, code and severity."""
    return result.issues.select("row", "field", "code", "severity").rows()
