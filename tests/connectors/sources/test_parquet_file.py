"""Parquet files: types kept, damage found, and nothing read that no field could take."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.sources.errors import SourceBroken, SourceEmpty, SourceSettingsWrong
from tests.connectors.sources.opening import Held, read

PEOPLE = pa.table(
    {
        "email": ["a@b.c", None, "d@e.f"],
        "born": [date(2000, 2, 29), None, date(1900, 1, 1)],
        "points": pa.array([1, 2, 3], pa.int16()),
        "plan": pa.array(["pro", "free", "pro"]).dictionary_encode(),
        "tags": [["x"], [], None],
    }
)


def parquet(folder: Path, table: pa.Table, **given: object) -> Held:
    """Read a Parquet file of this table."""
    pq.write_table(table, folder / "people.parquet", write_page_checksum=True, compression="none")
    return read(folder, None, kind="parquet", path="people.parquet", **given)


def test_columns_keep_their_types(tmp_path: Path) -> None:
    """A date stays a date, so that nothing has to be read from text again."""
    held = parquet(tmp_path, PEOPLE)
    assert held.schema.types[4:] == PEOPLE.schema.types
    assert held.cells[0] == ("a@b.c", date(2000, 2, 29), 1, "pro", ["x"])
    assert held.cells[1] == (None, None, 2, "free", [])
    assert held.lines == [None, None, None]
    assert held.facts["rows"] == 3
    assert len(str(held.facts["sha256"])) == 64


def test_many_batches_are_numbered_on(tmp_path: Path) -> None:
    """Row numbers go on over batches and row groups."""
    table = pa.table({"email": [f"{n}@example.com" for n in range(150_000)]})
    held = parquet(tmp_path, table)
    assert held.rows[150_000] == ("149999@example.com",)


def test_a_repeated_name_is_kept_apart(tmp_path: Path) -> None:
    """Both columns of a repeated name are there."""
    table = pa.Table.from_arrays([pa.array(["a@b.c"]), pa.array([1]), pa.array([2])], names=["email", "n", "n"])
    held = parquet(tmp_path, table)
    assert held.header == ("email", "n", "n")
    assert held.schema.names[-1] == "n (2)"
    assert held.cells == [("a@b.c", 1, 2)]


@pytest.mark.parametrize("values", [[["x"]], [{"x": 1}], [b"x"]])
def test_a_mapped_column_of_lists_structures_or_bytes_is_refused(tmp_path: Path, values: list[object]) -> None:
    """What no field can take is found before a row is read; unmapped, it does no harm."""
    table = pa.table({"email": ["a@b.c"], "extra": values})
    with pytest.raises(SourceSettingsWrong, match='"extra" holds lists, structures or binary data'):
        parquet(tmp_path, table, fields={"email": "email", "notes": "extra"})
    assert parquet(tmp_path, table).cells == [("a@b.c", values[0])]


def test_a_file_without_rows_is_empty(tmp_path: Path) -> None:
    """No rows are not everyone gone."""
    with pytest.raises(SourceEmpty, match="Source crm is empty"):
        parquet(tmp_path, PEOPLE.slice(0, 0))


def test_a_flipped_byte_in_a_page_is_found(tmp_path: Path) -> None:
    """The page's checksum is verified: a damaged address is never sent."""
    file = tmp_path / "people.parquet"
    parquet(tmp_path, PEOPLE)
    content = file.read_bytes().replace(b"a@b.c", b"a@b.d", 1)
    file.write_bytes(content)
    with pytest.raises(SourceBroken, match="is damaged") as caught:
        read(tmp_path, None, kind="parquet", path="people.parquet")
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("cut", [1, 4, 10, 100])
def test_a_truncated_file_is_refused(tmp_path: Path, cut: int) -> None:
    """A file that was not written to its end is a sentence, not a traceback."""
    file = tmp_path / "people.parquet"
    parquet(tmp_path, PEOPLE)
    file.write_bytes(file.read_bytes()[:-cut])
    with pytest.raises(SourceBroken, match="not a Parquet file, or is damaged"):
        read(tmp_path, None, kind="parquet", path="people.parquet")


@pytest.mark.parametrize("flip", [0x02, 0x80])
def test_any_damage_is_found_or_harmless(tmp_path: Path, flip: int) -> None:
    """Whichever byte of a file is hit, the reading ends with our own error or with the rows as they were."""
    file = tmp_path / "people.parquet"
    held = parquet(tmp_path, pa.table({"email": ["a@b.c", "d@e.f"]}))
    content = file.read_bytes()
    said = set()
    for place in range(len(content)):
        file.write_bytes(content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :])
        try:
            assert read(tmp_path, None, kind="parquet", path="people.parquet").cells == held.cells
        except (SourceBroken, SourceSettingsWrong) as error:
            said.add(str(error).partition(" ")[2])
    assert any("rows, but says" in sentence for sentence in said)
    assert any("is damaged" in sentence for sentence in said)


def test_text_that_is_none_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 in a text column do not travel on."""
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"a@\xe9"]).buffers())
    with pytest.raises(SourceBroken, match="is damaged"):
        parquet(tmp_path, pa.table({"email": broken}))


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "lz4", "zstd"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_any_writer_s_file_reads_the_same(tmp_path: Path, compression: str, version: str) -> None:
    """Page versions, compressions, dictionaries and row groups, an empty one included, do not change a value."""
    with pq.ParquetWriter(
        tmp_path / "people.parquet",
        PEOPLE.schema,
        compression=compression,
        data_page_version=version,
        use_dictionary=["email"],
        write_page_checksum=True,
    ) as writer:
        for group in (PEOPLE.slice(0, 1), PEOPLE.slice(0, 0), PEOPLE.slice(1)):
            writer.write_table(group)
    held = read(tmp_path, None, kind="parquet", path="people.parquet")
    assert [dict(zip(PEOPLE.column_names, cells, strict=True)) for cells in held.cells] == PEOPLE.to_pylist()


@pytest.mark.parametrize(
    "encoding",
    [
        {"email": "DELTA_LENGTH_BYTE_ARRAY", "points": "DELTA_BINARY_PACKED", "share": "BYTE_STREAM_SPLIT"},
        {"email": "DELTA_BYTE_ARRAY", "points": "BYTE_STREAM_SPLIT", "share": "PLAIN"},
    ],
)
def test_any_encoding_of_values_reads_the_same(tmp_path: Path, encoding: dict[str, str]) -> None:
    """What newer writers choose for sorted texts and numbers comes back as it was."""
    table = pa.table({"email": [f"{n}@b.c" for n in range(500)], "points": list(range(500)), "share": [0.1] * 500})
    pq.write_table(table, tmp_path / "people.parquet", column_encoding=encoding, use_dictionary=False)
    held = read(tmp_path, None, kind="parquet", path="people.parquet")
    assert held.cells == [(f"{n}@b.c", n, 0.1) for n in range(500)]


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1PAR1", b"PAR1" + bytes(8) + b"PAR1", b"email\na@b.c", bytes(5000)])
def test_what_is_no_parquet_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    """A CSV under the wrong kind, and a footer that says nonsense, are refused."""
    (tmp_path / "people.parquet").write_bytes(content)
    with pytest.raises(SourceBroken, match="not a Parquet file, or is damaged"):
        read(tmp_path, None, kind="parquet", path="people.parquet")


@pytest.mark.parametrize(("start", "end"), [(b"PAR1", b"\xff\xff\xff\x7fPAR1"), (b"PARE", b"\x10\x00\x00\x00PARE")])
def test_a_footer_that_cannot_be_is_refused(tmp_path: Path, start: bytes, end: bytes) -> None:
    """A length of 2 GiB is not believed, and an encrypted footer, which has a magic of its own, is none to us."""
    parquet(tmp_path, PEOPLE)
    content = (tmp_path / "people.parquet").read_bytes()
    (tmp_path / "people.parquet").write_bytes(start + content[4:-8] + end)
    with pytest.raises(SourceBroken, match="not a Parquet file, or is damaged"):
        read(tmp_path, None, kind="parquet", path="people.parquet")
