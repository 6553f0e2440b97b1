"""Workbooks that are none, are damaged or mean harm: each ends in a sentence."""

import zipfile
from pathlib import Path

import pytest

from connectors.sources.delivery import Delivery
from connectors.sources.errors import SourceBroken, SourceError
from connectors.sources.excel_package import PackageCaps, opened_package, plain_text
from tests.connectors.sources.opening import read
from tests.connectors.sources.workbooks import row, sheet, write

PEOPLE = {"People": sheet([row(1, "email", "name"), row(2, "a@b.c", "A")])}


def said(folder: Path, content: bytes) -> str:
    """Return why a workbook of this content is refused."""
    (folder / "people.xlsx").write_bytes(content)
    with pytest.raises(SourceBroken) as caught:
        read(folder, None, kind="excel", path="people.xlsx")
    return str(caught.value)


def zipped(folder: Path, *names: str) -> bytes:
    """Return a zip of these members."""
    with zipfile.ZipFile(folder / "some.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return (folder / "some.zip").read_bytes()


def test_other_kinds_of_files_are_called_by_their_names(tmp_path: Path) -> None:
    """What to do is a part of the sentence."""
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "is a workbook of an old Excel (.xls). Save it as .xlsx." in said(tmp_path, old)
    assert "with a password. Save it as .xlsx without one" in said(
        tmp_path, old + "EncryptedPackage".encode("utf-16-le")
    )
    assert "is a binary workbook (.xlsb). Save it as .xlsx" in said(tmp_path, zipped(tmp_path, "xl/workbook.bin"))
    assert "is an OpenDocument sheet (.ods)" in said(tmp_path, zipped(tmp_path, "mimetype", "content.xml"))
    assert "is a zip and no Excel workbook" in said(tmp_path, zipped(tmp_path, "people.csv"))
    assert "If it is text, set kind: csv" in said(tmp_path, b"email,name\na@b.c,A\n")
    assert "or is truncated" in said(tmp_path, zipped(tmp_path, "xl/workbook.xml")[:-10])


def package(folder: Path, caps: PackageCaps, part: str = "xl/worksheets/sheet1.xml") -> None:
    """Read a part of a workbook within these bounds."""
    path = write(folder / "people.xlsx", {"People": sheet([row(n, "a" * 500) for n in range(1, 3000)])})
    with opened_package(Delivery("people.xlsx", path, "", 1), caps) as opened:
        opened.read(part, lambda *_: None)


def test_what_becomes_too_large_is_given_up(tmp_path: Path) -> None:
    """A bomb fills neither the memory nor the night."""
    package(tmp_path, PackageCaps())
    with pytest.raises(SourceBroken, match="more than 7 times as large"):
        package(tmp_path, PackageCaps(ratio=7, free=1 << 20))
    with pytest.raises(SourceBroken, match="no list does"):
        package(tmp_path, PackageCaps(size=1 << 20))
    with pytest.raises(SourceBroken, match="too many files"):
        package(tmp_path, PackageCaps(parts=3))


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    """Programs disagree on which of them counts."""
    write(tmp_path / "people.xlsx", PEOPLE)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(tmp_path / "people.xlsx", "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet([]))
    assert "two of one name" in said(tmp_path, (tmp_path / "people.xlsx").read_bytes())


def test_entities_are_refused(tmp_path: Path) -> None:
    """No workbook defines any; a billion laughs start with one, and so does the reading of other files."""
    bomb = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{PEOPLE["People"].replace("A</t>", "&a;</t>")}'
    write(tmp_path / "people.xlsx", PEOPLE, parts={"xl/worksheets/sheet1.xml": bomb})
    assert "damaged or locked" in said(tmp_path, (tmp_path / "people.xlsx").read_bytes())


@pytest.mark.parametrize(
    "text",
    [
        PEOPLE["People"][:-20],
        PEOPLE["People"].replace("</row>", "", 1),
        PEOPLE["People"].replace('r="2"', 'r="1"'),
        PEOPLE["People"].replace('r="B2"', 'r="ZZZZ2"'),
        PEOPLE["People"].replace('r="B2"', 'r="XFE2"'),
        PEOPLE["People"].replace('t="inlineStr"><is><t xml:space="preserve">A</t></is>', 't="s"><v>99</v>'),
        PEOPLE["People"].replace('t="inlineStr"><is><t xml:space="preserve">A</t></is>', "><v>12x</v>"),
        "",
        "\0",
    ],
)
def test_a_damaged_sheet_is_a_sentence(tmp_path: Path, text: str) -> None:
    """Rows twice, columns that no sheet has, texts that are not there, and no XML at all."""
    write(tmp_path / "people.xlsx", PEOPLE, parts={"xl/worksheets/sheet1.xml": text})
    assert "is a workbook that is damaged or locked" in said(tmp_path, (tmp_path / "people.xlsx").read_bytes())


def test_any_damage_is_found_or_harmless(tmp_path: Path) -> None:
    """Whichever byte is hit, the reading ends with our own error or with the rows as they were."""
    content = write(tmp_path / "people.xlsx", PEOPLE).read_bytes()
    refused = 0
    for place in range(0, len(content), 19):
        (tmp_path / "people.xlsx").write_bytes(content[:place] + bytes([content[place] ^ 0x41]) + content[place + 1 :])
        try:
            assert read(tmp_path, None, kind="excel", path="people.xlsx").cells == [("a@b.c", "A")]
        except SourceError:
            refused += 1
    assert refused > len(content) // 57


def test_control_characters_are_put_back_once() -> None:
    """Excel escapes what XML cannot hold, and its own escape with it."""
    assert plain_text("a_x000D_b_x005F_x000D_ x_") == "a\rb_x000D_ x_"


def test_a_part_that_is_not_there_is_damage(tmp_path: Path) -> None:
    """A workbook whose list of sheets points nowhere."""
    with pytest.raises(SourceBroken, match="damaged"):
        package(tmp_path, PackageCaps(), "xl/nothing.xml")
