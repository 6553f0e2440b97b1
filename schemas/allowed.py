"""What the settings allow of a field beyond its own limits: the values of a list, texts that fit a pattern."""

from typing import Final

import polars as pl

from schemas.fields import TEXT_TYPES, FieldType
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping
from schemas.wire import wire_text

TYPES_WITH_LIMITS: Final = (*TEXT_TYPES, FieldType.INTEGER)
"""The types of which a pattern or a list may be set: those whose values are sent as they are written."""


def allowed(mapping: FieldMapping) -> dict[IssueCode, pl.Expr]:
    """Return, by the issue that leaves it out, which of a field's typed values may be sent."""
    text = wire_text(pl.col(mapping.field), mapping.type)
    passes = {}
    if mapping.pattern is not None:
        passes[IssueCode.PATTERN_MISMATCH] = text.str.contains(_whole(mapping.pattern))
    if mapping.values:
        passes[IssueCode.VALUE_NOT_LISTED] = text.is_in(mapping.values)
    return passes


def is_pattern(pattern: str) -> bool:
    """Tell whether a pattern is a regular expression of its own, and still one where the whole text must fit it."""
    try:
        for one in (pattern, _whole(pattern)):
            pl.Series([""]).str.contains(one)
    except pl.exceptions.ComputeError:
        return False
    return True


def _whole(pattern: str) -> str:
    return rf"\A(?:{pattern})\z"
