"""The types of Parquet columns: which hold one value, and under which type a column travels on; reads no file."""

import re
from typing import Final
from uuid import UUID

import pyarrow as pa
import pyarrow.types as pt

from connectors.sources.timezones import timezone_names

_UTC: Final = "UTC"
_WHOLE_HOURS: Final = re.compile(r"[+-](?:0\d|1[0-2]):00")  # the offsets that polars has a zone for
_AS_THEY_ARE: Final = (
    pt.is_boolean,
    pt.is_integer,
    pt.is_floating,
    pt.is_string,
    pt.is_large_string,
    pt.is_string_view,
    pt.is_decimal32,
    pt.is_decimal64,
    pt.is_decimal128,
    pt.is_date,
    pt.is_time,
    pt.is_duration,
    pt.is_null,
)
_LISTS: Final = (pt.is_list, pt.is_large_list, pt.is_fixed_size_list, pt.is_map)
_BYTES: Final = (pt.is_binary, pt.is_large_binary, pt.is_fixed_size_binary, pt.is_binary_view)


def plain_type(kind: pa.DataType) -> pa.DataType | None:
    """Return the type under which a column of single values travels, or None for any other column.

    Decimals of more than 38 digits and UUIDs travel as text, JSON as the text it is, and instants in a zone that no
    list knows in UTC, where they are the same instants: polars reads the columns as they are wrong, or not at all.

    Args:
        kind: The column's own type.
    """
    if pt.is_timestamp(kind):
        known = kind.tz is None or kind.tz in timezone_names() or _WHOLE_HOURS.fullmatch(kind.tz)
        return kind if known else pa.timestamp(kind.unit, _UTC)
    if pt.is_decimal256(kind) or kind in (pa.uuid(), pa.json_(), pa.json_(pa.large_string())):
        return pa.string()
    if kind == pa.bool8():
        return pa.bool_()
    if pt.is_dictionary(kind):
        return kind if plain_type(kind.value_type) == kind.value_type else None
    return kind if any(is_one(kind) for is_one in _AS_THEY_ARE) else None


def travelling_type(kind: pa.DataType) -> pa.DataType:
    """Return the type under which any column travels: null for one that nothing after us can hold, and no field takes.

    Args:
        kind: The column's own type.
    """
    return plain_type(kind) or (kind if _is_holdable(kind) else pa.null())


def _is_holdable(kind: pa.DataType) -> bool:
    if pt.is_struct(kind) or any(is_one(kind) for is_one in _LISTS):
        return all(_is_holdable(kind.field(place).type) for place in range(kind.num_fields))
    return plain_type(kind) == kind or any(is_one(kind) for is_one in _BYTES)


def travelling(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a column under the type it travels under.

    Args:
        column: The column.
        kind: What `travelling_type` said of its type.
    """
    if column.type == kind:
        return column
    if pt.is_null(kind):
        return pa.nulls(len(column))
    if column.type == pa.uuid():
        return pa.array([None if one is None else str(UUID(bytes=one)) for one in column.storage.to_pylist()], kind)
    return column.cast(kind)
