"""The format in which a column's dates are written, where only one can be meant; for proposals, never for reading."""

from typing import Final

import polars as pl

from schemas.date_formats import day, moment

_DAYS: Final = (
    *("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d"),
    *("%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%Y"),
)
_CLOCKS: Final = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p")
_MOMENTS: Final = (
    *(f"{days} {clock}" for days in _DAYS for clock in _CLOCKS),
    *("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"),
)

ISO_DAY: Final = "%Y-%m-%d"
ISO_MOMENTS: Final = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"),
    *("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"),
)
"""What is read without a format."""


def day_format(texts: pl.Series) -> str | None:
    """Return the one format that reads every text as a day, None where there is none, or where two are possible.

    Args:
        texts: Texts, blank ones among them; without any other, no format is meant.
    """
    return _the_one(texts, {one: day(pl.col("text"), one) for one in _DAYS})


def moment_format(texts: pl.Series) -> str | None:
    """Return the one format that reads every text as a moment; otherwise as `day_format`."""
    return _the_one(texts, {one: moment(pl.col("text"), one) for one in _MOMENTS})


def _the_one(texts: pl.Series, readings: dict[str, pl.Expr]) -> str | None:
    """Return the format that reads all texts, unless another one reads them as something else."""
    found = pl.DataFrame({"text": texts.drop_nulls().str.strip_chars()}).filter(pl.col("text") != "").unique()
    if not found.height:
        return None
    read = found.select(**readings)
    fitting = [one for one in read.columns if read[one].null_count() == 0]
    same = all(read[one].equals(read[fitting[0]]) for one in fitting)
    return fitting[0] if fitting and same else None
