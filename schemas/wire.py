"""Typed values to the platform's own text: dates, datetimes in GMT, whole numbers and booleans.

In a contact's canonical record null means "leave the destination's value alone" and an empty text means "empty it".
"""

from typing import Final

import polars as pl

from schemas.fields import FieldType

CLEAR: Final = ""


def wire_text(value: pl.Expr, field_type: FieldType) -> pl.Expr:
    """Return typed values as the text that a payload holds.

    Datetimes always carry their time: the API does not convert a bare date from GMT.
    """
    match field_type:
        case FieldType.DATE:
            return value.dt.strftime("%Y-%m-%d")
        case FieldType.DATETIME:
            return value.dt.strftime("%Y-%m-%d %H:%M:%S")
        case FieldType.INTEGER | FieldType.BOOLEAN:
            return value.cast(pl.String)
        case _:
            return value
