"""CSV files that went wrong in every way that we know of, each with the rows that its author meant.

The ways are those of the Pollock benchmark (Vitagliano et al., VLDB 2023) and of csv-spectrum, made here anew; none of
their files is used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from tests.connectors.sources.meant import HEADER, ROWS, WIDTH, Row, cell, line, lines, table


@dataclass(frozen=True)
class Polluted:
    """A polluted file.

    Attributes:
        kind: The way in which it went wrong.
        content: The file.
        rows: The rows that its author meant, in order.
        given: The settings that its reader is told.
    """

    kind: str
    content: bytes
    rows: list[Row] = field(default_factory=lambda: ROWS)
    given: dict[str, Any] = field(default_factory=dict)


def with_line(place: int, text: str) -> bytes:
    """Return the table with another line in the place of the header (0) or of a row (from 1)."""
    rows = lines()
    rows[place] = text
    return table(*rows).encode()


def files() -> Iterator[Polluted]:
    """Yield every polluted file."""
    return chain(sound(), encodings(), dialects(), above(), below(), headers(), separators(), foreign_rows(), quotes())


def sound() -> Iterator[Polluted]:
    """Yield what RFC 4180 allows: line ends, blank lines, quoted cells, no last line end, one row, one column."""
    kind = "what RFC 4180 allows"
    for end in ("\n", "\r\n", "\r"):
        for every in (False, True):
            rows = lines(every=every)
            yield Polluted(kind, table(*rows, end=end).encode())
            yield Polluted(kind, end.join(rows).encode())
            yield Polluted(kind, table(*chain.from_iterable((row, "") for row in rows), end=end).encode())
        for place in range(len(ROWS) + 1):  # one line that ends otherwise than the others
            rows = [row + (end if number == place else "\n") for number, row in enumerate(lines())]
            yield Polluted("one line ends otherwise", "".join(rows).encode())
    for row in ROWS:
        yield Polluted(kind, table(line(HEADER), line(row)).encode(), [row])
    one = {"fields": {"email": "email"}}
    yield Polluted(kind, table(*(row[0] for row in (HEADER, *ROWS))).encode(), [row[:1] for row in ROWS], one)
    wide = tuple(f"column {number}" for number in range(2000))
    yield Polluted(kind, table(line(HEADER + wide), line(ROWS[0] + wide)).encode(), [ROWS[0] + wide])


def encodings() -> Iterator[Polluted]:
    """Yield the table in many encodings, those that cannot be told with the encoding set."""
    text = table(*lines(), end="\r\n")
    told = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
    for encoding in told:
        yield Polluted("encodings that can be told", text.encode(encoding))
    for encoding in (*told, "latin-1", "cp850", "mac-roman", "cp500", "utf-7"):
        yield Polluted("encodings that are set", text.encode(encoding), given={"encoding": encoding})
    for encoding in ("utf-8", "ascii", "utf-16", "utf-16-be", "utf-32"):
        content = text.encode("cp1252" if encoding == "utf-8" else "utf-8")
        yield Polluted("encodings that are set wrong", content, given={"encoding": encoding})
    for place in range(0, len(text), 40):
        yield Polluted("NUL bytes", (text[:place] + "\0" + text[place:]).encode())
        for byte in (b"\x81", b"\xe9"):  # one that Windows-1252 does not know either, and one that it does
            yield Polluted("bytes that are no UTF-8", text[:place].encode() + byte + text[place:].encode())


def dialects() -> Iterator[Polluted]:
    """Yield other separators, quotation marks and escapes than comma and doubled marks."""
    for separator in (";", "\t", "|"):
        yield Polluted("separators that are found", table(*lines(separator=separator)).encode())
    for separator in (" ", ":", "^", "~", "\x1f"):
        given = {"separator": separator}
        yield Polluted("separators that are set", table(*lines(separator=separator)).encode(), given=given)
    for separator in ("::", ", ", "||"):
        yield Polluted("separators of two characters", table(*lines(separator=separator)).encode())
    yield Polluted("quotation marks that are set", table(*lines(quote="'", escape="'")).encode(), given={"quote": "'"})
    yield Polluted("quotation marks that are not set", table(*lines(quote="'", escape="'")).encode())
    yield Polluted("escapes that are not set", table(*lines(escape="\\")).encode())
    bare = ROWS[:-1]  # the cell with marks at both of its ends would be a quoted one
    yield Polluted("no quotation marks at all", table(*(",".join(row) for row in (HEADER, *bare))).encode(), bare)


def above() -> Iterator[Polluted]:
    """Yield what stands above the header, or in its place."""
    text = table(*lines())
    titles = ("Customers", "Customers,,,,", '"Customers, all"', "# a comment", "", "Exported on 2026-11-24", "sep=,")
    for title in titles:
        for count in (1, 3, 20):
            yield Polluted("lines above the header", (table(*[title] * count) + text).encode())
    yield Polluted("no header", table(*lines()[1:]).encode())
    names = ("contact", "who", "where", "what", "money")
    yield Polluted("two lines of headers", table(line(names), *lines()).encode())
    yield Polluted("two lines of headers", table(line(HEADER), line(names), *lines()[1:]).encode(), [names, *ROWS])
    yield Polluted("two lines of headers", table(line(HEADER), *lines()).encode())


def below() -> Iterator[Polluted]:
    """Yield what stands below the table, or between its rows."""
    text, other = table(*lines()), table("shop,city", "1,Leeds", "2,York")
    for footer in ("Total,,,,55", "Grand total: 10 rows", "(10 rows)", "-- end --", "\x1a", ",,,,,,,,"):
        yield Polluted("lines below the table", (text + footer).encode())
    for gap in ("", "\n", "\n\n\n"):
        yield Polluted("a second table", (text + gap + other).encode())
        yield Polluted("a second table", (other + gap + text).encode())
        yield Polluted("a second table", (table(line(HEADER)) + gap + table(*lines()[1:])).encode())
        yield Polluted("a second table", (text + gap + text).encode(), ROWS * 2)
    for place in range(1, len(ROWS) + 1):
        rows = lines()
        yield Polluted("comments between rows", table(*rows[:place], "# a comment", *rows[place:]).encode())


def headers() -> Iterator[Polluted]:
    """Yield headers that repeat names, lack them, or are damaged."""
    for place, name in enumerate(HEADER):
        for other in (HEADER[0], name.upper(), "", f" {name}", name * 3000):
            changed = (*HEADER[:place], other, *HEADER[place + 1 :])
            if changed != HEADER:
                yield Polluted("names in the header", with_line(0, line(changed)))
        yield Polluted("a damaged header", with_line(0, ",".join(HEADER[:place] + HEADER[place + 1 :])))
        yield Polluted("a damaged header", with_line(0, ",".join((*HEADER[:place], "", *HEADER[place:]))))
        yield Polluted("a damaged header", with_line(0, ",".join((*HEADER[:place], f'"{name}', *HEADER[place + 1 :]))))
        yield Polluted("a damaged header", with_line(0, ",".join((*HEADER[:place], f'{name}"', *HEADER[place + 1 :]))))


def separators() -> Iterator[Polluted]:
    """Yield every row with one separator less, and with one more, at every place."""
    for number, row in enumerate(ROWS, start=1):
        cells = [cell(text) for text in row]
        for place in range(WIDTH - 1):
            merged = [*cells[:place], cells[place] + cells[place + 1], *cells[place + 2 :]]
            yield Polluted("a row with a separator less", with_line(number, ",".join(merged)))
        for place in range(WIDTH + 1):
            longer = [*cells[:place], "", *cells[place:]]
            yield Polluted("a row with a separator more", with_line(number, ",".join(longer)))
        yield Polluted("a row that ends early", with_line(number, ",".join(cells[:2])))
        yield Polluted("a row twice as long", with_line(number, ",".join(cells * 2)))


def foreign_rows() -> Iterator[Polluted]:
    """Yield every row in another dialect than the rest."""
    for number, row in enumerate(ROWS, start=1):
        for separator in (";", "\t", "|", " ", ", "):
            yield Polluted("a row with another separator", with_line(number, line(row, separator=separator)))
        wrapped = tuple(cell(text, quote="'", escape="'", every=True) for text in row)
        meant = [*ROWS[: number - 1], wrapped, *ROWS[number:]]  # a mark that is none is text
        yield Polluted("a row with other quotation marks", with_line(number, ",".join(wrapped)), meant)
        yield Polluted("a row with other escapes", with_line(number, line(row, escape="\\", every=True)))
        spaced = line(row, every=True).replace('","', '" , "')
        yield Polluted("a row with blanks around its marks", with_line(number, spaced))


def quotes() -> Iterator[Polluted]:
    """Yield every row with one quotation mark more before, after and in each cell, and with one less."""
    for number, row in enumerate(ROWS, start=1):
        for every in (False, True):
            cells = [cell(text, every=every) for text in row]
            for place, text in enumerate(cells):
                middle = len(text) // 2
                for spoiled in (f'"{text}', f'{text}"', f'{text[:middle]}"{text[middle:]}'):
                    changed = ",".join([*cells[:place], spoiled, *cells[place + 1 :]])
                    yield Polluted("a row with a quotation mark more", with_line(number, changed))
                if '"' in text:
                    fewer = ",".join([*cells[:place], text.replace('"', "", 1), *cells[place + 1 :]])
                    yield Polluted("a row with a quotation mark less", with_line(number, fewer))
