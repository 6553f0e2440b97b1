"""Workbooks: cells as people see them, rows as Excel numbers them, and nothing that is hidden left out."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.sources.errors import SourceBroken, SourceEmpty, SourceSettingsWrong
from tests.connectors.sources.opening import Held, read
from tests.connectors.sources.workbooks import row, sheet, text_cell, write

HEADER = row(1, "email", "name")
MOMENT = dt.datetime.fromisoformat("2026-11-24 14:30")


def excel(folder: Path, rows: list[str], before: str = "", after: str = "", **more: Any) -> Held:
    """Read a workbook of one sheet of these rows."""
    settings = {name: more.pop(name) for name in ("fields", "sheet", "header_row") if name in more}
    write(folder / "people.xlsx", {"People": sheet(rows, before, after)}, **more)
    return read(folder, None, kind="excel", path="people.xlsx", **settings)


def test_a_workbook_of_another_program_is_read_cell_by_cell(tmp_path: Path) -> None:
    """Texts shared and rich, numbers, dates, booleans and blanks, as openpyxl writes them."""
    workbook = openpyxl.Workbook()
    people = workbook.active
    people.append(["email", "name", "born", "seen", "points", "share", "vip", "zip", "note"])
    people.append(["a@b.c", " Zoë \n& <Co>", dt.date(1980, 2, 29), MOMENT, 7, 0.25, True, 2134])
    people.append(["d@e.f", "_x000D_", None, dt.time(9, 5), 1e9, -0.1, False, "02134", "x"])
    people.append([])
    people.append(["g@h.i"])
    people["H2"].number_format = "00000"
    people["F2"].number_format = "0%"
    workbook.create_sheet("Empty")
    workbook.save(tmp_path / "people.xlsx")
    held = read(tmp_path, None, kind="excel", path="people.xlsx")
    assert held.cells == [
        ("a@b.c", " Zoë \n& <Co>", "1980-02-29", "2026-11-24 14:30:00", "7", "0.25", "true", "02134", ""),
        ("d@e.f", "\r", "", "09:05:00", "1000000000", "-0.1", "false", "02134", "x"),
        ("g@h.i", "", "", "", "", "", "", "", ""),
    ]
    assert held.lines == [2, 3, 5]
    assert (held.facts["sheet"], held.facts["header_line"], held.facts["rows"]) == ("Sheet", 1, 3)


def test_the_header_is_found_below_a_preamble(tmp_path: Path) -> None:
    """A title, a remark and blank rows above it are no rows."""
    rows = [row(1, "Members"), row(3, "as of", 46350), row(5, None, "email", "name"), row(6, 1, "a@b.c", "A")]
    held = excel(tmp_path, rows)
    assert held.header == ("", "email", "name")
    assert held.cells == [("1", "a@b.c", "A")]
    assert (held.facts["header_line"], held.facts["header_from"], held.lines) == (5, "content", [6])


def test_a_contact_above_the_header_is_not_passed_over(tmp_path: Path) -> None:
    """Whoever stands above a header that was found would be left out."""
    rows = [row(1, "x@b.c", "X"), row(2, "email", "name"), row(3, "a@b.c", "A")]
    with pytest.raises(SourceBroken, match="found in row 2, but row 1 above looks like a contact"):
        excel(tmp_path, rows)
    assert excel(tmp_path, rows, header_row=2).cells == [("a@b.c", "A")]


def test_a_header_that_is_not_there_is_said(tmp_path: Path) -> None:
    """By its row where that is set, by its columns where not."""
    with pytest.raises(SourceSettingsWrong, match="header_row is 2, and that row is blank, not there"):
        excel(tmp_path, [HEADER, row(3, "a@b.c", "A")], header_row=2)
    with pytest.raises(SourceSettingsWrong, match='column "email" is not there'):
        excel(tmp_path, [row(1, "Mail", "name"), row(2, "a@b.c", "A")])


@pytest.mark.parametrize("rows", [[], [row(1)], [HEADER], [HEADER, row(2, "", None)]])
def test_a_sheet_without_rows_is_empty(tmp_path: Path, rows: list[str]) -> None:
    """It stops the sync; it is not read as everyone gone."""
    with pytest.raises(SourceEmpty, match="is empty"):
        excel(tmp_path, rows, sheet="People")


def test_errors_and_formulas_without_values_set_their_rows_aside(tmp_path: Path) -> None:
    """Where the cell is mapped; elsewhere it is blank and counted. A formula's saved value is the cell's."""
    rows = [
        row(1, "email", "name", "total"),
        row(2, "a@b.c", '<c r="B2" t="e"><v>#N/A</v></c>'),
        row(3, "b@b.c", '<c r="B3"><f>A1&amp;A2</f></c>'),
        row(4, "c@b.c", '<c r="B4"><f>A1</f><v></v></c>'),
        row(5, "d@b.c", '<c r="B5" t="str"><f>A1</f><v>Dan</v></c>', '<c r="C5" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        row(6, "e@b.c", '<c r="B6" t="str"><f>""</f><v></v></c>', '<c r="C6"><f>1+1</f><v>2</v></c>'),
    ]
    held = excel(tmp_path, rows, fields={"email": "email", "firstName": "name"})
    assert held.rows == {4: ("d@b.c", "Dan", ""), 5: ("e@b.c", "", "2")}
    assert held.faults == {
        1: ("error_cell", "a@b.c\t#N/A"),
        2: ("error_cell", "b@b.c\t#NO VALUE"),
        3: ("error_cell", "c@b.c\t#NO VALUE"),
    }
    assert (held.facts["error_cells"], held.facts["formulas"]) == (4, 6)


def test_an_error_in_the_header_is_refused(tmp_path: Path) -> None:
    """Columns are not guessed."""
    with pytest.raises(SourceBroken, match="the header, in row 1, holds an error"):
        excel(tmp_path, [row(1, "email", '<c r="B1" t="e"><v>#REF!</v></c>'), row(2, "a@b.c", "A")])


def test_hidden_and_filtered_rows_are_read_and_said(tmp_path: Path) -> None:
    """What somebody filtered out of sight is still in the list."""
    before = '<cols><col min="2" max="2" hidden="1"/></cols>'
    after = '<autoFilter ref="A1:B3"><filterColumn colId="1"><filters/></filterColumn></autoFilter>'
    rows = [HEADER, row(2, "a@b.c", "A", more=' hidden="1"'), row(3, "b@b.c", "B")]
    held = excel(tmp_path, rows, before, after)
    assert held.cells == [("a@b.c", "A"), ("b@b.c", "B")]
    said = ("hidden_rows", "hidden_columns", "filtered_columns")
    assert [held.facts[name] for name in said] == [1, 1, 1]


def test_merged_cells_count_for_every_row_that_they_stand_beside(tmp_path: Path) -> None:
    """A company merged over its people is everybody's company; what is merged across columns stays in the first."""
    rows = [row(1, "email", "company", "city"), row(2, "a@b.c", "Acme", "York"), row(3, "b@b.c"), row(4, "c@b.c")]
    rows += [row(5, "d@b.c", "Bolt"), row(6, "e@b.c", '<c r="B6" t="e"><v>#N/A</v></c>'), row(7, "f@b.c"), row(8, None)]
    after = "".join(f'<mergeCell ref="{area}"/>' for area in ("B2:B4", "B5:C5", "B6:B7", "A7:A8"))
    held = excel(
        tmp_path, rows, after=f"<mergeCells>{after}</mergeCells>", fields={"email": "email", "company": "company"}
    )
    assert held.rows == {
        1: ("a@b.c", "Acme", "York"),
        2: ("b@b.c", "Acme", ""),
        3: ("c@b.c", "Acme", ""),
        4: ("d@b.c", "Bolt", ""),
    }
    assert held.faults == {5: ("error_cell", "e@b.c\t#N/A"), 6: ("error_cell", "f@b.c\t#N/A")}
    assert held.facts["merged_cells_filled"] == 3


def test_a_total_and_a_second_header_are_set_aside(tmp_path: Path) -> None:
    """As in a CSV."""
    held = excel(
        tmp_path, [HEADER, row(2, "a@b.c", "A"), row(3, "email", "name"), row(4, "b@b.c", "B"), row(5, "Total", 2)]
    )
    assert {number: code for number, (code, _) in held.faults.items()} == {2: "repeated_header", 4: "total_line"}


def test_cells_beside_the_table_are_seen(tmp_path: Path) -> None:
    """A remark to the right costs no row, and stands in a column, where an opt-out would be noticed."""
    held = excel(tmp_path, [HEADER, row(2, "a@b.c", "A", None, "call her")])
    assert held.cells == [("a@b.c", "A", "", "call her")]


def test_cells_beside_the_table_far_below_are_counted(tmp_path: Path) -> None:
    """The columns are known by the first rows."""
    people = [row(number, f"{number}@b.c", "A") for number in range(2, 110)]
    held = excel(tmp_path, [HEADER, *people, row(110, "z@b.c", "Z", "call her")])
    assert held.cells[-1] == ("z@b.c", "Z")
    assert held.facts["cells_without_header"] == 1


def test_a_title_is_not_taken_for_the_header_of_a_wider_table(tmp_path: Path) -> None:
    """Nor is a column without a name left out that every row fills: it may say who opted out."""
    people = [row(number, f"{number}@b.c", "A", "yes") for number in range(3, 9)]
    titled = [row(1, "Members"), row(2, "E-mail", "First", "Opt out"), *people]
    with pytest.raises(SourceSettingsWrong, match=r"row 1 is taken for the header, and column B, .* set header_row"):
        excel(tmp_path, titled, fields={"email": "Members"})
    held = excel(tmp_path, titled, fields={"email": "E-mail"}, header_row=2)
    assert held.cells[0] == ("3@b.c", "A", "yes")
    nameless = [HEADER, *[row(number, f"{number}@b.c", "A", "Unsubscribed") for number in range(2, 5)]]
    with pytest.raises(SourceSettingsWrong, match=r"column C, which the rows below fill, has no name there"):
        excel(tmp_path, nameless)


def test_cells_without_places_follow_each_other(tmp_path: Path) -> None:
    """Small programs leave out the numbers of rows and cells."""
    cell = "<c t='inlineStr'><is><t>{}</t></is></c>"
    rows = [f"<row>{cell.format(a)}{cell.format(b)}</row>" for a, b in (("email", "name"), ("a@b.c", "A"))]
    assert excel(tmp_path, rows).rows == {1: ("a@b.c", "A")}


def test_rich_and_spoken_texts(tmp_path: Path) -> None:
    """Pieces of a text are one; how it is pronounced is no part of it."""
    rich = "<si><r><t>Ann</t></r><r><t xml:space='preserve'> Bee</t></r><rPh sb='0' eb='1'><t>an</t></rPh></si>"
    parts = {
        "xl/sharedStrings.xml": f"<sst>{rich}</sst>",
        "xl/_rels/workbook.xml.rels": (
            '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
            '<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
    }
    held = excel(tmp_path, [HEADER, row(2, "a@b.c", '<c r="B2" t="s"><v>0</v></c>')], parts=parts)
    assert held.cells == [("a@b.c", "Ann Bee")]


def test_dates_by_style_and_system(tmp_path: Path) -> None:
    """A number is a date by its cell's style, counted from the workbook's first day."""
    rows = [row(1, "email", "born"), row(2, "a@b.c", '<c r="B2" s="1"><v>44888</v></c>'), row(3, "b@b.c", 44888)]
    held = excel(tmp_path, rows, styles=["dd/mm/yyyy"], properties=' date1904="1"')
    assert held.cells == [("a@b.c", "2026-11-24"), ("b@b.c", "44888")]
    iso = [row(1, "email", "born"), row(2, "a@b.c", '<c r="B2" t="d"><v>2026-11-24T00:00:00</v></c>')]
    assert excel(tmp_path, iso).cells == [("a@b.c", "2026-11-24")]


def test_prefixed_names_are_the_same_names(tmp_path: Path) -> None:
    """Some programs write every element with a prefix."""
    text = sheet([HEADER, row(2, "a@b.c", "A")]).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    write(tmp_path / "people.xlsx", {"People": text.replace("xmlns=", "xmlns:x=")})
    assert read(tmp_path, None, kind="excel", path="people.xlsx").cells == [("a@b.c", "A")]


class TestSheets:
    """Which sheet is read, and that no list is left out by a guess."""

    PEOPLE = sheet([HEADER, row(2, "a@b.c", "A")])
    OTHERS = sheet([HEADER, row(2, "b@b.c", "B")])

    def held(self, folder: Path, sheets: dict[str, str], hidden: tuple[str, ...] = (), **more: Any) -> Held:
        """Read a workbook of these sheets."""
        write(folder / "people.xlsx", sheets, hidden=hidden)
        return read(folder, None, kind="excel", path="people.xlsx", **more)

    def test_the_only_one_that_is_seen_and_filled_is_read(self, tmp_path: Path) -> None:
        """Empty sheets that Excel adds and hidden ones do not matter."""
        sheets = {"Sheet1": sheet([row(1)]), "People": self.PEOPLE, "Lookup": self.OTHERS}
        held = self.held(tmp_path, sheets, hidden=("Lookup",))
        assert (held.cells, held.facts["sheet"]) == ([("a@b.c", "A")], "People")

    def test_several_are_asked_for(self, tmp_path: Path) -> None:
        """The sentence names them."""
        sheets = {"People": self.PEOPLE, "Others": self.OTHERS}
        with pytest.raises(SourceSettingsWrong, match=r'has the sheets "People", "Others". Set sheet'):
            self.held(tmp_path, sheets)
        assert self.held(tmp_path, sheets, sheet="Others").cells == [("b@b.c", "B")]
        assert self.held(tmp_path, sheets, hidden=("Others",), sheet="Others").cells == [("b@b.c", "B")]

    def test_one_that_is_not_there_is_named_with_the_nearest(self, tmp_path: Path) -> None:
        """A sheet that somebody renamed is found before the night is read as something else."""
        with pytest.raises(SourceSettingsWrong, match=r'has no sheet "Peopel"\. Did you mean "People"\?'):
            self.held(tmp_path, {"People": self.PEOPLE}, sheet="Peopel")

    def test_workbooks_read_together_have_the_same_sheet(self, tmp_path: Path) -> None:
        """One of another name may be another list."""
        (tmp_path / "in").mkdir()
        write(tmp_path / "in/a.xlsx", {"People": self.PEOPLE})
        write(tmp_path / "in/b.xlsx", {"People": self.OTHERS})
        (tmp_path / "in/~$b.xlsx").write_text("lock")
        held = read(tmp_path, None, kind="excel", path="in", files="all")
        assert [cells[0] for cells in held.cells] == ["a@b.c", "b@b.c"]
        write(tmp_path / "in/b.xlsx", {"Unsubscribed": self.OTHERS})
        with pytest.raises(SourceBroken, match=r'in/b.xlsx does not fit .* its sheet is "Unsubscribed" instead'):
            read(tmp_path, None, kind="excel", path="in", files="all")


def test_text_cells_are_written_as_the_tests_mean_them() -> None:
    """The helper escapes what XML needs escaped."""
    assert text_cell("A1", "a<b") == '<c r="A1" t="inlineStr"><is><t xml:space="preserve">a&lt;b</t></is></c>'
