"""What reading a field comes to: its value, what was found wrong, and the columns that are made on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest

import polars as pl

from schemas.issues import IssueCode
from schemas.mapping import FieldMapping


@dataclass(frozen=True)
class Normalised:
    """What becomes of one field.

    Attributes:
        value: The typed, canonical value; null where the cell is blank or could not be read.
        blank: True where the source's cell holds nothing.
        findings: By issue code, a boolean expression that is true for the rows it was found in.
        steps: Columns to make first, one after the other (`prepare` does); the expressions above build on them.
            An expression that stands twice in another one is worked out twice, and what is nested in it again.
        suggestions: By issue code, what the person may have meant; never a part of a person's data.
    """

    value: pl.Expr
    blank: pl.Expr
    findings: dict[IssueCode, pl.Expr]
    steps: tuple[pl.Expr, ...] = ()
    suggestions: dict[IssueCode, pl.Expr] = field(default_factory=dict)


def prepare(rows: pl.LazyFrame, readings: Iterable[Normalised]) -> pl.LazyFrame:
    """Return rows with the columns that readings build on; each field's steps have names of their own."""
    for step in zip_longest(*(reading.steps for reading in readings)):
        rows = rows.with_columns(column for column in step if column is not None)
    return rows


def step_name(mapping: FieldMapping, word: str) -> str:
    """Return the name of a column made on the way; no source may have a column of the technical form."""
    return f"__{mapping.field} {word}__"


def checked(value: pl.Expr, blank: pl.Expr, code: IssueCode, steps: tuple[pl.Expr, ...] = ()) -> Normalised:
    """Return a reading of which the one finding is that something stands there and could not be read."""
    return Normalised(value, blank, {code: value.is_null() & ~blank}, steps)
