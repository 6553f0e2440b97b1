"""Compressed files: told by their content, unpacked whole or refused, and bounded in what they may become."""

import bz2
import gzip
import io
import lzma
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.sources.compressed import Caps, unpacked
from connectors.sources.delivery import Delivery
from connectors.sources.errors import SourceBroken, SourceEmpty
from tests.connectors.sources.opening import csv

TEXT = ("email,name\n" + "".join(f"{n}@example.com,Zoé {n}\n" for n in range(500))).encode()
MIB = 1 << 20


def zstd(content: bytes) -> bytes:
    """Return a zstd frame."""
    whole = pa.BufferOutputStream()
    with pa.CompressedOutputStream(whole, "zstd") as stream:
        stream.write(content)
    packed: bytes = whole.getvalue().to_pybytes()
    return packed


def zipped(content: bytes, *names: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip with this content under each name."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name in names or ("people.csv",):
            archive.writestr(name, "" if name.endswith("/") else content)
    return whole.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "zstd": zstd,
    "zip": zipped,
}
each_packer = pytest.mark.parametrize("kind", PACKERS)


@each_packer
def test_a_compressed_file_reads_like_the_plain_one(tmp_path: Path, kind: str) -> None:
    """The kind is told by the first bytes: every file here is called people.csv."""
    plain, packed = csv(tmp_path, TEXT), csv(tmp_path, PACKERS[kind](TEXT))
    assert packed.rows == plain.rows
    assert packed.lines == plain.lines
    assert (plain.facts["compression"], packed.facts["compression"]) == ("none", kind)


@each_packer
def test_the_digest_is_that_of_the_file_as_delivered(tmp_path: Path, kind: str) -> None:
    """Whoever compares the digest with the sender's has the compressed file in hand."""
    assert csv(tmp_path, PACKERS[kind](TEXT)).facts["bytes"] == (tmp_path / "people.csv").stat().st_size


@pytest.mark.parametrize("kind", ["gzip", "bz2", "zstd"])
def test_streams_one_after_the_other_are_one_file(tmp_path: Path, kind: str) -> None:
    """Nothing after the first stream is dropped: appended logs and parallel packers write several."""
    pack = PACKERS[kind]
    assert len(csv(tmp_path, pack(TEXT) + pack(b"last@example.com,L\n")).rows) == 501


@each_packer
def test_a_truncated_file_is_refused_wherever_it_ends(tmp_path: Path, kind: str) -> None:
    """An upload that broke off never reads as fewer contacts."""
    whole = PACKERS[kind](TEXT)
    for end in {*range(8, len(whole), 197), *range(len(whole) - 12, len(whole))}:
        with pytest.raises(SourceBroken, match="truncated, damaged or locked"):
            csv(tmp_path, whole[:end])


@pytest.mark.parametrize("kind", ["gzip", "bz2", "zstd"])
@pytest.mark.parametrize("after", [b"garbage", b"\0" * 16, b"BZh", b"\x1f\x8b"])
def test_what_follows_a_stream_is_not_passed_over(tmp_path: Path, kind: str, after: bytes) -> None:
    """A second stream whose first byte is damaged would otherwise be lost without a word."""
    with pytest.raises(SourceBroken, match="truncated, damaged or locked"):
        csv(tmp_path, PACKERS[kind](TEXT) + after)


@pytest.mark.parametrize("kind", ["gzip", "bz2", "zip"])
def test_a_flipped_bit_is_found_or_harmless(tmp_path: Path, kind: str) -> None:
    """Wherever a bit flips, the file is refused or reads as it was, and no foreign exception gets out."""
    whole, rows = PACKERS[kind](TEXT), csv(tmp_path, TEXT).rows
    refused = 0
    for place in range(6, len(whole), 23):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        try:
            assert csv(tmp_path, bytes(damaged)).rows == rows
        except SourceBroken:
            refused += 1
    assert refused > len(whole) // 23 // 2


def test_a_zip_holds_one_file(tmp_path: Path) -> None:
    """Which of two files is meant is not guessed; folders and what the Mac adds are no files."""
    assert len(csv(tmp_path, zipped(TEXT, "out/", "out/people.csv", "__MACOSX/out/._people.csv")).rows) == 500
    with pytest.raises(SourceBroken, match="is a zip of 2 files"):
        csv(tmp_path, zipped(TEXT, "a.csv", "b.csv"))
    with pytest.raises(SourceBroken, match="is a zip of 0 files"):
        csv(tmp_path, zipped(TEXT, "out/"))


def test_a_zip_without_members_is_refused(tmp_path: Path) -> None:
    """An archive of nothing is 22 bytes that are no CSV."""
    whole = io.BytesIO()
    zipfile.ZipFile(whole, "w").close()
    with pytest.raises(SourceBroken, match="is a zip of 0 files"):
        csv(tmp_path, whole.getvalue())


def test_a_zip_with_a_password_is_named(tmp_path: Path) -> None:
    """The sentence says what is wrong, not that the archive is damaged."""
    whole = bytearray(zipped(TEXT))
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceBroken, match="zip with a password"):
        csv(tmp_path, bytes(whole))


def test_a_zip_may_use_any_method_that_python_knows(tmp_path: Path) -> None:
    """Stored, bz2 and LZMA members are read; an unknown method is refused."""
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert len(csv(tmp_path, zipped(TEXT, method=method)).rows) == 500
    unknown = bytearray(zipped(TEXT))
    unknown[8] = unknown[unknown.index(b"PK\x01\x02") + 10] = 97
    with pytest.raises(SourceBroken, match="truncated, damaged or locked"):
        csv(tmp_path, bytes(unknown))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (lzma.compress(TEXT), "an xz file"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7-Zip archive"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (zipped(TEXT, "[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(tmp_path: Path, content: bytes, what: str) -> None:
    """Who delivers a workbook as people.csv reads what to do, not that a byte is not UTF-8."""
    with pytest.raises(SourceBroken, match=rf"is {what}\. (Deliver it as CSV|Set kind: excel)"):
        csv(tmp_path, content)


@each_packer
def test_a_packed_file_of_nothing_is_empty(tmp_path: Path, kind: str) -> None:
    """No bytes within an archive are no contacts, not everyone gone."""
    with pytest.raises(SourceEmpty, match="is empty"):
        csv(tmp_path, PACKERS[kind](b""))


def delivered(folder: Path, content: bytes) -> Delivery:
    """Return a delivery of this content."""
    (folder / "people.csv").write_bytes(content)
    return Delivery(str(folder / "people.csv"), folder / "people.csv", "", len(content))


@each_packer
def test_a_bomb_is_stopped_early_and_in_little_memory(tmp_path: Path, kind: str) -> None:
    """A small file that becomes large stops at the cap, with no more written and held than that."""
    bomb = PACKERS[kind](b"a" * (48 * MIB))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceBroken, match="more than 200 times as large"):
        unpacked(delivered(tmp_path, bomb), tmp_path, Caps(free=4 * MIB))
    assert (tmp_path / "unpacked").stat().st_size <= max(4 * MIB, 200 * len(bomb)) + MIB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 24 * 1024  # KiB


def test_the_caps_are_exact(tmp_path: Path) -> None:
    """A file is refused one byte over the size, or over the ratio where that counts, and not before."""
    packed = delivered(tmp_path, gzip.compress(TEXT, mtime=0))
    size, ratio = len(TEXT), len(TEXT) // packed.size
    unpacked(packed, tmp_path, Caps(size=size, ratio=ratio + 1, free=0))
    unpacked(packed, tmp_path, Caps(size=size, ratio=0, free=size))
    for caps in (Caps(size=size - 1), Caps(ratio=ratio, free=0), Caps(ratio=0, free=size - 1)):
        with pytest.raises(SourceBroken, match="when it is unpacked"):
            unpacked(packed, tmp_path, caps)
