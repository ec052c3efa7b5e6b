"""校验结果, colours and notes in workbook files: in our template and in anybody's, and out again."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.office_validator import validator_errors
from tests.ooxml.rich import PNG, parts_of, raw_entries
from tests.plain import plain_workbook
from tests.seed import book_of_seed
from workbook.build import modules
from workbook.lint import faults
from workbook.project import vba_project
from xlbudget.errors import UserError
from xlbudget.files.marking import cleared, marked
from xlbudget.files.workbook import Workbook, check, open_workbook
from xlbudget.locate.suspects import suspects_json
from xlbudget.model.additions import NOTE_HEAD
from xlbudget.model.edits import CellEdit
from xlbudget.ooxml.package import Package
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template.text_sheets import ADDED, MARK_COLOURS

SHEET = "校验结果"
WRONG = ("Z03", "D7")  # 2010301 行政运行, 基本支出


def _with_everything(workbook: xlsxwriter.Workbook) -> None:
    """Charts, pictures, notes, conditional formats old and new, a hidden sheet, macros."""
    sheet = workbook.get_worksheet_by_name("Z03")
    sheet.write_comment("D7", "张三：和财政核对过")
    sheet.write_comment("A1", "表头")
    red = workbook.add_format({"bg_color": "#FF0000"})
    sheet.conditional_format("C7:G30", {"type": "cell", "criteria": "<", "value": 0, "format": red})
    sheet.conditional_format("C7:C30", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("D7:D30", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    sheet.data_validation("C7:G30", {"validate": "decimal", "criteria": ">=", "value": 0})
    sheet.insert_image("J1", "p.png", {"image_data": BytesIO(PNG)})
    sheet.protect("密码")
    chart = workbook.add_chart({"type": "column"})
    chart.add_series({"values": "=Z03!$C$8:$C$12"})
    workbook.get_worksheet_by_name("Z04").insert_chart("L1", chart)
    workbook.get_worksheet_by_name("Z01").write_url("G1", "internal:Z03!A1", string="去看")
    notes = workbook.add_worksheet("备注")
    notes.write_formula("A1", "=SUM(Z03!C7:C12)", None, 5)
    notes.hide()
    workbook.define_name("支出", "=Z03!$C$7")
    ours = [m for m in modules(10, addin=False) if m.name not in ("xlwings", "xlwings_udfs")]
    workbook.add_vba_project(BytesIO(vba_project("Theirs", ours)), is_stream=True)


@lru_cache(maxsize=1)
def foreign() -> bytes:
    """Somebody's workbook with macros and everything, 基本支出 of one 科目 wrong."""
    return plain_workbook(book_of_seed(), {("Z03", 7, 4): 1092.50}, _with_everything)


def opened(folder: Path, data: bytes, name: str = "别人的.xlsm") -> Workbook:
    path = folder / name
    path.write_bytes(data)
    return open_workbook(path)


def mark(workbook: Workbook) -> bytes:
    report = check(workbook)
    return marked(workbook, report, suspects_json(workbook.book, report))


@pytest.fixture
def result(tmp_path: Path) -> bytes:
    return mark(opened(tmp_path, foreign()))


def test_the_list_is_added_with_links_to_the_cells(result: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(result))
    assert book.sheetnames[-1] == SHEET
    sheet = book[SHEET]
    assert sheet["A3"].value == ADDED
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7)]
    likely = next(line for line in lines if line[1] == "疑错" and line[3])
    assert (likely[3], likely[4]) == WRONG
    assert "1029.50" in likely[5]
    links = {cell.coordinate: cell.hyperlink.location for cell in sheet["E"] if cell.hyperlink}
    assert links["E8"] == "'Z03'!D7"
    assert [sheet.column_dimensions[c].hidden for c in "ELPQ"] == [False, True, True, True]


def test_cells_are_coloured_before_the_workbooks_own_formats(result: bytes) -> None:
    sheet = openpyxl.load_workbook(BytesIO(result))["Z03"]
    rules = {
        rule.priority: (str(area.sqref), rule.type, rule.dxf and rule.dxf.fill.bgColor.rgb)
        for area in sheet.conditional_formatting
        for rule in area.rules
    }
    likely = next(rule for rule in rules.values() if "D7" in rule[0].split())
    assert likely[1:] == ("expression", f"FF{MARK_COLOURS['疑错'][1:]}")
    ours = len([rule for rule in rules.values() if rule[1] == "expression"])
    assert [kind for _, (_, kind, _) in sorted(rules.items())] == [
        *["expression"] * ours, "cellIs", "dataBar", "iconSet",
    ]  # fmt: skip


def test_notes_say_what_is_wrong_and_the_users_stay(result: bytes) -> None:
    found = {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in openpyxl.load_workbook(BytesIO(result))
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert found[WRONG] == "张三：和财政核对过"
    others = {place: text for place, text in found.items() if text.startswith(NOTE_HEAD)}
    assert len(others) == len(found) - 2 > 1


def test_clearing_gives_back_every_part_byte_for_byte(tmp_path: Path, result: bytes) -> None:
    assert parts_of(result) != parts_of(foreign())
    after = cleared(opened(tmp_path, result))
    assert parts_of(after) == parts_of(foreign())


def test_marking_leaves_everything_else_as_it_is(result: bytes) -> None:
    before = {entry[0]: entry for entry in raw_entries(foreign())}
    after = {entry[0]: entry for entry in raw_entries(result)}
    report = {name for name in before if after.get(name) != before[name]}
    tables = {name for name in report if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)}
    assert tables
    assert {name for name in report - tables if not name.startswith("xl/worksheets/_rels")} == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
    }  # fmt: skip
    old, new = Package(foreign()), Package(result)
    for part in tables:  # the cells themselves are the same
        cells = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
        assert cells.findall(new.read(part)) == cells.findall(old.read(part))


def test_marking_twice_is_marking_once(tmp_path: Path, result: bytes) -> None:
    assert mark(opened(tmp_path, result)) == result


def test_after_the_cell_is_put_right_the_old_marks_are_gone(tmp_path: Path, result: bytes) -> None:
    edits = [CellEdit("Z03", 7, 4, Decimal("1029.50"))]
    again = mark(opened(tmp_path, patch_workbook(result, edits)))
    fresh = mark(opened(tmp_path, patch_workbook(foreign(), edits)))
    assert parts_of(again) == parts_of(fresh)


def test_the_marked_file_is_sound(result: bytes) -> None:
    assert faults(foreign()) == []
    # Excel gives a sheet without code name its module itself, when it next saves the file.
    assert [line for line in faults(result) if "code name '' has no module" not in line] == []


@pytest.mark.validator
def test_microsofts_validator_finds_nothing(tmp_path: Path, result: bytes) -> None:
    path = tmp_path / "标过.xlsm"
    path.write_bytes(result)
    assert validator_errors(path) == []


def test_a_list_of_somebody_elses_is_not_touched(tmp_path: Path) -> None:
    data = plain_workbook(
        book_of_seed(), None, lambda book: book.add_worksheet(SHEET).write(0, 0, "我的清单")
    )
    workbook = opened(tmp_path, data, "别人的.xlsx")
    with pytest.raises(UserError, match="已经有一张别的“校验结果”"):
        mark(workbook)
    assert cleared(workbook) == data


def test_clearing_what_has_no_marks_changes_nothing(tmp_path: Path) -> None:
    assert cleared(opened(tmp_path, foreign())) == foreign()


def test_a_list_that_other_formulas_look_at_stays(tmp_path: Path, result: bytes) -> None:
    package = Package(result)
    part = next(part.part for part in package.sheets if part.name == "备注")
    xml = package.read(part).replace(b"SUM(Z03!C7:C12)", f"{SHEET}!A7".encode())
    with pytest.raises(UserError, match="别处还有公式、链接或名称指向“校验结果”"):
        cleared(opened(tmp_path, package.rewritten({part: xml})))


def test_a_file_saved_by_another_program_since_can_be_cleared(
    tmp_path: Path, result: bytes
) -> None:
    book = openpyxl.load_workbook(BytesIO(result), keep_vba=True)
    book[SHEET].auto_filter.ref = "A6:K20"  # a name of the sheet's own
    book[SHEET]["E30"] = '=HYPERLINK("#A1")'
    book.move_sheet(SHEET, -3)
    book.active = book.sheetnames.index(SHEET)
    book["Z09"].print_title_rows = "1:2"  # another sheet's, which moves up
    buffer = BytesIO()
    book.save(buffer)
    after = cleared(opened(tmp_path, buffer.getvalue()))
    left = openpyxl.load_workbook(BytesIO(after))
    assert left.sheetnames == openpyxl.load_workbook(BytesIO(foreign())).sheetnames
    assert left["Z09"].print_title_rows == "$1:$2"
    assert b"xlbudget" not in Package(after).read(Package(after).sheets[2].part)
    kinds = [rule.type for area in left["Z03"].conditional_formatting for rule in area.rules]
    assert sorted(kinds) == ["cellIs", "dataBar", "iconSet"]
