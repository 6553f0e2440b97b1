"""Source text to typed, canonical values: one expression per kind of field, with what each finds wrong.

Nothing here drops a row. A value that cannot be read becomes null, and its issue code says so.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

import polars as pl

from schemas.emails import canonical_email
from schemas.fields import FieldType
from schemas.found import found_column, found_text
from schemas.issues import IssueCode
from schemas.mapping import FieldMapping
from schemas.times import GMT, is_repeated, is_skipped, to_gmt

# C0 without tab, line feed and carriage return; DEL; C1.
_CONTROLS: Final = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\u009F]"
# What cleaning could change: control characters, and all from U+0300 on, below which every text is in NFC already.
_UNCLEAN: Final = r"[^\t\n\r\x20-\x7E\u00A0-\u02FF]"
_INVISIBLE_AT_ENDS: Final = " \t\r\n\u00a0\u200b\ufeff"

_YES: Final = ("yes", "y", "true", "t", "1")
_NO: Final = ("no", "n", "false", "f", "0")

# Later years are typing errors; earlier ones as well, and 1900 means "no year" (API: dateOfBirth).
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100

_ISO_DATES: Final = ("%Y-%m-%d",)
_ISO_DATETIMES: Final = (
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
)

# An offset, seconds since 1970, or a literal Z at the end: the text itself says what its GMT is. A zone's name (%Z)
# does not: names are ambiguous, and the parser skips them.
_TELLS_GMT: Final = re.compile(r"%:*#?z|%\+|%s|(?<!%)Z\Z")


@dataclass(frozen=True)
class Normalised:
    """What becomes of one field.

    Attributes:
        value: The typed, canonical value; null where the cell is blank or could not be read.
        blank: True where the source's cell holds nothing.
        findings: By issue code, a boolean expression that is true for the rows it was found in.
        steps: Columns to make first, one after the other (`prepare` does); the expressions above build on them.
            An expression that stands twice in another one is worked out twice, and what is nested in it again.
    """

    value: pl.Expr
    blank: pl.Expr
    findings: dict[IssueCode, pl.Expr]
    steps: tuple[pl.Expr, ...] = ()


def prepare(rows: pl.LazyFrame, readings: Iterable[Normalised]) -> pl.LazyFrame:
    """Return rows with the columns that readings build on; each field's steps have names of their own."""
    for step in zip_longest(*(reading.steps for reading in readings)):
        rows = rows.with_columns(column for column in step if column is not None)
    return rows


def normalise(mapping: FieldMapping, rows: pl.DataFrame) -> Normalised:
    """Return the expressions that read one field from its column.

    Args:
        mapping: The field's mapping.
        rows: The slice of rows that the expressions are for; only its column's type, and whether it holds
            anything to clean, decide which expressions those are.
    """
    if mapping.column is None:
        return _READERS[mapping.type](mapping, pl.lit(mapping.value, pl.String), pl.String())
    column, dtype = found_column(mapping.column), rows.schema[mapping.column]
    if mapping.type is FieldType.TEXT and _is_clean(rows[mapping.column]):
        return _clean_text(mapping, column, dtype)
    return _READERS[mapping.type](mapping, column, dtype)


def _is_clean(column: pl.Series) -> bool:
    """Tell whether cleaning would change nothing: one look costs a tenth of cleaning every value."""
    if isinstance(column.dtype, pl.Categorical | pl.Enum):
        return _is_clean(column.cast(pl.String))
    return column.dtype != pl.String or not column.str.contains(_UNCLEAN).any()


def _email(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    address = _step(mapping, "address")
    canonical = canonical_email(found_text(column, dtype).str.strip_chars(_INVISIBLE_AT_ENDS))
    email = _none_if_blank(pl.col(address))
    return Normalised(email, email.is_null(), {}, (canonical.alias(address),))


def _text(_: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    found = found_text(column, dtype)
    # Controls go first: one that stood between a letter and its accent would keep them apart.
    clean = found.str.replace_all(_CONTROLS, "").str.normalize("NFC").str.strip_chars(_INVISIBLE_AT_ENDS)
    value = _none_if_blank(clean)
    return Normalised(value, value.is_null(), {IssueCode.CONTROL_CHARACTERS: found.str.contains(_CONTROLS)})


def _clean_text(_: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    value = _trimmed(column, dtype)
    return Normalised(value, value.is_null(), {})


def _date(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    if isinstance(dtype, pl.Date | pl.Datetime):
        return _checked(_in_range(column.dt.date()), column.is_null(), IssueCode.DATE_INVALID)
    text, parsed = _step(mapping, "text"), _step(mapping, "parsed")
    formats = mapping.formats or _ISO_DATES
    attempts = pl.coalesce(pl.col(text).str.to_date(pattern, strict=False, exact=True) for pattern in formats)
    steps = (_trimmed(column, dtype).alias(text), attempts.alias(parsed))
    return _checked(_in_range(pl.col(parsed)), pl.col(text).is_null(), IssueCode.DATE_INVALID, steps)


def _datetime(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return _checked(_in_range(column.dt.convert_time_zone(GMT)), column.is_null(), IssueCode.DATETIME_INVALID)
    if isinstance(dtype, pl.Date | pl.Datetime):
        local = _step(mapping, "local")
        native = (_in_range(column).cast(pl.Datetime("us")).alias(local),)
        return _zoned(mapping, pl.col(local), None, column.is_null(), native)
    text, naive, aware, local = (_step(mapping, word) for word in ("text", "naive", "aware", "local"))
    formats = mapping.formats or _ISO_DATETIMES
    steps = (
        _trimmed(column, dtype).alias(text),
        _first_parsed(pl.col(text), [one for one in formats if not _tells_gmt(one)], None).alias(naive),
        _first_parsed(pl.col(text), [one for one in formats if _tells_gmt(one)], GMT).alias(aware),
        _in_range(pl.col(naive)).alias(local),
    )
    return _zoned(mapping, pl.col(local), pl.col(aware), pl.col(text).is_null(), steps)


def _zoned(
    mapping: FieldMapping, local: pl.Expr, aware: pl.Expr | None, blank: pl.Expr, steps: tuple[pl.Expr, ...]
) -> Normalised:
    """Bring local times to GMT. Their range is checked before: polars panics on zones of the year 200,000."""
    zone, gmt = mapping.timezone, _step(mapping, "gmt")
    moment = to_gmt(local, zone) if aware is None else pl.coalesce(aware, to_gmt(local, zone))
    read = _checked(_in_range(pl.col(gmt)), blank, IssueCode.DATETIME_INVALID, (*steps, moment.alias(gmt)))
    if zone == GMT:
        return read
    unstable = {
        IssueCode.TIME_SKIPPED: is_skipped(local, zone),
        IssueCode.TIME_REPEATED: is_repeated(local, zone),
    }
    return replace(read, findings=read.findings | unstable)


def _integer(_: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    text = _trimmed(column, dtype)
    return _checked(text.cast(pl.Int64, strict=False), _is_blank(text, column, dtype), IssueCode.INTEGER_INVALID)


def _boolean(mapping: FieldMapping, column: pl.Expr, dtype: pl.DataType) -> Normalised:
    word = _trimmed(column, dtype).str.to_lowercase()
    if mapping.when:
        value = word.is_in([text.strip().lower() for text in mapping.when])
    else:
        value = pl.when(word.is_in(_YES)).then(statement=True).when(word.is_in(_NO)).then(statement=False)
    return _checked(value, _is_blank(word, column, dtype), IssueCode.BOOLEAN_INVALID)


_READERS: Final[dict[FieldType, Callable[[FieldMapping, pl.Expr, pl.DataType], Normalised]]] = {
    FieldType.EMAIL: _email,
    FieldType.TEXT: _text,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.INTEGER: _integer,
    FieldType.BOOLEAN: _boolean,
}


def _checked(value: pl.Expr, blank: pl.Expr, code: IssueCode, steps: tuple[pl.Expr, ...] = ()) -> Normalised:
    return Normalised(value, blank, {code: value.is_null() & ~blank}, steps)


def _step(mapping: FieldMapping, word: str) -> str:
    """Return the name of a column made on the way; no source may have a column of the technical form."""
    return f"__{mapping.field} {word}__"


def _trimmed(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return _none_if_blank(found_text(column, dtype).str.strip_chars(_INVISIBLE_AT_ENDS))


def _is_blank(text: pl.Expr, column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Tell where nothing was found; a date that has no text is something, and may be somebody's opt-out."""
    return column.is_null() if dtype.is_temporal() else text.is_null()


def _none_if_blank(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _in_range(moment: pl.Expr) -> pl.Expr:
    return pl.when(moment.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).then(moment)


def _tells_gmt(pattern: str) -> bool:
    return _TELLS_GMT.search(pattern) is not None


def _first_parsed(text: pl.Expr, patterns: list[str], zone: str | None) -> pl.Expr:
    """Parse text by the first pattern that fits; `zone` is set where the patterns carry an offset or a Z."""
    parsed = [
        text.str.to_datetime(pattern, time_unit="us", time_zone=zone, strict=False, exact=True) for pattern in patterns
    ]
    return pl.coalesce(parsed) if parsed else pl.lit(None, pl.Datetime("us", zone))
