"""The types of MySQL and MariaDB: what the server's text of a column's values becomes; connects to nothing."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pymysql.constants import FIELD_TYPE, FLAG

Cells = Sequence[bytes | None]

_BINARY_CHARSET: Final = 63
_TEXTS: Final = (
    FIELD_TYPE.STRING,
    FIELD_TYPE.VAR_STRING,
    FIELD_TYPE.VARCHAR,
    FIELD_TYPE.TINY_BLOB,
    FIELD_TYPE.BLOB,
    FIELD_TYPE.MEDIUM_BLOB,
    FIELD_TYPE.LONG_BLOB,
)


class MysqlType(NamedTuple):
    """What becomes of a column.

    Attributes:
        type: The type under which it travels.
        read: Turns the server's text into it.
        readable: Whether it holds text, a number, a date or a time.
    """

    type: pa.DataType
    read: Callable[[Cells], pa.Array]
    readable: bool = True


def mysql_type(code: int, flags: int, charset: int) -> MysqlType:
    """Return what becomes of a column of this type.

    Args:
        code: The protocol's code of its type.
        flags: The protocol's flags of the column.
        charset: The number of its character set.
    """
    if code == FIELD_TYPE.GEOMETRY or (code in _TEXTS and charset == _BINARY_CHARSET):
        return MysqlType(pa.string(), _hexadecimal, readable=False)
    # ZEROFILL is how some keep postal codes: "00042" is text, whatever the column's type says. A YEAR always has it.
    if flags & FLAG.ZEROFILL and code != FIELD_TYPE.YEAR:
        return _TEXT
    if code == FIELD_TYPE.LONGLONG and flags & FLAG.UNSIGNED:
        return _number(pa.uint64())
    return _BY_CODE.get(code, _TEXT)


def _text(cells: Cells) -> pa.Array:
    return pc.cast(pa.array(cells, pa.binary()), pa.string())


def _number(kind: pa.DataType) -> MysqlType:
    return MysqlType(kind, lambda cells: pc.cast(_text(cells), kind))


def _hexadecimal(cells: Cells) -> pa.Array:
    return pa.array([cell if cell is None else cell.hex().upper() for cell in cells], pa.string())


def _bits(cells: Cells) -> pa.Array:
    return pa.array([cell if cell is None else int.from_bytes(cell) for cell in cells], pa.uint64())


def _moments(cells: Cells, zone: str) -> pa.Array:
    """Return moments in ISO 8601, and those that are no dates ("0000-00-00 00:00:00") as they were found."""
    found = _text(cells)
    # The month or the day may be zero as well where a server allows it.
    dated = pc.match_substring_regex(found, r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ")
    moments = pc.binary_join_element_wise(pc.replace_substring(found, " ", "T", max_replacements=1), zone, "")
    return pc.if_else(dated, moments, found)


_TEXT: Final = MysqlType(pa.string(), _text)
_WHOLE: Final = (
    *(FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG),
    FIELD_TYPE.YEAR,
)
_BY_CODE: Final = {
    **{code: _number(pa.int64()) for code in _WHOLE},
    **{code: _number(pa.float64()) for code in (FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE)},
    FIELD_TYPE.BIT: MysqlType(pa.uint64(), _bits),
    FIELD_TYPE.DATETIME: MysqlType(pa.string(), lambda cells: _moments(cells, "")),
    FIELD_TYPE.TIMESTAMP: MysqlType(pa.string(), lambda cells: _moments(cells, "Z")),
}
