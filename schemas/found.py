"""A source's own values as found: columns by their exact names, and any value as one text. Nothing is judged here."""

from typing import Final

import polars as pl
import polars.selectors as cs

# What SQL knows. Beyond it are the infinities of databases, which polars panics on instead of writing them.
_FIRST_YEAR: Final = 1
_LAST_YEAR: Final = 9999


def found_column(name: str) -> pl.Expr:
    """Return a source's column by its exact name, which `pl.col` would read as a pattern if it were `*` or `^…$`."""
    return cs.by_name(name).as_expr()


def found_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a column's values as text, null where there is none.

    No text have: not-a-number, a date that no calendar holds, and what no field takes (lists, structures, binary data).

    Args:
        column: The column.
        dtype: Its type.
    """
    if isinstance(dtype, pl.String):
        return column
    if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object):
        return pl.lit(None, pl.String)
    if isinstance(dtype, pl.Duration):
        return column.dt.to_string("iso")
    if isinstance(dtype, pl.Date | pl.Datetime):
        return pl.when(column.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).then(column).cast(pl.String)
    if dtype.is_float():  # a database that keeps numbers as floats means 42, not 42.0
        whole = column.cast(pl.Int64, strict=False)
        return pl.when(whole == column).then(whole.cast(pl.String)).otherwise(column.fill_nan(None).cast(pl.String))
    return column.cast(pl.String)
