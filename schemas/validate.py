"""Validation of a slice of extracted rows: canonical contacts, the rows set aside, and every issue found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandera.errors
import polars as pl

from schemas.contact import EMAIL_KEY, column_type, contact_schema
from schemas.emails import canonical_email, email_key
from schemas.fields import EMAIL, OPT_OUT_FIELDS
from schemas.findings import FINDINGS, issues_of
from schemas.found import found_column, found_text
from schemas.issues import IssueCode, Severity
from schemas.mapping import FieldMapping, SourceMapping
from schemas.normalise import normalise
from schemas.readings import Normalised, prepare
from schemas.rows import FAULT, FAULT_TEXT, LINE, ROW, TECHNICAL
from schemas.wire import CLEAR, wire_text

_NOT_NULLABLE: Final = "not_nullable"


class FrameError(Exception):
    """A frame is not shaped as its schema says: a defect of ours. pandera's own message shows values, and this none."""

    def __init__(self, checks: Iterable[str]) -> None:
        """Name the checks that failed."""
        super().__init__(f"The frame of a slice failed as a whole: {', '.join(sorted(set(checks)))}.")


@dataclass(frozen=True)
class Validated:
    """What validation made of one slice.

    Attributes:
        contacts: `row`, `line`, `email`, `email_key`, then the mapped fields as wire text; null leaves the
            destination's value alone, an empty text clears it.
        rejected: `row`, `line`, `email`, `codes`, `reasons`, `text` (of a row that could not be split), and `found`,
            a struct of the source's columns as found, as text.
        issues: As `schemas.issues.ISSUES`; a row may have several.
    """

    contacts: pl.DataFrame
    rejected: pl.DataFrame
    issues: pl.DataFrame


@dataclass(frozen=True)
class Read:
    """Rows whose values were read, and not checked yet.

    Attributes:
        rows: The rows as extracted.
        values: `ROW`, `LINE`, and what `_read_columns` made of the rows that could be split.
        readings: How each field was read.
    """

    rows: pl.DataFrame
    values: pl.DataFrame
    readings: dict[str, Normalised]


def validate(rows: pl.DataFrame, mapping: SourceMapping) -> Validated:
    """Validate extracted rows, in both steps."""
    return check(read(rows, mapping), mapping)


def read(rows: pl.DataFrame, mapping: SourceMapping) -> Read:
    """Map and normalise extracted rows: the first step of validation, which another thread may be ahead with.

    Args:
        rows: Technical columns (`schemas.rows`) and the source's own.
        mapping: The source's mapping; its columns are all in `rows`.
    """
    readable = rows.filter(pl.col(FAULT).is_null()) if _has_faults(rows) else rows
    readings = {field.field: normalise(field, readable) for field in mapping.fields}
    prepared = prepare(readable.lazy(), readings.values())
    return Read(rows, prepared.select(ROW, LINE, *_read_columns(mapping, readings)).collect(), readings)


def check(read: Read, mapping: SourceMapping) -> Validated:
    """Check what was read: the second step of validation. pandera is not made for several threads at once.

    Every row ends either in `contacts` or in `rejected`: an issue of severity `reject` sets its row aside, one of
    severity `blank` empties its field, one of severity `warn` changes nothing.

    Args:
        read: What `read` made of extracted rows.
        mapping: The source's mapping.

    Raises:
        FrameError: Where a check failed as a whole and names no row, which is a defect of ours.
    """
    values = read.values
    findings = pl.concat(
        [_read_faults(read.rows), _unreadable_values(values, read.readings), _schema_failures(values, mapping)]
    ).unique(maintain_order=True)
    issues = issues_of(findings, values.select(row=ROW, email=EMAIL), _opted_out(values, mapping), mapping)
    rejecting = issues.filter(pl.col("severity") == Severity.REJECT)
    return Validated(
        contacts=_contacts(values, mapping, issues, rejecting),
        rejected=_rejected(read.rows, mapping, rejecting),
        issues=issues,
    )


def _read_columns(mapping: SourceMapping, readings: dict[str, Normalised]) -> list[pl.Expr]:
    """Return all that is read in one pass: each field's value, its findings and, where it matters, its blanks.

    What suggestions are made from is kept as well; they are made for the few rows that were found.
    """
    columns = []
    for field in mapping.fields:
        reading = readings[field.field]
        columns.append(reading.value.cast(column_type(field.type)).alias(field.field))
        columns += [where.alias(_finding(field.field, code)) for code, where in reading.findings.items()]
        roots = (name for what in reading.suggestions.values() for name in what.meta.root_names())
        columns += [pl.col(name) for name in dict.fromkeys(roots)]
        if field.blank == "clear":
            columns.append(reading.blank.alias(_blank(field.field)))
    return columns


def _finding(field: str, code: IssueCode) -> str:
    return f"{field} {code}"  # no field's name holds a space


def _blank(field: str) -> str:
    return f"{field} blank"


def _has_faults(rows: pl.DataFrame) -> bool:
    return rows[FAULT].null_count() < rows.height


def _read_faults(rows: pl.DataFrame) -> pl.DataFrame:
    if not _has_faults(rows):
        return pl.DataFrame(schema=FINDINGS)
    faulty = rows.select(ROW, FAULT).filter(pl.col(FAULT).is_not_null())
    return faulty.select(row=ROW, field=pl.lit(None, pl.String), code=FAULT, suggestion=pl.lit(None, pl.String))


def _unreadable_values(read: pl.DataFrame, readings: dict[str, Normalised]) -> pl.DataFrame:
    found = [
        read.lazy()
        .filter(_finding(field, code))
        .select(
            row=ROW,
            field=pl.lit(field),
            code=pl.lit(code.value),
            suggestion=reading.suggestions.get(code, pl.lit(None, pl.String)),
        )
        for field, reading in readings.items()
        for code in reading.findings
        if read[_finding(field, code)].any()
    ]
    return pl.concat([pl.LazyFrame(schema=FINDINGS), *found]).collect()


def _schema_failures(read: pl.DataFrame, mapping: SourceMapping) -> pl.DataFrame:
    values = read.select(ROW, *(field.field for field in mapping.fields))
    try:
        contact_schema(mapping).validate(values, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        failures: pl.DataFrame = errors.failure_cases
        if failures["index"].null_count():  # not about rows: the frame itself is not what we say it is
            raise FrameError(failures.filter(pl.col("index").is_null())["check"]) from None
        code = pl.col("check").replace({_NOT_NULLABLE: IssueCode.EMAIL_MISSING.value})
        rows = read[ROW].gather(failures["index"])
        return failures.select(row=rows, field="column", code=code, suggestion=pl.lit(None, pl.String))
    return pl.DataFrame(schema=FINDINGS)


def _opted_out(read: pl.DataFrame, mapping: SourceMapping) -> pl.Series:
    """Return the rows that say so."""
    said = [field.field for field in mapping.fields if field.field in OPT_OUT_FIELDS]
    return read.filter(pl.any_horizontal(pl.lit(value=False), *said))[ROW]


def _contacts(
    read: pl.DataFrame, mapping: SourceMapping, issues: pl.DataFrame, rejecting: pl.DataFrame
) -> pl.DataFrame:
    columns = (
        pl.col(ROW).alias("row"),
        pl.col(LINE).alias("line"),
        pl.col(EMAIL),
        email_key(pl.col(EMAIL)).alias(EMAIL_KEY),
        *(_wire_value(field, issues) for field in mapping.fields if field.field != EMAIL),
    )
    contacts = read.lazy().select(columns)
    if rejecting.is_empty():
        return contacts.collect()
    return contacts.filter(~pl.col("row").is_in(rejecting["row"].implode())).collect()


def _wire_value(field: FieldMapping, issues: pl.DataFrame) -> pl.Expr:
    text = wire_text(pl.col(field.field), field.type)
    blanked = issues.filter((pl.col("field") == field.field) & (pl.col("severity") == Severity.BLANK))["row"]
    if len(blanked):
        text = pl.when(~pl.col(ROW).is_in(blanked.implode())).then(text)
    if field.blank == "clear":
        text = pl.when(pl.col(_blank(field.field))).then(pl.lit(CLEAR)).otherwise(text)
    return text.alias(field.field)


def _rejected(rows: pl.DataFrame, mapping: SourceMapping, rejecting: pl.DataFrame) -> pl.DataFrame:
    reasons = rejecting.group_by("row", maintain_order=True).agg(codes=pl.col("code"), reasons=pl.col("message"))
    found = {name: _found(name, rows) for name in rows.columns if name not in TECHNICAL}
    address = next(field for field in mapping.fields if field.field == EMAIL)
    email = pl.lit(None, pl.String) if address.column is None else canonical_email(found[address.column], address.allow)
    set_aside = rows.filter(pl.col(ROW).is_in(reasons["row"].implode())).select(
        pl.col(ROW).alias("row"),
        pl.col(LINE).alias("line"),
        email.alias("email"),
        pl.col(FAULT_TEXT).alias("text"),
        pl.struct([text.alias(name) for name, text in found.items()]).alias("found"),
    )
    # Joined only now: the source's own columns may be called "codes" and "reasons".
    return set_aside.join(reasons, on="row", how="left", maintain_order="left").select(
        "row", "line", "email", "codes", "reasons", "text", "found"
    )


def _found(name: str, rows: pl.DataFrame) -> pl.Expr:
    return found_text(found_column(name), rows.schema[name])
