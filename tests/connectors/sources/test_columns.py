"""Columns: unique names for what was found, and headers that cannot be used."""

from pathlib import Path
from time import process_time

import polars as pl
import pyarrow as pa
import pytest

from connectors.sources.columns import TECHNICAL_FIELDS, reading_schema, unique_names
from connectors.sources.errors import SourceBroken, SourceSettingsWrong
from schemas.rows import TECHNICAL
from tests.connectors.sources.opening import csv


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a (2)", "a (3)"]),
        (["a", "a", "a (2)"], ["a", "a (3)", "a (2)"]),
        (["a", "", ""], ["a", "column 2", "column 3"]),
        (["column 2", ""], ["column 2", "column 2 (2)"]),
        (["a", "A", " a"], ["a", "A", " a"]),
    ],
)
def test_names_are_unique_and_stay_as_found_where_they_can(header: list[str], names: list[str]) -> None:
    """A snapshot can hold any header, and a column that is found by its name is that column."""
    assert unique_names(header) == names


def test_the_technical_columns_are_those_that_the_snapshot_expects() -> None:
    """The two layers agree on the technical columns, their order and their types."""
    frame = pl.from_arrow(pa.schema(TECHNICAL_FIELDS).empty_table())
    assert isinstance(frame, pl.DataFrame)
    assert dict(frame.schema) == TECHNICAL
    assert reading_schema(["email"], [pa.string()]).names == [*TECHNICAL, "email"]


def test_a_missing_column_is_refused_before_any_row(tmp_path: Path) -> None:
    """A renamed column stops the sync; it is not read as blank cells."""
    with pytest.raises(SourceSettingsWrong, match=r'Source crm: column "email" is not there. Did you mean "e-mail"'):
        csv(tmp_path, "e-mail,name\na@example.com,Ann\n")


def test_a_column_that_differs_by_case_only_is_ambiguous(tmp_path: Path) -> None:
    """The address column is never guessed."""
    with pytest.raises(SourceSettingsWrong, match='ambiguous: the header has "email", "EMAIL"'):
        csv(tmp_path, "email,EMAIL\na@example.com,b@example.com\n")


def test_a_technical_name_is_refused(tmp_path: Path) -> None:
    """A source cannot overwrite our row numbers or faults."""
    with pytest.raises(SourceSettingsWrong, match='"__row__" has a name that contact-sync uses itself'):
        csv(tmp_path, "email,__row__\na@example.com,7\n")


def test_many_repeated_names_are_told_apart_in_no_time() -> None:
    """A header of separators only, as a damaged file may have, does not hold a sync up."""
    start = process_time()
    names = unique_names(["", "tag"] * 20_000)
    assert len(set(names)) == 40_000
    assert names[-1] == "tag (20000)"
    assert process_time() - start < 2


def test_a_header_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    """A file whose line ends were lost is not read as one header, and its rows are not listed as names."""
    with pytest.raises(SourceBroken, match=r"the header has 20,002 columns\. Check") as caught:
        csv(tmp_path, "email,name" + "secret@b.c,A," * 10_000 + "\nx,y\n")
    assert "secret" not in str(caught.value)
