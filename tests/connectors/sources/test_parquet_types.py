"""Types of Parquet: every one that a file can have comes out as text that says the same, or is refused by name."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.sources.errors import SourceSettingsWrong
from connectors.sources.parquet_types import plain_type
from schemas.found import found_column, found_text
from tests.connectors.sources.opening import read

ID = UUID("00112233-4455-6677-8899-aabbccddeeff")
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
LONG = Decimal("123456789012345678901234567890123456789012.50")


def extension(kind: pa.DataType, values: list[Any]) -> pa.Array:
    """Return an array of an extension type."""
    return pa.ExtensionArray.from_storage(kind, pa.array(values, kind.storage_type))


PLAIN: dict[str, tuple[pa.Array, str]] = {
    "decimal32": (pa.array([Decimal("1.50"), None], pa.decimal32(5, 2)), "1.50"),
    "decimal64": (pa.array([Decimal("1.50"), None], pa.decimal64(12, 2)), "1.50"),
    "decimal128": (pa.array([Decimal("1.50"), None], pa.decimal128(38, 2)), "1.50"),
    "decimal256": (pa.array([LONG, None], pa.decimal256(60, 2)), str(LONG)),
    "uint64": (pa.array([2**64 - 1, None], pa.uint64()), str(2**64 - 1)),
    "float16": (pa.array([1.5, None], pa.float16()), "1.5"),
    "float of a whole number": (pa.array([42.0, None]), "42"),
    "bool": (pa.array([True, None]), "true"),
    "bool8": (extension(pa.bool8(), [1, None]), "true"),
    "uuid": (extension(pa.uuid(), [ID.bytes, None]), str(ID)),
    "json": (extension(pa.json_(), ['{"a":1}', None]), '{"a":1}'),
    "large string": (pa.array(["é", None], pa.large_string()), "é"),
    "string view": (pa.array(["é", None], pa.string_view()), "é"),
    "dictionary": (pa.array(["é", None]).dictionary_encode(), "é"),
    "date64": (pa.array([dt.date(1900, 2, 28), None], pa.date64()), "1900-02-28"),
    "time": (pa.array([dt.time(8, 30), None], pa.time64("us")), "08:30:00"),
    "duration": (pa.array([dt.timedelta(hours=1), None], pa.duration("ms")), "PT1H"),
    "timestamp": (pa.array([NOON.replace(tzinfo=None), None], pa.timestamp("s")), "2026-11-24 12:00:00.000"),
    "timestamp in a zone": (
        pa.array([NOON, None], pa.timestamp("ms", "America/Chicago")),
        "2026-11-24 06:00:00.000-06:00",
    ),
    "timestamp at an offset": (pa.array([NOON, None], pa.timestamp("ms", "+02:00")), "2026-11-24 14:00:00.000+02:00"),
    "timestamp at an odd offset": (
        pa.array([NOON, None], pa.timestamp("ms", "+05:45")),
        "2026-11-24 12:00:00.000+00:00",
    ),
    "timestamp in no zone": (pa.array([NOON, None], pa.timestamp("ms", "Mars/Base")), "2026-11-24 12:00:00.000+00:00"),
}
ODD: dict[str, pa.Array] = {
    "list": pa.array([["x"], None]),
    "list view": pa.array([["x"], None], pa.list_view(pa.string())),
    "fixed list": pa.array([["x"], None], pa.list_(pa.string(), 1)),
    "list of long decimals": pa.array([[LONG], None], pa.list_(pa.decimal256(60, 2))),
    "struct": pa.array([{"a": 1}, None]),
    "struct of a list view": pa.array([{"a": ["x"]}, None], pa.struct([("a", pa.list_view(pa.string()))])),
    "struct of a time in no zone": pa.array([{"a": NOON}, None], pa.struct([("a", pa.timestamp("ms", "Mars/Base"))])),
    "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
    "binary": pa.array([b"x", None]),
    "large binary": pa.array([b"x", None], pa.large_binary()),
    "binary view": pa.array([b"x", None], pa.binary_view()),
    "fixed binary": pa.array([b"x", None], pa.binary(1)),
    "dictionary of binary": pa.array([b"x", None]).dictionary_encode(),
}


def snapshot(folder: Path, column: pa.Array, **given: object) -> pl.DataFrame:
    """Read a file of this column, and return it as the steps after us see it: written again, and read by polars."""
    table = pa.table({"email": ["a@b.c", "d@e.f"], "odd": column})
    pq.write_table(table, folder / "people.parquet", **given)
    held = read(folder, None, kind="parquet", path="people.parquet", fields={"email": "email", "notes": "odd"})
    return carried(folder, held.schema, list(held.cells))


def carried(folder: Path, schema: pa.Schema, cells: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Return rows by way of a file."""
    own = pa.schema(list(schema)[4:])
    columns = zip(*cells, strict=True)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, own.types, strict=True)]
    pq.write_table(pa.table(arrays, schema=own), folder / "snapshot.parquet")
    return pl.read_parquet(folder / "snapshot.parquet")


@pytest.mark.parametrize("name", PLAIN)
def test_a_column_of_single_values_becomes_the_same_text(tmp_path: Path, name: str) -> None:
    """Nothing is rounded, shifted or lost on the way to the text that a field is read from."""
    column, text = PLAIN[name]
    frame = snapshot(tmp_path, column)
    found = frame.select(found_text(found_column("odd"), frame.schema["odd"])).to_series().to_list()
    assert found == [text, None]


@pytest.mark.parametrize("name", ODD)
def test_a_column_of_anything_else_is_refused_where_it_is_mapped(tmp_path: Path, name: str) -> None:
    """A field would be emptied without a word: an id kept as bytes is no text."""
    with pytest.raises(SourceSettingsWrong, match='"odd" holds lists, structures or binary data'):
        snapshot(tmp_path, ODD[name])


@pytest.mark.parametrize("name", ODD)
def test_an_unmapped_column_of_anything_does_no_harm(tmp_path: Path, name: str) -> None:
    """What polars cannot hold, or panics on, is left out before it gets there."""
    pq.write_table(pa.table({"email": ["a@b.c", "d@e.f"], "odd": ODD[name]}), tmp_path / "people.parquet")
    held = read(tmp_path, None, kind="parquet", path="people.parquet")
    frame = carried(tmp_path, held.schema, list(held.cells))
    assert frame["email"].to_list() == ["a@b.c", "d@e.f"]
    text = frame.select(found_text(found_column("odd"), frame.schema["odd"])).to_series()
    assert text.null_count() == len(text)


@pytest.mark.parametrize("year", [1, 1600, 1900, 2026, 2263, 9999])
def test_an_old_time_of_any_year_is_read_right(tmp_path: Path, year: int) -> None:
    """INT96, which Spark and Impala wrote, counts nanoseconds and would wrap around after the year 2262."""
    stamp = dt.datetime(year, 5, 6, 7, 8, 9)  # noqa: DTZ001 - INT96 has no zone
    frame = snapshot(tmp_path, pa.array([stamp, None], pa.timestamp("us")), use_deprecated_int96_timestamps=True)
    assert frame["odd"].to_list() == [stamp, None]


def test_every_zone_that_is_kept_is_one_that_polars_knows() -> None:
    """A zone's name goes on as it is only if the reader after us has it."""
    kept = plain_type(pa.timestamp("us", "Europe/Kyiv"))
    assert kept == pa.timestamp("us", "Europe/Kyiv")
    for hours in range(-12, 13):
        kind = plain_type(pa.timestamp("us", f"{hours:+03d}:00"))
        offset = pl.from_arrow(pa.array([NOON], kind))
        assert isinstance(offset, pl.Series)
        assert offset.to_list() == [NOON.astimezone(ZoneInfo("UTC"))]
