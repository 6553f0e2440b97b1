"""Writes workbooks part by part, as no program would hinder it: fast ones, odd ones and broken ones."""

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import ascii_uppercase
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


LETTERS = [f"{first}{last}" for first in ("", *ascii_uppercase) for last in ascii_uppercase]
"""The names of the first 702 columns."""


def text_cell(reference: str, text: str) -> str:
    """Return a cell that holds its text itself."""
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row(number: int, *cells: str | float | None, more: str = "") -> str:
    """Return a row of texts, numbers and blanks, from the first column on."""
    written = []
    for letter, cell in zip(LETTERS, cells, strict=False):
        if isinstance(cell, str):
            written.append(cell if cell.startswith("<c ") else text_cell(f"{letter}{number}", cell))
        elif cell is not None:
            written.append(f'<c r="{letter}{number}"><v>{cell}</v></c>')
    return f'<row r="{number}"{more}>{"".join(written)}</row>'


def sheet(rows: Iterable[str], before: str = "", after: str = "") -> str:
    """Return a sheet of rows."""
    return f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """Return the part that says what another part refers to, by id."""
    found = "".join(
        f'<Relationship Id="{identity}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
        for identity, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{found}</Relationships>'


def write(  # noqa: PLR0913 - a workbook has as many parts
    path: Path,
    sheets: Mapping[str, str],
    *,
    hidden: Iterable[str] = (),
    styles: Iterable[str] = (),
    properties: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> Path:
    """Write a workbook.

    Args:
        path: The file.
        sheets: The sheets by name.
        hidden: The names of those that people do not see.
        styles: The texts of formats; cells refer to them by their place, from 1.
        properties: More attributes of `workbookPr`.
        parts: Parts that are added, or written in place of others.
    """
    states = {True: "hidden", False: "visible"}
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{place}" r:id="rId{place}" state="{states[name in hidden]}"/>'
        for place, name in enumerate(sheets, start=1)
    )
    related = {f"rId{place}": ("worksheet", f"worksheets/sheet{place}.xml") for place in range(1, len(sheets) + 1)}
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' for number, code in enumerate(styles, start=200)
    )
    used = "".join(f'<xf numFmtId="{number}"/>' for number, _ in enumerate(styles, start=200))
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><workbookPr{properties}/>'
            f"<sheets>{listed}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": relations({**related, "rId90": ("styles", "styles.xml")}),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
            f'<cellXfs><xf numFmtId="0"/>{used}</cellXfs></styleSheet>'
        ),
        **{f"xl/worksheets/sheet{place}.xml": text for place, text in enumerate(sheets.values(), start=1)},
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, one in content.items():
            archive.writestr(name, one)
    return path
