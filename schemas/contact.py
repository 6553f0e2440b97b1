"""The single definition of a valid contact, as pandera schemas.

pandera checks eager frames only (on a lazy one it skips the data checks), so frames are validated slice by slice.
Each check bears the name of the issue code that its failures become.
"""

import datetime as dt
from functools import lru_cache
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.allowed import allowed
from schemas.emails import is_valid_email
from schemas.fields import EMAIL, TEXT_TYPES, FieldType
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping, SourceMapping
from schemas.rows import ROW
from schemas.times import GMT

EMAIL_KEY: Final = "email_key"

_TYPES: Final[dict[FieldType, pl.DataType]] = {
    **dict.fromkeys(TEXT_TYPES, pl.String()),
    FieldType.EMAIL: pl.String(),
    FieldType.DATE: pl.Date(),
    FieldType.DATETIME: pl.Datetime("us", GMT),
    FieldType.INTEGER: pl.Int64(),
    FieldType.BOOLEAN: pl.Boolean(),
}

_FIRST_DAY: Final = dt.date(1900, 1, 1)
_LAST_DAY: Final = dt.date(2100, 12, 31)


def contact_schema(mapping: SourceMapping) -> pa.DataFrameSchema:
    """Return the schema that one source's normalised rows must pass: `ROW`, then each mapped field by its name."""
    return _schema(mapping.fields)


@lru_cache(maxsize=16)  # all slices of a source pass the same one, and it takes longer to make than small ones to pass
def _schema(mappings: tuple[FieldMapping, ...]) -> pa.DataFrameSchema:
    fields = {mapping.field: _column(mapping) for mapping in mappings}
    return pa.DataFrameSchema({ROW: pa.Column(pl.Int64, nullable=False), **fields}, strict=True)


def unique_schema() -> pa.DataFrameSchema:
    """Return the schema that proves the winners unique: no two contacts share an e-mail key."""
    return pa.DataFrameSchema({EMAIL_KEY: pa.Column(pl.String, nullable=False, unique=True)})


def column_type(field_type: FieldType) -> pl.DataType:
    """Return the type that a field's normalised column has."""
    return _TYPES[field_type]


def passing(mapping: FieldMapping) -> dict[IssueCode, pl.Expr]:
    """Return what a field's normalised values must pass, each by the issue that they have otherwise."""
    return _own_limits(mapping) | allowed(mapping)


def _column(mapping: FieldMapping) -> pa.Column:
    checks = [_check(code, passes) for code, passes in passing(mapping).items()]
    return pa.Column(_TYPES[mapping.type], checks, nullable=mapping.field != EMAIL)


def _own_limits(mapping: FieldMapping) -> dict[IssueCode, pl.Expr]:
    value = pl.col(mapping.field)
    match mapping.type:
        case FieldType.EMAIL:
            return {IssueCode.EMAIL_SYNTAX: is_valid_email(value, mapping.allow)}
        case kind if kind in TEXT_TYPES and mapping.max_length is not None:
            return {IssueCode.TEXT_TOO_LONG: value.str.len_chars() <= mapping.max_length}
        case FieldType.DATE:
            return {IssueCode.DATE_INVALID: value.is_between(_FIRST_DAY, _LAST_DAY)}
        case FieldType.DATETIME:
            return {IssueCode.DATETIME_INVALID: value.dt.date().is_between(_FIRST_DAY, _LAST_DAY)}
        case _:
            return {}


def _check(code: IssueCode, passes: pl.Expr) -> pa.Check:
    def apply(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(passes)

    return pa.Check(apply, name=code.value)
