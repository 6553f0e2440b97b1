"""The rows that the author of every polluted file meant, and how a careful writer writes them."""

from typing import Any

Row = tuple[str, ...]

HEADER: Row = ("email", "name", "city", "note", "spent")
ROWS: list[Row] = [
    ("ann@example.com", "Ann", "Leeds", "plain", "1"),
    ("bob@example.com", "Bob", "York, North", "a comma", "2"),
    ("cid@example.com", 'Cid "El" Ruy', "Vigo", "", "3"),
    ("dan@example.com", "Dan", "Åre", "two\nlines", "4"),
    ("eve@example.com", "Eve", "", '{"a": "b,c"}', "5"),
    ("fay@example.com", "Fay", "Ely", "semi;colon", "6"),
    ("gus@example.com", "Gus", "Ulm", "O'Hara", "7"),
    ("hal@example.com", "Hal", "Bad Ems", "tab\there", "8"),
    ("ida@example.com", "Ida", "Hof", "a | bar", "9"),
    ("jon@example.com", "Jon", "Ayr", '"quoted"', "10"),
]
WIDTH = len(HEADER)


def cell(text: str, separator: str = ",", quote: str = '"', escape: str = '"', *, every: bool = False) -> str:
    """Return a cell as a careful writer writes it."""
    if every or any(mark in text for mark in (separator, quote, escape, "\r", "\n")):
        escaped = text.replace(escape, escape * 2) if escape != quote else text
        return f"{quote}{escaped.replace(quote, escape + quote)}{quote}"
    return text


def line(row: Row, separator: str = ",", quote: str = '"', escape: str = '"', *, every: bool = False) -> str:
    """Return a row without its line end."""
    return separator.join(cell(text, separator[0], quote, escape, every=every) for text in row)


def table(*rows: str, end: str = "\n") -> str:
    """Return lines as a file, each line ended."""
    return "".join(row + end for row in rows)


def lines(**dialect: Any) -> list[str]:
    """Return the header and the rows as lines."""
    return [line(row, **dialect) for row in (HEADER, *ROWS)]
