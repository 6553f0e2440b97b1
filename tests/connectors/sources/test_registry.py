"""Every kind of source keeps the same promises; a new kind joins with one line."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.sources.errors import SourceEmpty, SourceMissing, SourceSettingsWrong
from connectors.sources.reading import Request
from connectors.sources.registry import KINDS, open_source
from schemas.rows import TECHNICAL
from tests.connectors.sources.opening import DAY, SETTINGS, read, settings

Maker = Callable[[Path, list[tuple[str, str]]], dict[str, object]]


def csv(folder: Path, people: list[tuple[str, str]]) -> dict[str, object]:
    """Make a CSV file of these addresses and names."""
    (folder / "people.csv").write_text("".join(f"{email},{name}\n" for email, name in [("email", "name"), *people]))
    return {"kind": "csv", "path": "people.csv"}


def parquet(folder: Path, people: list[tuple[str, str]]) -> dict[str, object]:
    """Make a Parquet file of them."""
    columns = {"email": [email for email, _ in people], "name": [name for _, name in people]}
    pq.write_table(
        pa.table(columns, schema=pa.schema({"email": pa.string(), "name": pa.string()})), folder / "people.parquet"
    )
    return {"kind": "parquet", "path": "people.parquet"}


def database(folder: Path, people: list[tuple[str, str]]) -> dict[str, object]:
    """Make a SQLite database of them."""
    with closing(sqlite3.connect(folder / "people.db")) as connection:
        connection.execute("create table people (email, name)")
        connection.executemany("insert into people values (?, ?)", people)
        connection.commit()
    return {"kind": "database", "url": "sqlite:///people.db", "table": "people"}


MAKERS: dict[str, Maker] = {"csv": csv, "parquet": parquet, "database": database}
PEOPLE = [(f"{number}@example.com", "Ann" * 20) for number in range(1, 90_001)]
each_kind = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def test_every_kind_is_tested() -> None:
    """A kind without a maker here keeps no promise."""
    assert MAKERS.keys() == KINDS.keys()


@each_kind
def test_rows_are_numbered_from_one_without_gaps_and_come_in_order(tmp_path: Path, make: Maker) -> None:
    """The same rows come from every kind, in the source's order, in batches of one schema."""
    held = read(tmp_path, None, **make(tmp_path, PEOPLE))
    assert held.header == ("email", "name")
    assert held.schema.names == [*TECHNICAL, "email", "name"]
    assert held.cells == PEOPLE
    assert (held.facts["rows"], held.facts["set_aside"]) == (90_000, 0)


@each_kind
def test_a_reading_can_be_left_after_its_first_batch(tmp_path: Path, make: Maker) -> None:
    """A preview takes one batch and leaves no file open."""
    given = make(tmp_path, PEOPLE)
    files = len(list(Path("/dev/fd").iterdir()))
    with (
        TemporaryDirectory() as scratch,
        open_source(settings(**given), Request(DAY, tmp_path, {}, Path(scratch))) as reading,
    ):
        first = next(reading.batches)
        assert first.schema == reading.schema
        assert 20 <= first.num_rows < len(PEOPLE)
    assert len(list(Path("/dev/fd").iterdir())) == files


@each_kind
def test_a_caller_that_fails_gets_its_own_error(tmp_path: Path, make: Maker) -> None:
    """What goes wrong while rows are used is not blamed on the source, and everything is closed."""
    given = make(tmp_path, PEOPLE)
    files = len(list(Path("/dev/fd").iterdir()))
    with TemporaryDirectory() as scratch, pytest.raises(OSError, match="the caller's disk"):  # noqa: SIM117, PT012 - the order of leaving is what is tested
        with open_source(settings(**given), Request(DAY, tmp_path, {}, Path(scratch))) as reading:
            next(reading.batches)
            raise OSError("the caller's disk")
    assert len(list(Path("/dev/fd").iterdir())) == files


@each_kind
def test_no_rows_are_empty(tmp_path: Path, make: Maker) -> None:
    """An empty source is never read as everyone gone."""
    with pytest.raises(SourceEmpty, match="Source crm is empty"):
        read(tmp_path, None, **make(tmp_path, []))


@each_kind
def test_a_source_that_is_not_there_is_missing(tmp_path: Path, make: Maker) -> None:
    """A source that was not delivered is told apart from one that is empty."""
    given = make(tmp_path, PEOPLE[:1])
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(SourceMissing):
        read(tmp_path, None, **given)


@each_kind
def test_a_missing_column_is_refused(tmp_path: Path, make: Maker) -> None:
    """The mapping is checked against what was found, before any row."""
    given = make(tmp_path, PEOPLE[:1])
    with pytest.raises(SourceSettingsWrong, match='column "Mail" is not there'):
        read(tmp_path, None, fields={"email": "Mail"}, **given)


def test_the_settings_have_a_json_schema() -> None:
    """An editor can complete every kind's settings, told apart by `kind`."""
    schema = SETTINGS.json_schema()
    assert set(schema["discriminator"]["mapping"]) == set(KINDS)
