"""What holds for any text, any value and any query, tried on many of them."""

import csv as reader
import io
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connectors.sources.csv_layout import CsvText, Dialect, walk
from connectors.sources.postgresql import ENGINE as POSTGRESQL
from connectors.sources.sql_values import put_values
from connectors.sources.sqlite import ENGINE as SQLITE
from tests.connectors.sources.opening import csv, read

PLAIN = st.text(st.characters(exclude_characters='\0\r\n",', exclude_categories=["Cs"]), min_size=1, max_size=10)
PIECES = st.sampled_from(["a", "é", '"', ",", "\n", "\r\n", "\r"])
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.binary(max_size=5) | PLAIN
TOKENS = st.sampled_from(["select", " ", "'it''s :x'", '":date"', "--:x\n", "/* :y */", "(", "1", "\n", ","])
POSTGRESQL_TOKENS = st.sampled_from(["::text", " $$:z$$ ", " $a$:z$a$ ", r" E'\':z' ", "[1:2]"])


@given(
    st.lists(PLAIN, min_size=1, max_size=5), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
)
@settings(max_examples=60, deadline=None)
def test_any_text_is_the_same_in_any_encoding(names: list[str], encoding: str) -> None:
    """A stated encoding is decoded exactly, whatever the characters."""
    assume(not names[0].startswith("\ufeff"))
    content = "email,name\n" + "".join(f"a@b.c,{name}\n" for name in names)
    with TemporaryDirectory() as folder:
        held = csv(Path(folder), content.encode(encoding), encoding=encoding, separator=",")
    assert [name for _, name in held.cells] == names


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_walk_finds_the_rows_that_pythons_csv_finds(text: str) -> None:
    """Two readers that share no code agree on what is sound, how many rows there are and where they start."""
    try:
        lines, found = io.StringIO(text, newline=""), list[int]()
        rows = reader.reader(lines, strict=True)
        before = 0
        for row in rows:
            found += [before + 1] if row else []
            before = rows.line_num
    except reader.Error:
        found = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_bytes(text.encode())
        layout = walk(CsvText(path, 0, Dialect(",", '"'), "people.csv"), path.with_name("lines"))
        starts = np.fromfile(path.with_name("lines"), dtype=np.int64).tolist()
    assert layout.rows == len(starts)
    # Python's reader lets a mark pass within a bare cell: it is sound only where no such mark is.
    if layout.sound:
        assert starts == found


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_value_of_a_sqlite_column_comes_back(rows: list[tuple[object, object]]) -> None:
    """Whatever stands in a column, its text says it exactly: numbers to the last bit, blobs as hexadecimal."""
    with TemporaryDirectory() as folder:
        with closing(sqlite3.connect(Path(folder) / "any.db")) as connection:
            connection.execute("create table found (email, other)")
            connection.executemany("insert into found values (?, ?)", rows)
            connection.commit()
        held = read(Path(folder), None, kind="database", url="sqlite:///any.db", table="found")
    for written, text in zip(rows, held.cells, strict=True):
        assert all(same(value, cell) for value, cell in zip(written, text, strict=True))


def same(value: object, text: str | None) -> bool:
    """Tell whether a cell's text says the value."""
    if value is None or text is None:
        return value is text
    if isinstance(value, bytes):
        return bytes.fromhex(text) == value
    if isinstance(value, float):
        return float(text.replace("Inf", "inf")) == value
    return text == str(value)


@given(st.lists(TOKENS, max_size=12).map("".join), st.lists(TOKENS | POSTGRESQL_TOKENS, max_size=12).map("".join))
@settings(max_examples=200, deadline=None)
def test_a_query_without_a_placeholder_is_left_alone(query: str, of_postgresql: str) -> None:
    """Not a character of a query changes where no placeholder stands, and a placeholder after it is still found."""
    markers = {"date": "<>", "since": "<since>"}
    for written, engine in ((query, SQLITE), (of_postgresql, POSTGRESQL)):
        assert put_values(written, engine.tokens, markers) == (written, ())
        assert put_values(f"{written} :date", engine.tokens, markers) == (f"{written} <>", ("date",))
