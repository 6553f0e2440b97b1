"""Sound CSV files: what the fast reading refuses instead of guessing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.sources.columns import reading_schema
from connectors.sources.csv_layout import CsvText, Dialect, Layout, walk
from connectors.sources.csv_sound import sound_batches
from connectors.sources.errors import SourceBroken
from tests.connectors.sources.opening import csv


def rows(folder: Path, content: bytes, change: Callable[[Layout], Layout] = lambda layout: layout) -> int:
    """Count the rows of a CSV of two columns, its layout changed."""
    (folder / "people.csv").write_bytes(content)
    text = CsvText(folder / "people.csv", 0, Dialect(",", '"'), "people.csv")
    layout = change(walk(text, folder / "lines"))
    schema = reading_schema(["email", "name"], [pa.string(), pa.string()])
    with sound_batches(text, layout, folder / "lines", schema) as batches:
        return sum(batch.num_rows for batch in batches)


def test_two_countings_have_to_agree(tmp_path: Path) -> None:
    """Should the parser see other rows than the walk did, the file is refused: lines would belong to other rows."""
    content = b"email,name\na@b.c,A\nd@e.f,D\n"
    assert rows(tmp_path, content) == 2
    with pytest.raises(SourceBroken, match="reads as 2 rows one way and 3 another"):
        rows(tmp_path, content, lambda layout: replace(layout, rows=4))


def test_what_the_parser_refuses_is_a_sentence_without_the_row(tmp_path: Path) -> None:
    """A parser's own message would quote the row."""
    with pytest.raises(SourceBroken, match=r"people\.csv cannot be read as CSV") as caught:
        rows(tmp_path, b"email,name\nsecret@b.c,\xe9\n")
    assert caught.value.__suppress_context__
    assert "secret" not in str(caught.value)


def test_a_row_as_long_as_a_file_is_refused(tmp_path: Path) -> None:
    """A mark that opens on one row and is closed by chance on a far one does not make a cell of all between."""
    with pytest.raises(SourceBroken, match="has a row of 33 MiB"):
        csv(tmp_path, b'email,name\na@b.c,"' + b"d@e.f,D\n" * (33 << 17) + b'"\n')
