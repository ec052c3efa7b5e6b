"""The template on paper: A4, one page wide, heads repeated, nothing that only the screen needs."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from xlbudget.model.content import Content
from xlbudget.model.forms import editions
from xlbudget.ooxml.row_heights import LINE
from xlbudget.template import build

from .contents import made_up, rounded, seed

AREAS = {
    "封面": "'封面'!$B$1:$D$17",
    "上年数": "'上年数'!$B$1:$E$15",
    "部门概况": "'部门概况'!$B$1:$E$38",
    "校验结果": "'校验结果'!$A$1:$K$16",
    "自定义公式": "'自定义公式'!$A$1:$E$43",
}
REPEATED = {
    "02收入表": "$4:$6", "07政府性基金表": "$4:$6", "上年数": "$3:$3", "年初预算": "$3:$3",
    "部门概况": "$3:$3", "原因说明": "$3:$3", "勾稽检查": "$6:$6", "校验结果": "$6:$6",
    "决算说明": "$3:$3", "科目字典": "$3:$3", "补充资料": None,
}  # fmt: skip


@lru_cache(maxsize=4)
def opened(name: str) -> openpyxl.Workbook:
    content = {"seed": seed(), "long": rounded(made_up(300))}.get(name, Content(edition=name))
    return openpyxl.load_workbook(BytesIO(build(content)))


def pages(sheet: Worksheet) -> tuple[int, int]:
    """How many pages it is printed on, wide and high; 0 for as many as it needs."""
    high = sheet.page_setup.fitToHeight
    return sheet.page_setup.fitToWidth or 1, 1 if high is None else int(high)


@pytest.mark.parametrize("edition", editions())
def test_a4_and_one_page_wide(edition: str) -> None:
    for sheet in opened(edition).worksheets:
        assert int(sheet.page_setup.paperSize) == 9, sheet.title
        fits = sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert bool(fits) != (sheet.title == "科目字典"), sheet.title
        assert pages(sheet)[0] == 1, sheet.title


@pytest.mark.parametrize("name", AREAS)
def test_what_is_printed(name: str) -> None:
    assert opened("hunan-2024")[name].print_area == AREAS[name]


def test_the_checks_are_printed_down_to_the_last() -> None:
    sheet = opened("hunan-2024")["勾稽检查"]
    rows = sheet.iter_rows(min_col=1, max_col=9)
    last = max(cells[0].row for cells in rows if any(cell.value is not None for cell in cells))
    assert sheet.print_area == f"'勾稽检查'!$A$1:$I${last}"
    assert last > 300


@pytest.mark.parametrize("name", REPEATED)
def test_heads_on_every_page(name: str) -> None:
    assert opened("hunan-2024")[name].print_title_rows == REPEATED[name]


def test_the_dictionarys_lists_are_printed_one_after_the_other() -> None:
    area = opened("hunan-2024")["科目字典"].print_area
    assert [part.partition("!")[2].partition(":")[0] for part in area.split(",")] == [
        "$A$1", "$G$1",
    ]  # fmt: skip


def test_a_list_stays_on_a_page_while_it_is_short() -> None:
    assert pages(opened("seed")["03支出表"])[1] == 1
    assert pages(opened("long")["03支出表"])[1] == 0
    assert pages(opened("hunan-2024")["03支出表"])[1] == 0


def test_two_lists_of_facts_on_a_page() -> None:
    sheet = opened("hunan-2024")["补充资料"]
    tops = [sheet.cell(entry.id + 1, 1).value for entry in sheet.row_breaks.brk]
    assert [str(text).partition("、")[0] for text in tops] == ["五", "六", "八"]


def test_a_long_fact_has_a_row_high_enough() -> None:
    text = "全年完成综合调研、办文办会、督查督办。" * 5
    content = seed()._replace(facts={**seed().facts, "performance.problems": text})
    sheet = openpyxl.load_workbook(BytesIO(build(content)))["补充资料"]
    row = next(c.row for (c,) in sheet.iter_rows(max_col=1) if c.value == "performance.problems")
    assert sheet.cell(row, 3).value == text
    assert sheet.row_dimensions[row].height == pytest.approx(8 * LINE + 1, abs=0.5)


def test_lines_to_spare_have_no_borders_of_their_own() -> None:
    book = opened("hunan-2024")
    for name, row in (("原因说明", 20), ("决算说明", 4)):
        cell = book[name].cell(row, 2)
        assert cell.border.left.style is None
        assert any(cell.coordinate in area.sqref for area in book[name].conditional_formatting), (
            name
        )
