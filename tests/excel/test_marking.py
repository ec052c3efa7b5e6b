"""校验, the steps from one finding to the next, and everything as it was after 清除标记."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.excel import windows
from tests.excel.conftest import FOREIGN
from tests.excel.office import Office, PageSetup, conditions, fitted
from tests.generator import department, publication
from xlbudget.cli import run
from xlbudget.excel import ribbon
from xlbudget.model.additions import NOTE_HEAD
from xlbudget.model.edits import CellEdit
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template import build

FINDINGS = load_inputs().findings_sheet
WRONG = ("03支出表", "D8")


@pytest.fixture
def broken_foreign(open_office: Callable[[Path], Office]) -> Office:
    """Somebody else's workbook with one wrong amount."""
    office = open_office(FOREIGN)
    sheet, cell = next(
        (s.name, c)
        for s in office.book.sheets_
        if "支出决算表" in s.name and s.name.startswith("公开03")
        for c in ("D9",)
    )
    office.put(sheet, cell, 1.0)
    return office


def test_validate_marks_and_selects_the_likely_wrong_cell(template: Office) -> None:
    ribbon.validate()
    assert template.selected == "03支出表!D8"
    note = template.note(*WRONG)
    assert note is not None
    assert note.startswith(f"{NOTE_HEAD}疑错：")
    assert "1029.50" in note
    assert str(template.value(FINDINGS, "A2")).startswith("醴陵市人民政府办公室 2024年度：有错误")
    assert template.value(FINDINGS, "P7") == "03支出表!D8"
    assert template.value(FINDINGS, "Q7") == "疑错"
    assert "已选中第一处" in template.said[-1]


def test_clearing_brings_everything_back(template: Office) -> None:
    template.range("03支出表", "C8").vba_call("AddComment", ["张三：和财政核对过"])
    ribbon.clear_marks()  # the sample's list of findings is empty already; its texts may differ
    before = template.state()
    ribbon.validate()
    assert template.note("03支出表", "C8") == "张三：和财政核对过"
    assert template.state() != before
    ribbon.clear_marks()
    assert template.state() == before


def test_marking_twice_is_marking_once(template: Office) -> None:
    ribbon.validate()
    once = template.state()
    ribbon.validate()
    assert template.state() == once


def test_steps_go_round(template: Office) -> None:
    ribbon.validate()
    seen = [template.selected]
    for _ in range(20):
        ribbon.next_finding()
        if template.selected == seen[0]:
            break
        seen.append(template.selected)
    assert len(seen) == len(set(seen)) > 1
    ribbon.previous_finding()
    assert template.selected == seen[-1]
    assert template.excel.application.status_bar.startswith(f"第{len(seen)}处，共{len(seen)}处：")


def test_stepping_before_validating_says_what_to_do(foreign: Office) -> None:
    ribbon.next_finding()
    assert foreign.said == ["还没有要看的地方；先点“校验”，没有问题时这里也没有。"]


def test_a_foreign_workbook_gets_a_sheet_and_colours_and_loses_them(broken_foreign: Office) -> None:
    before = broken_foreign.state()
    ribbon.validate()
    sheet = broken_foreign.book.active_sheet
    assert broken_foreign.selected.startswith("公开03")
    cell = sheet.active_cell.first
    coloured = [e for e in conditions(sheet) if (cell.top, cell.left) in e.cells]
    assert coloured
    assert coloured[0].colour == 0xF4 + 256 * 0xB0 + 65536 * 0x84
    assert broken_foreign.value(FINDINGS, "A7") == 1
    assert broken_foreign.excel.sheet(FINDINGS).formula("E7").startswith('=IF(L7="","",HYPERLINK')
    ribbon.clear_marks()
    assert broken_foreign.state() == before


def test_the_added_sheet_looks_like_ours(broken_foreign: Office) -> None:
    ribbon.validate()
    head, line = (broken_foreign.range(FINDINGS, cell) for cell in ("A6:K6", "F7"))
    assert head.vba_get("Font").vba_get("Bold") is True
    assert head.vba_get("Interior").vba_get("Color") == 0xF2F2F2
    assert [
        broken_foreign.range(FINDINGS, f"{column}1").vba_get("ColumnWidth") for column in "ADFK"
    ] == [5, 17, 56, 40]
    assert line.vba_get("WrapText") is True
    assert line.vba_get("Borders").vba_get("LineStyle") == 1
    sheet = broken_foreign.sheet(FINDINGS)
    lines = {row for (row, column), cell in sheet.cells_.items() if column == 6 and cell.value}
    assert lines - {6} <= fitted(sheet)
    assert PageSetup(sheet).values["PrintTitleRows"] == "$6:$6"


def test_lines_are_as_high_as_their_texts_and_all_are_printed(template: Office) -> None:
    ribbon.validate()
    sheet = template.sheet(FINDINGS)
    lines = {row for (row, column), cell in sheet.cells_.items() if column == 6 and cell.value}
    assert lines - {6} <= fitted(sheet)
    assert PageSetup(sheet).values["PrintArea"] == "$A$1:$K$16"


def test_marking_a_foreign_workbook_twice(broken_foreign: Office) -> None:
    before = broken_foreign.state()
    ribbon.validate()
    once = broken_foreign.state()
    ribbon.validate()
    assert broken_foreign.state() == once
    ribbon.clear_marks()
    assert broken_foreign.state() == before


def test_somebody_elses_list_of_findings_is_not_touched(foreign: Office) -> None:
    sheet = foreign.book.add_sheet(FINDINGS)
    foreign.put(FINDINGS, "A1", "我的清单")
    ribbon.validate()
    assert foreign.said == [
        f"工作簿“{foreign.book.name}”里已经有一张别的“{FINDINGS}”；请先给它改个名字，再点“校验”。"
    ]
    ribbon.clear_marks()
    assert sheet in foreign.book.sheets_


def test_marks_move_with_inserted_rows(broken_foreign: Office) -> None:
    before = {n.text for s in broken_foreign.book.sheets_ for n in s.notes.values()}
    ribbon.validate()
    broken_foreign.range("公开03_支出决算表", "A2").vba_get("EntireRow").vba_call("Insert")
    ribbon.clear_marks()
    assert {n.text for s in broken_foreign.book.sheets_ for n in s.notes.values()} == before


def test_explains_the_rule_of_the_selected_line_and_cell(template: Office) -> None:
    ribbon.validate()
    row = next(r for r in range(7, 30) if template.value(FINDINGS, f"C{r}"))
    rule = str(template.value(FINDINGS, f"C{row}"))
    template.sheet(FINDINGS).vba_call("Activate")
    template.range(FINDINGS, f"F{row}").vba_call("Select")
    ribbon.explain_rule()
    assert template.said[-1].startswith(f"{rule}  ")
    template.sheet("03支出表").vba_call("Activate")
    template.range(*WRONG).vba_call("Select")
    ribbon.explain_rule()
    assert "怎么改：" in template.said[-1]


def test_explains_the_rule_that_is_typed(template: Office) -> None:
    template.answers = ["T05-2", "没有", False]
    for _ in range(3):
        ribbon.explain_rule()
    assert [text.partition("\n")[0].partition("  ")[0] for text in template.said[1::2]] == [
        "T05-2",
        "规则目录和自定义公式里都没有“没有”。",
    ]


def test_few_calls_for_a_large_workbook(
    open_office: Callable[[Path], Office], tmp_path: Path
) -> None:
    """校验 of 300 科目, one amount wrong: contents, formats and notes in at most 40 range calls."""
    path = tmp_path / "三百个科目.xlsx"
    path.write_bytes(build(publication(department(random.Random(3), 300))))
    office = open_office(path)
    office.put("03支出表", "D100", 123.45)
    windows.calls.clear()
    ribbon.validate()
    assert office.selected.startswith("03支出表!")
    about_cells = {
        "Value", "Value2", "Formula", "HasFormula", "NumberFormat", "AddComment", "Comment",
        "FormatConditions", "Interior", "AutoFit",
    }  # fmt: skip
    calls = [call for call in windows.calls if call[0] in about_cells]
    assert 20 <= len(calls) <= 40


def test_marks_of_the_command_line_are_cleared_in_excel(
    open_office: Callable[[Path], Office], tmp_path: Path
) -> None:
    """Both sides know each other's sheet, colours and notes."""
    path = tmp_path / "别人的.xlsx"
    edit = CellEdit("公开03_支出决算表", 9, 4, Decimal("1.00"))
    path.write_bytes(patch_workbook(FOREIGN.read_bytes(), [edit]))
    before = open_office(path).state()
    assert run(["validate", "--in-place", str(path)]) == 1
    office = open_office(path)
    assert office.state() != before
    assert office.value(FINDINGS, "A7") == 1
    ribbon.clear_marks()
    assert office.state() == before


def _cleared(office: Office) -> None:
    for cell in ("C7", "C8", "D7"):  # D7 follows from what is left
        office.put("03支出表", cell, None)


def test_filled_cells_are_tinted_until_marks_are_cleared(full_template: Office) -> None:
    ribbon.clear_marks()
    _cleared(full_template)
    ribbon.fill()
    sheet = full_template.sheet("03支出表")
    (tint,) = conditions(sheet)
    assert set(tint.cells) == {(7, 4)}
    assert tint.colour == 0xE2 + 256 * 0xEF + 65536 * 0xDA
    assert full_template.said[-1].count("浅绿色") == 1
    ribbon.validate()
    assert conditions(sheet) == [tint]
    ribbon.clear_marks()
    assert conditions(sheet) == []


@pytest.mark.parametrize("button", ["fill", "validate"])
def test_rows_that_are_used_are_shown(full_template: Office, button: str) -> None:
    _cleared(full_template)
    for row in (7, 9):  # 7 is filled by the one button, 9 holds amounts
        full_template.range("03支出表", f"A{row}").vba_get("EntireRow").vba_set("Hidden", True)
    hidden = full_template.sheet("03支出表").dims.row_hidden
    assert [hidden(7), hidden(9)] == [True, True]
    getattr(ribbon, button)()
    assert [hidden(7), hidden(9)] == [False, False]
